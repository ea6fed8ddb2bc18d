"""Orders that a supplier let down and that one click may give to another."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from erp.fulfilment.rerouting.commands import REROUTABLE
from erp.orders.models import Hold, Order


def orders_let_down(session: Session, limit: int) -> Sequence[tuple[Order, Hold]]:
    """The ones that wait longest first."""
    query = (
        select(Order, Hold)
        .join(Hold, col(Hold.order_id) == col(Order.id))
        .where(col(Hold.closed_at).is_(None), col(Hold.reason).in_(REROUTABLE))
        .order_by(col(Hold.id))
        .limit(limit)
    )
    return [(order, hold) for order, hold in session.execute(query)]
