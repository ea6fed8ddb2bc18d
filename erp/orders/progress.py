"""Keeps an order's stored status what its lines and open holds make of it."""

from datetime import datetime

from sqlmodel import Session, col, select

from erp.orders.history import note
from erp.orders.lifecycle import NEXT_LINE, LineStatus, MoveError, order_status
from erp.orders.models import Hold, Order, OrderLine


def advance(line: OrderLine, status: LineStatus) -> bool:
    """Move a line along its table; true if it moved.

    Raises MoveError if the table does not allow the move.
    """
    if line.status is status:
        return False
    if status not in NEXT_LINE[line.status]:
        raise MoveError(f"line {line.sku}: {line.status} cannot become {status}")
    line.status = status
    return True


def refresh(
    session: Session, order: Order, now: datetime, *, is_partly_shipped: bool = False
) -> None:
    """Store the status that the order's lines and open holds make of it."""
    session.flush()
    lines = session.exec(
        select(OrderLine.status).where(col(OrderLine.order_id) == order.id)
    ).all()
    held = session.exec(
        select(Hold.id)
        .where(col(Hold.order_id) == order.id, col(Hold.closed_at).is_(None))
        .limit(1)
    ).first()
    status = order_status(
        [LineStatus(line) for line in lines],
        is_held=held is not None,
        is_partly_shipped=is_partly_shipped,
    )
    if status is not order.status:
        order.status = status
        note(session, order, "order_moved", now, status=status.value)
