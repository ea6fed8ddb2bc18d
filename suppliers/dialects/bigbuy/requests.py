"""What we send to BigBuy, and what it must be told about an account."""

import json
import re
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from suppliers.contract import PurchaseRequest, Recipient, ReportedStatus, ScanKind
from suppliers.options import TimeZone

REFERENCE = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,31}")  # it names no limit
LONGEST_ADDRESS = 70
NO_LAST_NAME = "-"  # it wants one of everybody


class Payment(StrEnum):
    MONEYBOX = "moneybox"
    PAYPAL = "paypal"
    BANKWIRE = "bankwire"


ShortText = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Taxonomy = Annotated[int, Field(ge=1)]


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    email: Annotated[
        str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=200)
    ] = Field(
        description="The store's own address: BigBuy wants one with every order, and "
        "the customer's is not needed to ship"
    )
    phone: Annotated[str, StringConstraints(max_length=40)] = Field(
        "", description="The store's telephone, for customers who gave none"
    )
    language: Annotated[str, StringConstraints(pattern="^[a-z]{2}$")] = "en"
    payment: Payment = Payment.MONEYBOX
    carriers: tuple[ShortText, ...] = Field(
        (), description="The carriers it may use, by their names there; none: any"
    )
    checks_first: bool = Field(
        False, description="Have each order checked before it is placed"
    )
    taxonomies: tuple[Taxonomy, ...] = Field(
        (), description="The first-level categories whose stock is read; none: all"
    )
    page_size: Annotated[int, Field(ge=1, le=10_000)] = 5000
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] = "EUR"
    timezone: TimeZone = Field(
        "Europe/Madrid", description="The clock that its moments are told by"
    )
    statuses: dict[ShortText, ReportedStatus] = Field(
        default_factory=dict, description="What its order statuses mean, by name"
    )
    tracking: dict[ShortText, ScanKind] = Field(
        default_factory=dict, description="What its tracking statuses mean, by name"
    )


def headers(token: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token}",
        "Accept": "application/json",
        "Accept-Encoding": "identity",  # so that the size cap is the real size
        "User-Agent": "dropship-erp",
    }


def order_body(request: PurchaseRequest, options: Options) -> bytes:
    order: dict[str, object] = {
        "internalReference": request.reference,
        "language": options.language,
        "paymentMethod": options.payment,
        "shippingAddress": _address(request.recipient, options),
        "products": [
            {"reference": item.supplier_sku, "quantity": item.quantity}
            for item in request.items
        ],
    }
    if options.carriers:
        order["carriers"] = [{"name": name} for name in options.carriers]
    return json.dumps({"order": order}, separators=(",", ":")).encode()


def street(recipient: Recipient) -> str:
    """It has one line for all that comes before the town."""
    return ", ".join(part for part in (recipient.address1, recipient.address2) if part)


def _address(recipient: Recipient, options: Options) -> dict[str, str]:
    first, _, last = recipient.name.strip().rpartition(" ")
    address = {
        "firstName": first or last,
        "lastName": last if first else NO_LAST_NAME,
        "country": recipient.country,
        "postcode": recipient.postal_code,
        "town": recipient.city,
        "address": street(recipient),
        "phone": recipient.phone or options.phone,
        "email": options.email,
        "comment": "",
    }
    return address | ({"companyName": recipient.company} if recipient.company else {})
