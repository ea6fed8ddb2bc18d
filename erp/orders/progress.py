"""Keeps an order's stored status what its lines and open holds make of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from erp.orders.history import note
from erp.orders.lifecycle import (
    NEXT_LINE,
    LineStatus,
    MoveError,
    OrderStatus,
    order_status,
)
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
    _store(
        session,
        order,
        now,
        order_status(
            [LineStatus(line) for line in lines],
            is_held=held is not None,
            is_partly_shipped=is_partly_shipped,
        ),
    )


def refresh_many(
    session: Session,
    orders: Collection[Order],
    now: datetime,
    *,
    lines: Mapping[int, Sequence[LineStatus]],
    partly_shipped: Collection[int],
) -> None:
    """As `refresh`, for orders whose lines are at hand: one look at all their holds."""
    held = set(
        session.exec(
            select(Hold.order_id).where(
                col(Hold.order_id).in_([order.id for order in orders]),
                col(Hold.closed_at).is_(None),
            )
        )
    )
    for order in orders:
        assert order.id is not None
        status = order_status(
            lines.get(order.id, ()),
            is_held=order.id in held,
            is_partly_shipped=order.id in partly_shipped,
        )
        _store(session, order, now, status)


def _store(session: Session, order: Order, now: datetime, status: OrderStatus) -> None:
    if status is not order.status:
        order.status = status
        note(session, order, "order_moved", now, status=status.value)
