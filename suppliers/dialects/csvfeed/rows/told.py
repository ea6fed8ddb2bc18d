"""What the rows of a file together say of one purchase order. Pure."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from suppliers.contract import (
    ItemReport,
    ParcelReport,
    PurchaseReport,
    RejectReason,
    ReportedStatus,
    ScanKind,
    ScanReport,
)

LONGEST_NOTE = 2000
T = TypeVar("T")
ENDED = frozenset({ReportedStatus.REJECTED, ReportedStatus.CANCELLED})
Scan = tuple[ScanKind, datetime]


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One row; what it does not say is empty or None."""

    reference: str
    supplier_reference: str
    status: ReportedStatus | None
    reason: RejectReason | None
    note: str
    acknowledged_at: datetime | None
    ship_by: datetime | None
    deliver_by: datetime | None
    sku: str
    accepted_quantity: int | None
    quantity: int | None
    shipment_id: str
    carrier: str
    tracking_number: str
    scans: tuple[Scan, ...]

    @property
    def parcel_id(self) -> str:
        """The parcel it speaks of, named the same in every reading; empty: of none.

        One without a name or a number is told from others by the purchase order alone.
        """
        name = self.shipment_id or self.tracking_number
        return name or (f"{self.reference}-parcel" if self.scans else "")


@dataclass(slots=True)
class _Parcel:
    shipment_id: str
    carrier: str = ""
    tracking_number: str = ""
    contents: dict[str, int] = field(default_factory=dict)
    scans: set[Scan] = field(default_factory=set)

    def take(self, row: OrderRow) -> None:
        self.carrier = self.carrier or row.carrier
        self.tracking_number = self.tracking_number or row.tracking_number
        self.scans.update(row.scans)
        if row.sku and row.quantity:
            self.contents[row.sku] = self.contents.get(row.sku, 0) + row.quantity

    def report(self) -> ParcelReport:
        scans = sorted(self.scans, key=lambda scan: scan[1])
        return ParcelReport(
            shipment_id=self.shipment_id,
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            contents=tuple(self.contents.items()),
            scans=tuple(ScanReport(kind, at) for kind, at in scans),
        )


@dataclass(slots=True)
class Told:
    """The rows of one purchase order, taken one after the other: a later one counts."""

    reference: str
    rows: dict[OrderRow, None] = field(default_factory=dict)  # each of them once

    def take(self, row: OrderRow) -> None:
        self.rows[row] = None

    def report(self) -> PurchaseReport:
        rows = tuple(self.rows)
        verdicts = _verdicts(rows)
        named = _last(row.supplier_reference for row in rows)
        notes = dict.fromkeys(row.note for row in rows if row.note)
        return PurchaseReport(
            reference=self.reference,
            supplier_reference=named or self.reference,
            status=_together(set(verdicts.values())),
            acknowledged_at=_last(row.acknowledged_at for row in rows),
            ship_by=_last(row.ship_by for row in rows),
            deliver_by=_last(row.deliver_by for row in rows),
            reason=_last(row.reason for row in rows),
            note="; ".join(notes)[:LONGEST_NOTE],
            items=_items(rows, verdicts),
            parcels=_parcels(rows),
        )


def _verdicts(rows: Iterable[OrderRow]) -> dict[str, ReportedStatus]:
    """The status of each SKU; that of a row without one (\"\") is for all of them."""
    verdicts: dict[str, ReportedStatus] = {}
    for row in rows:
        if row.status is None:
            continue
        if not row.sku:
            verdicts.clear()
        verdicts[row.sku] = row.status
    return verdicts


def _together(statuses: Set[ReportedStatus]) -> ReportedStatus:
    """The status of a whole from those of its parts."""
    answers = statuses - {ReportedStatus.RECEIVED}
    if not answers:
        return ReportedStatus.RECEIVED
    if len(answers) == 1:
        return min(answers)
    ended = answers <= ENDED
    return ReportedStatus.CANCELLED if ended else ReportedStatus.PARTLY_ACCEPTED


def _items(
    rows: Iterable[OrderRow], verdicts: Mapping[str, ReportedStatus]
) -> tuple[ItemReport, ...]:
    """What was accepted of each SKU; one that is off while others stand: nothing."""
    accepted = {
        row.sku: row.accepted_quantity
        for row in rows
        if row.sku and row.accepted_quantity is not None
    }
    if not set(verdicts.values()) <= ENDED:
        off = (sku for sku, status in verdicts.items() if sku and status in ENDED)
        accepted |= dict.fromkeys(off, 0)
    return tuple(ItemReport(sku, units) for sku, units in accepted.items())


def _parcels(rows: Iterable[OrderRow]) -> tuple[ParcelReport, ...]:
    parcels: dict[str, _Parcel] = {}
    for row in rows:
        if row.parcel_id:
            parcels.setdefault(row.parcel_id, _Parcel(row.parcel_id)).take(row)
    return tuple(parcel.report() for parcel in parcels.values())


def _last(values: Iterable[T | None]) -> T | None:
    """What was told last, if anything was."""
    told = [value for value in values if value]
    return told[-1] if told else None
