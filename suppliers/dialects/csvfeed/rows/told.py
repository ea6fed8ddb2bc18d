"""What the rows of a file together say of one purchase order. Pure."""

from collections.abc import Iterable, Set
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
STANDS = frozenset({ReportedStatus.RECEIVED, ReportedStatus.ACCEPTED})
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
        status, items = _answer(rows)
        named = _last(row.supplier_reference for row in rows)
        notes = dict.fromkeys(row.note for row in rows if row.note)
        return PurchaseReport(
            reference=self.reference,
            supplier_reference=named or self.reference,
            status=status,
            acknowledged_at=_last(row.acknowledged_at for row in rows),
            ship_by=_last(row.ship_by for row in rows),
            deliver_by=_last(row.deliver_by for row in rows),
            reason=_last(row.reason for row in rows),
            note="; ".join(notes)[:LONGEST_NOTE],
            items=items,
            parcels=_parcels(rows),
        )


def _answer(
    rows: Iterable[OrderRow],
) -> tuple[ReportedStatus, tuple[ItemReport, ...]]:
    """What is said of the whole, and of single items.

    A part acceptance would take away what it does not name: it is told only if the
    units of every item that stands are known.
    """
    verdicts = _verdicts(rows)
    status = _together(set(verdicts.values()))
    left = {sku: 0 for sku, each in verdicts.items() if sku and each in ENDED}
    if status in ENDED and "" in verdicts:
        left = {}  # all of it is off, named or not
    elif status not in ENDED | {ReportedStatus.RECEIVED}:
        left = _accepted(rows) | left
    others_stand = verdicts.get("") in STANDS or any(
        row.sku and row.sku not in left for row in rows
    )
    if status is ReportedStatus.PARTLY_ACCEPTED and left and others_stand:
        status = ReportedStatus.ACCEPTED
    return status, tuple(ItemReport(sku, units) for sku, units in left.items())


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
    """The status of a whole from those of its parts: what is off ends no other."""
    answers = statuses - {ReportedStatus.RECEIVED}
    if statuses and statuses <= ENDED:
        return min(statuses) if len(statuses) == 1 else ReportedStatus.CANCELLED
    if answers <= ENDED:
        return ReportedStatus.RECEIVED
    return min(answers) if len(answers) == 1 else ReportedStatus.PARTLY_ACCEPTED


def _accepted(rows: Iterable[OrderRow]) -> dict[str, int]:
    return {
        row.sku: row.accepted_quantity
        for row in rows
        if row.sku and row.accepted_quantity is not None
    }


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
