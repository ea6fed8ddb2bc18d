"""From a supplier's row to a connection its dialect can open."""

from config.secrets import Secrets
from suppliers.models import Supplier
from suppliers.registry import Connection


def connection_of(
    supplier: Supplier, secrets: Secrets, read_seconds: float
) -> Connection:
    """How to reach a supplier that has a connection."""
    assert supplier.id is not None
    assert supplier.kind is not None
    token = secrets.open(supplier.sealed_token) if supplier.sealed_token else ""
    return Connection(
        supplier_id=supplier.id,
        kind=supplier.kind,
        code=supplier.code,
        base_url=supplier.base_url,
        token=token,
        read_seconds=read_seconds,
        allow_private=supplier.allow_private,
    )
