"""What one order says, place by place, in the words of the plain dialect. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from suppliers.contract import RejectReason
from suppliers.dialects.declared import values
from suppliers.dialects.declared.declaration import (
    ANY_OTHER,
    ItemsPart,
    ParcelsPart,
    ReportPart,
    ScansPart,
)
from suppliers.dialects.declared.expressions import (
    Json,
    Path,
    Unreadable,
    Wrong,
    shown,
)
from suppliers.dialects.declared.moments import Moments

V = TypeVar("V")
Fields = dict[str, object]


@dataclass(slots=True)
class Reader:
    """Takes values out of an answer, and gathers what is wrong on the way."""

    moments: Moments | None = None
    wrong: list[Wrong] = field(default_factory=list)

    def take(
        self, data: Json, path: Path, place: str, read: Callable[[Json], V]
    ) -> V | None:
        """The value at a place, or None with a word about what is wrong there."""
        found: Json = None
        try:
            found = path.find(data, place)
            return read(found)
        except Unreadable as error:
            self.wrong.extend(error.wrong)
        except ValueError as error:
            self.wrong.append(Wrong(place, str(error), shown(found)))
        return None

    def maybe(
        self, data: Json, path: Path | None, place: str, read: Callable[[Json], V]
    ) -> V | None:
        """The same, but nothing may be declared or stand there."""
        if path is None:
            return None
        return self.take(
            data, path, place, lambda found: None if found is None else read(found)
        )

    def order(self, data: Json, part: ReportPart) -> Fields:
        return {
            "reference": self.take(data, part.reference, "reference", values.name),
            "supplier_reference": self.take(
                data, part.supplier_reference, "supplier_reference", values.name
            ),
            "status": self.take(
                data,
                part.status,
                "status",
                lambda found: values.mapped(found, part.statuses),
            ),
            **self._promises(data, part),
            "reason": self._reason(data, part),
            "note": self.maybe(data, part.note, "note", values.text) or "",
            "items": self._items(data, part.items, "items", "accepted_quantity"),
            "parcels": self._parcels(data, part.parcels),
        }

    def _promises(self, data: Json, part: ReportPart) -> Fields:
        assert self.moments is not None
        due = self.moments.due
        return {
            "acknowledged_at": self._moment(
                data, part.acknowledged_at, "acknowledged_at"
            ),
            "ship_by": self.maybe(data, part.ship_by, "ship_by", due),
            "deliver_by": self.maybe(data, part.deliver_by, "deliver_by", due),
        }

    def _moment(self, data: Json, path: Path | None, place: str) -> object:
        assert self.moments is not None
        return self.maybe(data, path, place, self.moments.read)

    def _when(self, found: Json) -> datetime:
        assert self.moments is not None
        if found is None:
            raise ValueError("is not there")
        return self.moments.read(found)

    def _reason(self, data: Json, part: ReportPart) -> RejectReason | None:
        other = part.reasons.get(ANY_OTHER)
        return self.maybe(
            data,
            part.reason,
            "reason",
            lambda found: (
                None if found == "" else values.mapped(found, part.reasons, other)
            ),
        )

    def _items(
        self, data: Json, part: ItemsPart | None, place: str, quantity: str
    ) -> list[Fields]:
        if part is None:
            return []
        return [
            {
                "sku": self.take(row, part.sku, f"{here}.sku", values.name),
                quantity: self.take(
                    row, part.quantity, f"{here}.quantity", values.units
                ),
            }
            for row, here in self._rows(data, part.list, place)
        ]

    def _parcels(self, data: Json, part: ParcelsPart | None) -> list[Fields]:
        if part is None:
            return []
        return [
            self._parcel(row, part, here)
            for row, here in self._rows(data, part.list, "parcels")
        ]

    def _parcel(self, row: Json, part: ParcelsPart, here: str) -> Fields:
        number = f"{here}.tracking_number"
        contents = self._items(row, part.contents, f"{here}.contents", "quantity")
        return {
            "shipment_id": self.take(
                row, part.shipment_id, f"{here}.shipment_id", values.name
            ),
            "carrier": self.maybe(row, part.carrier, f"{here}.carrier", values.text)
            or "",
            "tracking_number": self.maybe(
                row, part.tracking_number, number, values.text
            )
            or "",
            "contents": contents,
            "scans": self._scans(row, part.scans, here),
        }

    def _scans(self, data: Json, part: ScansPart | None, place: str) -> list[Fields]:
        if part is None:
            return []
        scans = (
            self._scan(row, part, here)
            for row, here in self._rows(data, part.list, f"{place}.scans")
        )
        return [each for each in scans if each is not None]

    def _scan(self, row: Json, part: ScansPart, here: str) -> Fields | None:
        before = len(self.wrong)
        kind = self.take(
            row,
            part.kind,
            f"{here}.kind",
            lambda found: values.mapped(found, part.kinds),
        )
        if kind is None and len(self.wrong) == before:
            return None
        at = self.take(row, part.at, f"{here}.at", self._when)
        place = self.maybe(row, part.place, f"{here}.place", values.text) or ""
        return {"kind": kind, "at": at, "place": place}

    def _rows(self, data: Json, path: Path, place: str) -> Sequence[tuple[Json, str]]:
        rows = self.take(data, path, place, values.elements) or []
        return [(row, f"{place}.{n}") for n, row in enumerate(rows)]
