"""What Printful says on the wire, read for what we act on.

Its orders hold some forty fields, and get new ones without notice: what we do not use
is passed over, what we use is believed whole or not at all. It writes numbers where it
documents words and the other way round, so both are taken.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from decimal import Decimal, DecimalException
from types import MappingProxyType
from typing import Annotated

from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from suppliers.contract import (
    ParcelReport,
    PurchaseReport,
    RejectReason,
    ReportedStatus,
    ScanKind,
    ScanReport,
)
from suppliers.dialects.rest_messages import MOST_CENTS, MOST_UNITS, Name, Words

DRAFT = "draft"
CANCELLED = "canceled"
LONGEST_NOTE = 200  # of its words in ours

# What each status means; one that is not named here moves nothing.
STATUSES: Mapping[str, ReportedStatus] = MappingProxyType(
    {
        "pending": ReportedStatus.RECEIVED,  # confirmed, not yet taken in hand
        "failed": ReportedStatus.REJECTED,  # confirmed, and not accepted
        CANCELLED: ReportedStatus.CANCELLED,
        "inprocess": ReportedStatus.ACCEPTED,
        "onhold": ReportedStatus.RECEIVED,
        "partial": ReportedStatus.ACCEPTED,
        "fulfilled": ReportedStatus.ACCEPTED,
    }
)
NOTES: Mapping[str, str] = MappingProxyType(
    {
        "onhold": "it is on hold: settle it with their customer service",
        "failed": "it was confirmed, and failed",
        "archived": "it is archived",
    }
)
# (code, name, what it means to us), from its table of errors
REFUSALS = (
    ("OR-2", "STORE_TERMINATED", RejectReason.MERCHANT_BLOCKED_OR_SUSPENDED),
    ("OR-4", "INVALID_SHIPPING_METHOD", RejectReason.OTHER),
    ("OR-5", "INVALID_ORDER_ITEM", RejectReason.INCORRECT_PRODUCT_INFO),
    ("OR-6", "RESTRICTED_VARIANT", RejectReason.INELIGIBLE_PRODUCT),
    ("OR-7", "INCOMPATIBLE_SYNC_VARIANT_ITEM", RejectReason.INCORRECT_PRODUCT_INFO),
    ("OR-8", "INCOMPATIBLE_PRODUCT_TEMPLATE", RejectReason.INCORRECT_PRODUCT_INFO),
    (
        "OR-9",  # this product goes to the United States only
        "LIMITED_SHIPPING_SERVICE",
        RejectReason.INTERNATIONAL_SHIPPING_UNAVAILABLE,
    ),
    ("OR-10", "UNSUPPORTED_FILE_TYPE", RejectReason.INCORRECT_PRODUCT_INFO),
    ("OR-11", "MULTIPLE_LABEL_PRODUCT", RejectReason.INCORRECT_PRODUCT_INFO),
    ("OR-12", "DUPLICATED_FILE_TYPE", RejectReason.INCORRECT_PRODUCT_INFO),
    ("SH-1", "INVALID_COUNTRY_CODE", RejectReason.INCORRECT_ADDRESS),
    ("SH-2", "SHIPPING_DISABLED", RejectReason.UNDELIVERABLE_DESTINATION),
    ("TR-1", "MISSING_RECIPIENT", RejectReason.INCORRECT_ADDRESS),
    ("TR-2", "RECIPIENT_ERRORS", RejectReason.INCORRECT_ADDRESS),
)
IN_USE = ("OR-13", "EXTERNAL_ID_IN_USE")
UNREADABLE_TO_IT = frozenset({430, 431})  # our JSON, or one of our parameters


def cents_of(amount: object) -> int:
    """Whole cents of an amount such as `20.24`; a fraction of a cent is an error."""
    if not isinstance(amount, str | int | Decimal) or isinstance(amount, bool):
        raise ValueError("an amount of money must be text")
    try:
        cents = Decimal(amount) * 100
        if cents != cents.to_integral_value() or abs(cents) > MOST_CENTS:
            raise ValueError("an amount of money nobody can mean")
    except DecimalException as error:
        raise ValueError("no amount of money") from error
    return int(cents)


def _as_text(value: object) -> object:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else value


def _as_moment(value: object) -> object:
    """Seconds since 1970, as a number or as text; nothing is no moment."""
    if value in (None, "", 0, "0"):
        return None
    digits = str(value)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        raise ValueError("no moment in seconds")
    return datetime.fromtimestamp(int(digits), UTC)


def _as_list(value: object) -> object:
    return [] if value is None else value


Text = Annotated[Words, BeforeValidator(_as_text)]
Id = Annotated[Name, BeforeValidator(_as_text)]
Moment = Annotated[datetime | None, BeforeValidator(_as_moment)]
Cents = Annotated[int, BeforeValidator(cents_of)]
Units = Annotated[int, Field(ge=0, le=MOST_UNITS)]
Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]


class Heard(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Item(Heard):
    id: Id
    external_variant_id: Text = ""
    sku: Text = ""
    quantity: Units

    @property
    def name(self) -> str:
        """What we call it: its variant's id in the store's own words."""
        return self.external_variant_id or self.sku


class ShippedItem(Heard):
    item_id: Id
    quantity: Units


class Shipment(Heard):
    """One parcel. Its identity is its own id: a reshipment repeats the items."""

    id: Id
    status: Text = ""
    carrier: Text = ""
    tracking_number: Text = ""
    ship_date: date | None = None
    shipped_at: Moment = None
    delivered_at: Moment = None  # not documented: believed where it is told
    reshipment: bool = Field(
        False, validation_alias=AliasChoices("reshipment", "is_reshipment")
    )
    items: Annotated[list[ShippedItem], BeforeValidator(_as_list)] = []

    def report(self, names: Mapping[str, str]) -> ParcelReport:
        """It stands for its items' units, unless they left in another one before."""
        units = [] if self.reshipment else self.items
        contents = tuple(
            (names[item.item_id], item.quantity)
            for item in units
            if item.item_id in names and item.quantity
        )
        return ParcelReport(
            shipment_id=self.id,
            carrier=self.carrier,
            tracking_number="" if self.tracking_number == "0" else self.tracking_number,
            contents=contents,
            scans=self._scans(),
        )

    def _scans(self) -> tuple[ScanReport, ...]:
        left_at = self.shipped_at
        if left_at is None and self.ship_date is not None:
            left_at = datetime.combine(self.ship_date, time_of_day(), UTC)
        told = ((ScanKind.PICKED_UP, left_at), (ScanKind.DELIVERED, self.delivered_at))
        return tuple(ScanReport(kind, at) for kind, at in told if at is not None)


class Costs(Heard):
    """What it asks of us; `subtotal` is the items alone."""

    currency: Currency
    subtotal: Cents


class Order(Heard):
    id: Id
    external_id: Id
    status: Name
    items: Annotated[list[Item], BeforeValidator(_as_list)] = []
    incomplete_items: Annotated[list[object], BeforeValidator(_as_list)] = []
    shipments: Annotated[list[Shipment], BeforeValidator(_as_list)] = []
    costs: Costs | None = None
    error: Text = ""

    def report(self) -> PurchaseReport:
        names = {item.id: item.name for item in self.items if item.name}
        status = STATUSES.get(self.status, self._unnamed_status())
        sent = [each for each in self.shipments if each.status != CANCELLED]
        return PurchaseReport(
            reference=self.external_id,
            supplier_reference=self.id,
            status=status,
            note=self._note(),
            parcels=tuple(shipment.report(names) for shipment in sent),
        )

    def _unnamed_status(self) -> ReportedStatus:
        """Archived, or a word it did not use before: what has left was accepted."""
        return ReportedStatus.ACCEPTED if self.shipments else ReportedStatus.RECEIVED

    def _note(self) -> str:
        said = printable(self.error)
        if self.status in STATUSES or self.status in NOTES:
            return said or NOTES.get(self.status, "")
        return said or f"its status is {printable(self.status)!r}"


class OrderAnswer(Heard):
    code: int
    result: Order


class Complaint(Heard):
    reason: Text = ""
    message: Text = ""


class Refusal(Heard):
    """Why it did not do what it was asked."""

    code: int
    result: object = None
    error: Complaint = Complaint()

    @property
    def words(self) -> str:
        said = f"{self.error.reason} {self.error.message}".strip()
        if not said and isinstance(self.result, str):
            said = self.result
        return printable(said)

    @property
    def says_in_use(self) -> bool:
        """It has an order under our reference already."""
        return self._names(*IN_USE)

    @property
    def reason(self) -> RejectReason | None:
        """What its code means; None if it names none that we know."""
        for code, name, reason in REFUSALS:
            if self._names(code, name):
                return reason
        return RejectReason.OTHER if self.code in UNREADABLE_TO_IT else None

    def _names(self, code: str, name: str) -> bool:
        said = f"{self.error.reason} {self.error.message} {self.result}".upper()
        return name in said or re.search(rf"\b{code}\b", said) is not None


def printable(words: str) -> str:
    return "".join(c for c in words[:LONGEST_NOTE] if c.isprintable())
