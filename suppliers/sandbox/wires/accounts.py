"""Who is calling over a wire that signs in with a bearer token."""

import hmac

from flask import request

from suppliers.sandbox.books import find_supplier
from suppliers.sandbox.desk import desk
from suppliers.sandbox.messages import SandboxSupplier


def bearer(code: str) -> SandboxSupplier | None:
    """The supplier of this code, if the request carries its token."""
    with desk().books.reading() as books:
        supplier = find_supplier(books, code)
    if supplier is None:
        return None
    given = request.headers.get("Authorization", "")
    is_right = hmac.compare_digest(given.encode(), f"Bearer {supplier.token}".encode())
    return supplier if is_right else None
