"""What Printful says on the wire, read for what we act on.

Its orders hold some forty fields, and get new ones without notice: what we do not use
is passed over, what we use is believed whole or not at all. It writes numbers where it
documents words and the other way round, so both are taken.
"""

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
    ValidationError,
)

from suppliers.contract import (
    ParcelReport,
    PurchaseReport,
    ReportedStatus,
    ScanKind,
    ScanReport,
)
from suppliers.dialects.rest_messages import MOST_CENTS, MOST_UNITS, Name, Words
from suppliers.errors import printable

DRAFT = "draft"
CANCELLED = "canceled"

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


def _as_words(value: object) -> object:
    """What it adds to a status, if it is words at all."""
    return value if isinstance(value, str) else ""


def _or_nothing(value: object) -> object:
    return value or None


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
    ship_date: Annotated[date | None, BeforeValidator(_or_nothing)] = None
    shipped_at: Moment = None
    delivered_at: Moment = None  # not documented: believed where it is told
    reshipment: Annotated[bool | None, BeforeValidator(_or_nothing)] = Field(
        None, validation_alias=AliasChoices("reshipment", "is_reshipment")
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
    costs: object = None
    error: Annotated[Words, BeforeValidator(_as_words)] = ""

    @property
    def price(self) -> Costs | None:
        """What its items cost; None while it does not say."""
        try:
            return Costs.model_validate(self.costs)
        except ValidationError:
            return None

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
