"""The operator of a replay: lets through what really was sold, and counts it."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from erp.fulfilment.sourcing.purchasing import RETRIED
from erp.orders.holds import release
from erp.orders.lifecycle import WAIVABLE, HoldReason, OrderStatus
from erp.orders.models import Hold, Order, OrderLine

NAME = "replay"


def is_needed(session: Session) -> bool:
    """Whether an order waits for what the operator of a replay can do."""
    return session.exec(_NEEDED).first() is not None


def let_through(session: Session, sold: Collection[str], now: datetime) -> Counter[str]:
    """Release held orders of these names from every judgement; how many, by reason.

    A missing fact cannot be waved through, and what a supplier called off stays held.
    """
    released: Counter[str] = Counter()
    for order, hold in _held(session, WAIVABLE):
        if order.name in sold:
            release(session, order, now, by=NAME, reason=hold.reason)
            released[hold.reason.value] += 1
    return released


def waiting_for_stock(session: Session) -> frozenset[tuple[str | None, str]]:
    """The lines, as (named supplier, SKU), of orders that a fresh feed may cure."""
    orders = {order.id for order, _ in _held(session, RETRIED)}
    lines = session.exec(
        select(OrderLine).where(col(OrderLine.order_id).in_(orders))
    ).all()
    return frozenset((line.named_supplier, line.sku) for line in lines)


def still_held(session: Session) -> Counter[str]:
    """Open holds, by reason."""
    holds = select(Hold.reason).where(col(Hold.closed_at).is_(None))
    return Counter(HoldReason(reason).value for reason in session.exec(holds))


def _held(session: Session, reasons: Collection[str]) -> Sequence[tuple[Order, Hold]]:
    return session.exec(
        select(Order, Hold)
        .join(Hold, col(Hold.order_id) == col(Order.id))
        .where(
            col(Order.status) == OrderStatus.HELD,
            col(Hold.closed_at).is_(None),
            col(Hold.reason).in_(reasons),
        )
        .order_by(col(Hold.id))
    ).all()


_NEEDED = (  # built once: it is asked at the end of every day
    select(Hold.id)
    .where(col(Hold.closed_at).is_(None), col(Hold.reason).in_(WAIVABLE | RETRIED))
    .limit(1)
)
