"""What purchase orders, parcels and returns make of the customer's order lines."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, case, func, not_, select
from sqlmodel import Session, col, update

from erp.fulfilment.lifecycle import ReturnStatus
from erp.fulfilment.models import (
    PurchaseOrderLine,
    Return,
    ReturnLine,
    Shipment,
    ShipmentLine,
)
from erp.orders.lifecycle import NEXT_LINE, LineStatus, line_status
from erp.orders.models import Order, OrderLine
from erp.orders.progress import refresh_many

MOVED = (LineStatus.SHIPPED, LineStatus.DELIVERED, LineStatus.RETURNED)
TAKEN_BACK = (ReturnStatus.RECEIVED, ReturnStatus.SETTLED)


def refresh_orders(session: Session, orders: Iterable[Order], now: datetime) -> None:
    """Bring the lines and the status of these orders up to date."""
    batch = list(orders)
    lines = _rows(session, _LINES, [order.id or 0 for order in batch])
    ids = [line_id for line_id, *_ in lines]
    allocated = _live_units(session, ids)
    moved = moved_units(session, ids)
    returned = _returned(session, ids)
    partly: set[int] = set()
    statuses: dict[int, list[LineStatus]] = defaultdict(list)
    changed: dict[LineStatus, list[int]] = defaultdict(list)
    for line_id, (_, order_id, units, was) in zip(ids, lines, strict=True):
        shipped, delivered, stray = moved.get(line_id, NOTHING)
        if shipped:
            partly.add(order_id)
        status = _settled(
            was,
            line_status(
                units,
                allocated=allocated.get(line_id, 0) + stray,
                shipped=shipped,
                delivered=delivered,
                returned=returned.get(line_id, 0),
            ),
        )
        statuses[order_id].append(status)
        if status is not was:
            changed[status].append(line_id)
    for status, line_ids in changed.items():
        moves = update(OrderLine).where(col(OrderLine.id).in_(line_ids))
        session.exec(moves.values(status=status))
    refresh_many(session, batch, now, lines=statuses, partly_shipped=partly)


def _settled(was: LineStatus, status: LineStatus) -> LineStatus:
    """Where a line goes along its table; events told late never move it backwards."""
    if status in NEXT_LINE[was]:
        return status
    if was is LineStatus.OPEN and status in MOVED:
        return _settled(LineStatus.ALLOCATED, status)
    if was is LineStatus.ALLOCATED and status is LineStatus.RETURNED:
        return _settled(LineStatus.SHIPPED, status)
    return was


def allocated_units(session: Session, line_ids: Sequence[int]) -> dict[int, int]:
    """Units that suppliers stand for or have shipped all the same, by order line id."""
    units = _live_units(session, line_ids)
    moved = moved_units(session, line_ids)
    return {
        line_id: units.get(line_id, 0) + moved.get(line_id, NOTHING).stray
        for line_id in line_ids
    }


def _live_units(session: Session, line_ids: Sequence[int]) -> dict[int, int]:
    return {line: int(units) for line, units in _rows(session, _LIVE, line_ids)}


class Moved(NamedTuple):
    """Units of an order line that are in parcels."""

    shipped: int
    delivered: int
    stray: int  # of the shipped ones: their purchase order had ended, or let them go


NOTHING = Moved(0, 0, 0)


def moved_units(session: Session, line_ids: Sequence[int]) -> dict[int, Moved]:
    """What of these order lines has met a carrier, by order line id."""
    return {
        line_id: Moved(*(int(total) for total in totals))
        for line_id, *totals in _rows(session, _MOVED, line_ids)
    }


def _returned(session: Session, line_ids: Sequence[int]) -> dict[int, int]:
    return {line: int(units) for line, units in _rows(session, _RETURNED, line_ids)}


def _rows(session: Session, query: Any, ids: Sequence[int]) -> Sequence[Any]:
    session.flush()
    return session.connection().execute(query, {"ids": ids}).all()


# Built once: for a single order, building a statement costs more than running it.
_IDS: Any = bindparam("ids", expanding=True)
_LINES = (
    select(
        col(OrderLine.id),
        col(OrderLine.order_id),
        col(OrderLine.quantity) - col(OrderLine.cancelled_quantity),
        col(OrderLine.status),
    )
    .where(col(OrderLine.order_id).in_(_IDS))
    .order_by(col(OrderLine.id))
)
_WANTED_BY = col(PurchaseOrderLine.order_line_id)
_LIVE = (
    select(
        _WANTED_BY,
        func.sum(
            func.coalesce(
                col(PurchaseOrderLine.accepted_quantity),
                col(PurchaseOrderLine.quantity),
            )
        ),
    )
    .where(_WANTED_BY.in_(_IDS), col(PurchaseOrderLine.is_live))
    .group_by(_WANTED_BY)
)
_UNITS = col(ShipmentLine.quantity)
_SHIPPED = col(Shipment.shipped_at).is_not(None)
_DELIVERED = col(Shipment.delivered_at).is_not(None)
_STRAY = and_(_SHIPPED, not_(col(PurchaseOrderLine.is_live)))
_MOVED = (
    select(
        _WANTED_BY,
        *(
            func.sum(case((each, _UNITS), else_=0))
            for each in (_SHIPPED, _DELIVERED, _STRAY)
        ),
    )
    .join(
        ShipmentLine,
        col(ShipmentLine.purchase_order_line_id) == col(PurchaseOrderLine.id),
    )
    .join(Shipment, col(Shipment.id) == col(ShipmentLine.shipment_id))
    .where(_WANTED_BY.in_(_IDS))
    .group_by(_WANTED_BY)
)
_RETURNED = (
    select(col(ReturnLine.order_line_id), func.sum(col(ReturnLine.quantity)))
    .join(Return, col(Return.id) == col(ReturnLine.return_id))
    .where(col(ReturnLine.order_line_id).in_(_IDS), col(Return.status).in_(TAKEN_BACK))
    .group_by(col(ReturnLine.order_line_id))
)
