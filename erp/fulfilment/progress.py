"""What purchase orders, parcels and returns make of the customer's order lines."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, case, func, not_
from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import Select

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
    session.flush()
    batch = list(orders)
    lines = session.exec(_lines_of([order.id for order in batch])).all()
    ids = [line_id or 0 for line_id, *_ in lines]
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


def _lines_of(
    order_ids: Sequence[int | None],
) -> Select[int | None, int, int, LineStatus]:
    """Id, order, units that are not cancelled, and status, as the database has them."""
    return (
        select(
            col(OrderLine.id),
            col(OrderLine.order_id),
            col(OrderLine.quantity) - col(OrderLine.cancelled_quantity),
            col(OrderLine.status),
        )
        .where(col(OrderLine.order_id).in_(order_ids))
        .order_by(col(OrderLine.id))
    )


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
    units = func.coalesce(
        col(PurchaseOrderLine.accepted_quantity), col(PurchaseOrderLine.quantity)
    )
    query = (
        select(PurchaseOrderLine.order_line_id, func.sum(units))
        .where(
            col(PurchaseOrderLine.order_line_id).in_(line_ids),
            col(PurchaseOrderLine.is_live),
        )
        .group_by(col(PurchaseOrderLine.order_line_id))
    )
    return {line_id: int(total) for line_id, total in session.exec(query)}


class Moved(NamedTuple):
    """Units of an order line that are in parcels."""

    shipped: int
    delivered: int
    stray: int  # of the shipped ones: their purchase order had ended, or let them go


NOTHING = Moved(0, 0, 0)


def moved_units(session: Session, line_ids: Sequence[int]) -> dict[int, Moved]:
    """What of these order lines has met a carrier, by order line id."""
    units = col(ShipmentLine.quantity)
    shipped = col(Shipment.shipped_at).is_not(None)
    stray = and_(shipped, not_(col(PurchaseOrderLine.is_live)))
    delivered = col(Shipment.delivered_at).is_not(None)
    query = (
        select(
            PurchaseOrderLine.order_line_id,
            func.sum(case((shipped, units), else_=0)),
            func.sum(case((delivered, units), else_=0)),
            func.sum(case((stray, units), else_=0)),
        )
        .join(
            ShipmentLine,
            col(ShipmentLine.purchase_order_line_id) == col(PurchaseOrderLine.id),
        )
        .join(Shipment, col(Shipment.id) == col(ShipmentLine.shipment_id))
        .where(col(PurchaseOrderLine.order_line_id).in_(line_ids))
        .group_by(col(PurchaseOrderLine.order_line_id))
    )
    return {
        line_id: Moved(*(int(total) for total in totals))
        for line_id, *totals in session.exec(query)
    }


def _returned(session: Session, line_ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(ReturnLine.order_line_id, func.sum(ReturnLine.quantity))
        .join(Return, col(Return.id) == col(ReturnLine.return_id))
        .where(
            col(ReturnLine.order_line_id).in_(line_ids),
            col(Return.status).in_(TAKEN_BACK),
        )
        .group_by(col(ReturnLine.order_line_id))
    )
    return {line_id: int(total) for line_id, total in session.exec(query)}
