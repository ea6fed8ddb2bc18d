"""What the plain REST dialect says on the wire, read strictly.

An answer is believed whole or not at all: an unknown field or status, a moment without
an offset, a negative quantity, one SKU or parcel told twice are all refused.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from suppliers.contract import (
    ChangePage,
    ItemReport,
    ParcelReport,
    PurchaseReport,
    RejectReason,
    ReportedStatus,
    ScanKind,
    ScanReport,
    StockRow,
)
from suppliers.errors import Rejected, printable

MOST_UNITS = 1_000_000_000  # more is a mistake, and would not fit where it is stored
MOST_CENTS = 100_000_000_000


def _in_our_era(moment: datetime) -> datetime:
    if not 1970 < moment.year < 2200:
        raise ValueError("a moment no supplier can mean")
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_in_our_era)]
Units = Annotated[int, Field(ge=0, le=MOST_UNITS)]
Cents = Annotated[int, Field(ge=0, le=MOST_CENTS)]
# Databases cannot store NUL, and no name contains it.
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern="^[^\\x00]*$")
]
Words = Annotated[str, StringConstraints(max_length=2000, pattern="^[^\\x00]*$")]
Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class AcceptedItem(Message):
    sku: Name
    accepted_quantity: Units


class ParcelItem(Message):
    sku: Name
    quantity: Units


class Scan(Message):
    kind: ScanKind
    at: Moment
    place: Words = ""


class Parcel(Message):
    shipment_id: Name
    carrier: Words
    tracking_number: Words
    contents: list[ParcelItem]
    scans: list[Scan] = []

    def report(self) -> ParcelReport:
        return ParcelReport(
            shipment_id=self.shipment_id,
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            contents=tuple((item.sku, item.quantity) for item in self.contents),
            scans=tuple(ScanReport(s.kind, s.at, s.place) for s in self.scans),
        )


class PurchaseOrder(Message):
    """The whole state of one purchase order."""

    reference: Name
    supplier_reference: Name
    status: ReportedStatus
    acknowledged_at: Moment | None = None
    ship_by: Moment | None = None
    deliver_by: Moment | None = None
    reason: RejectReason | None = None
    note: Words = ""
    items: list[AcceptedItem] = []
    parcels: list[Parcel] = []

    @model_validator(mode="after")
    def says_nothing_twice(self) -> Self:
        _unique("items", [item.sku for item in self.items])
        _unique("parcels", [parcel.shipment_id for parcel in self.parcels])
        return self

    def report(self) -> PurchaseReport:
        return PurchaseReport(
            reference=self.reference,
            supplier_reference=self.supplier_reference,
            status=self.status,
            acknowledged_at=self.acknowledged_at,
            ship_by=self.ship_by,
            deliver_by=self.deliver_by,
            reason=self.reason,
            note=self.note,
            items=tuple(ItemReport(i.sku, i.accepted_quantity) for i in self.items),
            parcels=tuple(parcel.report() for parcel in self.parcels),
        )


class PurchaseOrders(Message):
    """One page of what changed."""

    orders: list[PurchaseOrder]
    cursor: Annotated[Name, StringConstraints(pattern="^[!-~]+$")]
    more: bool

    def page(self) -> ChangePage:
        reports = tuple(order.report() for order in self.orders)
        return ChangePage(reports, self.cursor, self.more)


class StockItem(Message):
    sku: Name
    quantity: Units | None
    unit_cost_cents: Cents | None
    currency: Currency | None

    def row(self) -> StockRow:
        return StockRow(self.sku, self.quantity, self.unit_cost_cents, self.currency)


class Stock(Message):
    as_of: Moment | None
    items: list[StockItem]


class Refusal(Message):
    """Why an order was not taken."""

    reason: RejectReason
    note: Words = ""

    def rejected(self, supplier: str) -> Rejected:
        note = printable(self.note)
        words = f"{self.reason}: {note}" if note else self.reason.value
        return Rejected(supplier, words, self.reason)


class UnknownOrder(Message):
    """The only 404 that means *we have no such order*, not *no such page*."""

    error: Annotated[str, StringConstraints(pattern="^unknown_order$")]
    reference: Name


def _unique(what: str, names: Sequence[str]) -> None:
    if len(set(names)) != len(names):
        raise ValueError(f"one of its {what} is told twice")
