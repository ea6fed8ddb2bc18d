"""What purchase orders, parcels and returns make of the customer's order lines."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import case, func
from sqlmodel import Session, col, select

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
from erp.orders.progress import advance, refresh_many

TAKEN_BACK = (ReturnStatus.RECEIVED, ReturnStatus.SETTLED)


def refresh_orders(session: Session, orders: Iterable[Order], now: datetime) -> None:
    """Bring the lines and the status of these orders up to date."""
    session.flush()
    batch = list(orders)
    lines = session.exec(
        select(OrderLine)
        .where(col(OrderLine.order_id).in_([order.id for order in batch]))
        .order_by(col(OrderLine.id))
        .execution_options(populate_existing=True)
    ).all()
    allocated = allocated_units(session, lines)
    moved = moved_units(session, lines)
    returned = _returned(session, lines)
    partly: set[int] = set()
    statuses: dict[int, list[LineStatus]] = defaultdict(list)
    for line in lines:
        assert line.id is not None
        shipped, delivered = moved.get(line.id, (0, 0))
        if shipped:
            partly.add(line.order_id)
        _settle(
            line,
            line_status(
                line.quantity - line.cancelled_quantity,
                allocated=allocated.get(line.id, 0),
                shipped=shipped,
                delivered=delivered,
                returned=returned.get(line.id, 0),
            ),
        )
        statuses[line.order_id].append(line.status)
    refresh_many(session, batch, now, lines=statuses, partly_shipped=partly)


def _settle(line: OrderLine, status: LineStatus) -> None:
    """Events may be told late: a line never moves backwards."""
    if status in NEXT_LINE[line.status]:
        advance(line, status)
    elif status in (LineStatus.SHIPPED, LineStatus.DELIVERED, LineStatus.RETURNED) and (
        line.status is LineStatus.OPEN
    ):
        advance(line, LineStatus.ALLOCATED)
        _settle(line, status)
    elif status is LineStatus.RETURNED and line.status is LineStatus.ALLOCATED:
        advance(line, LineStatus.SHIPPED)
        _settle(line, status)


def allocated_units(session: Session, lines: Sequence[OrderLine]) -> dict[int, int]:
    """Units that suppliers stand for, by order line id."""
    units = func.coalesce(
        col(PurchaseOrderLine.accepted_quantity), col(PurchaseOrderLine.quantity)
    )
    query = (
        select(PurchaseOrderLine.order_line_id, func.sum(units))
        .where(
            col(PurchaseOrderLine.order_line_id).in_([line.id for line in lines]),
            col(PurchaseOrderLine.is_live),
        )
        .group_by(col(PurchaseOrderLine.order_line_id))
    )
    return {line_id: int(total) for line_id, total in session.exec(query)}


def moved_units(
    session: Session, lines: Sequence[OrderLine]
) -> dict[int, tuple[int, int]]:
    """Units shipped and units delivered, by order line id."""
    units = col(ShipmentLine.quantity)
    shipped = col(Shipment.shipped_at).is_not(None)
    delivered = col(Shipment.delivered_at).is_not(None)
    query = (
        select(
            PurchaseOrderLine.order_line_id,
            func.sum(case((shipped, units), else_=0)),
            func.sum(case((delivered, units), else_=0)),
        )
        .join(
            ShipmentLine,
            col(ShipmentLine.purchase_order_line_id) == col(PurchaseOrderLine.id),
        )
        .join(Shipment, col(Shipment.id) == col(ShipmentLine.shipment_id))
        .where(col(PurchaseOrderLine.order_line_id).in_([line.id for line in lines]))
        .group_by(col(PurchaseOrderLine.order_line_id))
    )
    return {line_id: (int(s), int(d)) for line_id, s, d in session.exec(query)}


def _returned(session: Session, lines: Sequence[OrderLine]) -> dict[int, int]:
    query = (
        select(ReturnLine.order_line_id, func.sum(ReturnLine.quantity))
        .join(Return, col(Return.id) == col(ReturnLine.return_id))
        .where(
            col(ReturnLine.order_line_id).in_([line.id for line in lines]),
            col(Return.status).in_(TAKEN_BACK),
        )
        .group_by(col(ReturnLine.order_line_id))
    )
    return {line_id: int(total) for line_id, total in session.exec(query)}
