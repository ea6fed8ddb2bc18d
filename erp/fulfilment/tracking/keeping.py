"""Stores what reports brought: each kind of row in one statement for a whole page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session

from config.upsert import dialect_of, insert_into, table_of
from erp.fulfilment.models import Scan, Shipment, ShipmentLine
from erp.fulfilment.tracking.dossiers import Dossier, Line, Parcel
from erp.fulfilment.tracking.parcels import ParcelNews
from erp.orders.models import Order

_SHIPMENT, _CONTENT, _SCAN = (
    table_of(Shipment),
    table_of(ShipmentLine),
    table_of(Scan),
)
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Page:
    """What a page of reports changes: stored together, once all of it was taken."""

    parcels: list[ParcelNews] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    moved: dict[int | None, Order] = field(default_factory=dict)

    def add(self, parcels: Sequence[ParcelNews], lines: Sequence[Line] = ()) -> None:
        self.parcels.extend(parcels)
        self.lines.extend(lines)

    def move(self, dossier: Dossier) -> None:
        """Its order's lines may stand elsewhere now."""
        self.moved[dossier.order.id] = dossier.order


def keep_parcels(session: Session, news: Sequence[ParcelNews]) -> None:
    """Store new parcels, and what is new about known ones."""
    new = {id(each.parcel): each.parcel for each in news if each.parcel.id is None}
    known = [each.parcel for each in news if each.is_changed and each.parcel.id]
    if new:
        _add(session, list(new.values()))
    _execute(
        session, _CHANGE, [_row(parcel) | {"known": parcel.id} for parcel in known]
    )
    _execute(session, _refill(dialect_of(session)), list(_contents(news)))
    _execute(session, _SCAN.insert().inline(), list(_scans(news)))


def _add(session: Session, parcels: Sequence[Parcel]) -> None:
    rows = [
        {
            "purchase_order_id": parcel.purchase_order_id,
            "shipment_id": parcel.shipment_id,
            **_row(parcel),
        }
        for parcel in parcels
    ]
    added = session.connection().execute(_ADD, rows)
    for parcel, parcel_id in zip(parcels, added.scalars(), strict=True):
        parcel.id = parcel_id


def _row(parcel: Parcel) -> dict[str, Any]:
    return {
        "carrier": parcel.carrier,
        "tracking_number": parcel.tracking_number,
        "status": parcel.status,
        "shipped_at": parcel.shipped_at,
        "delivered_at": parcel.delivered_at,
    }


def _contents(news: Iterable[ParcelNews]) -> Iterable[dict[str, Any]]:
    return (
        {
            "shipment_id": each.parcel.id,
            "purchase_order_line_id": line_id,
            "quantity": each.parcel.contents[line_id],
        }
        for each in news
        for line_id in each.filled
    )


def _scans(news: Iterable[ParcelNews]) -> Iterable[dict[str, Any]]:
    return (
        {
            "shipment_id": each.parcel.id,
            "kind": scan.kind,
            "at": scan.at,
            "place": scan.place,
        }
        for each in news
        for scan in each.scans
    )


def _execute(session: Session, statement: Any, rows: Rows) -> None:
    if rows:
        session.connection().execute(statement, rows)


@cache
def _refill(dialect: str) -> Any:
    """A parcel's units of a line as they are now, told before or not."""
    insert = insert_into(dialect, ShipmentLine)
    key = [_CONTENT.c.shipment_id, _CONTENT.c.purchase_order_line_id]
    return insert.on_conflict_do_update(
        index_elements=key, set_={"quantity": insert.excluded.quantity}
    )


_ADD = _SHIPMENT.insert().returning(_SHIPMENT.c.id, sort_by_parameter_order=True)
_CHANGE = _SHIPMENT.update().where(_SHIPMENT.c.id == bindparam("known"))
