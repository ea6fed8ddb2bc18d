"""What a supplier's file says of our purchase orders: acknowledgements and parcels.

A row speaks of one item of one purchase order: what was accepted of it, or what of it
is in which parcel. Several rows speak of one purchase order, in any order; a row that
stands there twice counts once, and what a later one says goes before an earlier. A row
is about a parcel if it names a shipment, a tracking number or a moment of shipping or
delivery.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from suppliers.contract import PurchaseReport, RejectReason, ReportedStatus, ScanKind
from suppliers.dialects.csvfeed.files.cells import moment, plain, units, word
from suppliers.dialects.csvfeed.files.records import Table
from suppliers.dialects.csvfeed.files.unpacking import Unreadable
from suppliers.dialects.csvfeed.options import ShipmentFile
from suppliers.dialects.csvfeed.rows.told import OrderRow, Told

LONGEST_NAME = 200
LONGEST_WORDS = 2000


def reports(table: Table, declared: ShipmentFile) -> tuple[PurchaseReport, ...]:
    """One report per purchase order, in the order the file first names them.

    Raises Unreadable if any row cannot be read: then none of them count.
    """
    told: dict[str, Told] = {}
    for row in _rows(table, declared):
        told.setdefault(row.reference, Told(row.reference)).take(row)
    return tuple(each.report() for each in told.values())


def _rows(table: Table, declared: ShipmentFile) -> Iterator[OrderRow]:
    reader = _Reader(table, declared)
    for line, values in table.records():
        yield _Row(reader, line, values).read()


class _Reader:
    """What all rows of one file are read with."""

    def __init__(self, table: Table, declared: ShipmentFile) -> None:
        self.places = table.places
        self.declared = declared
        self.zone = ZoneInfo(declared.time_zone)
        self.statuses = {word(w): each for w, each in declared.statuses.items()}
        self.reasons = {word(w): each for w, each in declared.reasons.items()}
        self.shipped = ScanKind(declared.shipped_means)


@dataclass(frozen=True, slots=True)
class _Row:
    reader: _Reader
    line: int
    values: list[str]

    def read(self) -> OrderRow:
        reference = self._name("purchase_order")
        if not reference:
            raise Unreadable(f"{self._column('purchase_order')} is empty", self.line)
        status, reason, note = self._verdict()
        return OrderRow(
            reference=reference,
            supplier_reference=self._name("supplier_reference"),
            status=status,
            reason=reason,
            note=note,
            acknowledged_at=self._moment("acknowledged_at"),
            ship_by=self._moment("ship_by"),
            deliver_by=self._moment("deliver_by"),
            sku=self._name("sku"),
            accepted_quantity=self._units("accepted_quantity"),
            quantity=self._units("quantity"),
            shipment_id=self._name("shipment_id"),
            carrier=self._name("carrier"),
            tracking_number=self._name("tracking_number"),
            scans=self._scans(),
        )

    def _verdict(self) -> tuple[ReportedStatus | None, RejectReason | None, str]:
        """Its status and reason; a word that nobody declared is kept as a note."""
        notes = [self._text("note", LONGEST_WORDS)]
        told = self._text("status", LONGEST_NAME)
        status = self.reader.statuses.get(word(told))
        if told and status is None:
            notes.append(told)
        why = self._text("reason", LONGEST_WORDS)
        reason = self.reader.reasons.get(word(why))
        if why and reason is None:
            reason = RejectReason.OTHER
            notes.append(why)
        return status, reason, "; ".join(note for note in notes if note)[:LONGEST_WORDS]

    def _scans(self) -> tuple[tuple[ScanKind, datetime], ...]:
        moments = (
            (self.reader.shipped, self._moment("shipped_at")),
            (ScanKind.DELIVERED, self._moment("delivered_at")),
        )
        return tuple((kind, at) for kind, at in moments if at is not None)

    def _cell(self, field: str) -> str:
        place = self.reader.places.get(field)
        return "" if place is None else self.values[place]

    def _text(self, field: str, longest: int) -> str:
        text = plain(self._cell(field))
        if len(text) > longest or "\0" in text:
            raise Unreadable(f"{self._column(field)} is no text we can keep", self.line)
        return text

    def _name(self, field: str) -> str:
        return self._text(field, LONGEST_NAME)

    def _units(self, field: str) -> int | None:
        cell = self._cell(field)
        if not cell.strip():
            return None
        found = units(cell, {}, self.reader.declared.decimal)
        if found is None:
            raise Unreadable(f"{self._column(field)} is no whole number", self.line)
        return found

    def _moment(self, field: str) -> datetime | None:
        cell = self._cell(field)
        if not cell.strip():
            return None
        try:
            return moment(cell, self.reader.declared.moments, self.reader.zone)
        except ValueError as error:
            raise Unreadable(
                f"{self._column(field)} is no moment", self.line
            ) from error

    def _column(self, field: str) -> str:
        return repr(self.reader.declared.columns.named()[field])
