"""What we send to Printful, and what it must be told about a store."""

import json
import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from suppliers.contract import PurchaseRequest, Recipient

REFERENCE = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,31}")  # of at most 32 characters
MOST_OF_ONE_ITEM = 1000


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    store_id: Annotated[str, StringConstraints(pattern="^[0-9]{0,20}$")] = Field(
        "", description="The store, if the token is that of a whole account"
    )
    shipping: Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{0,60}$")] = (
        Field("", description="Its shipping method; without one, its standard")
    )
    most_over_cents: Annotated[int, Field(ge=0)] | None = Field(
        None,
        description="How much more than we reckoned its items may cost, in cents; "
        "a draft above that is taken back. Without it any price is confirmed",
    )


def headers(token: str, options: Options) -> dict[str, str]:
    sign_in = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/json",
        "Accept-Encoding": "identity",  # so that the size cap is the real size
        "User-Agent": "dropship-erp",
    }
    return sign_in | ({"X-PF-Store-Id": options.store_id} if options.store_id else {})


def order_body(request: PurchaseRequest, options: Options) -> bytes:
    """An offer's supplier SKU is the variant's external id in the store."""
    order: dict[str, object] = {
        "external_id": request.reference,
        "recipient": _address(request.recipient),
        "items": [
            {"external_variant_id": item.supplier_sku, "quantity": item.quantity}
            for item in request.items
        ],
        "packing_slip": {"custom_order_id": request.order_name},
    }
    if options.shipping:
        order["shipping"] = options.shipping
    return json.dumps(order, separators=(",", ":")).encode()


def _address(recipient: Recipient) -> dict[str, str]:
    """States go by their code where we have one, as it wants of some countries."""
    is_code = re.fullmatch("[A-Z0-9]{1,3}", recipient.province) is not None
    address = {
        "name": recipient.name,
        "company": recipient.company,
        "address1": recipient.address1,
        "address2": recipient.address2,
        "city": recipient.city,
        "state_code" if is_code else "state_name": recipient.province,
        "country_code": recipient.country,
        "zip": recipient.postal_code,
        "phone": recipient.phone,
    }
    return {name: text for name, text in address.items() if text}
