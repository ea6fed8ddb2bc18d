"""A supplier says that it will hand over later than it promised.

Its first promise counts, so that this moves no clock: it is news for the operator, on
the order's timeline.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from erp.fulfilment.models import PurchaseOrder
from erp.orders.history import note
from erp.orders.models import Order, OrderEvent


def tell_delay(
    session: Session,
    purchase: PurchaseOrder,
    ship_by: datetime,
    now: datetime,
    *,
    actor: str = "system",
) -> bool:
    """Note the day it names now; the same day told again is no news."""
    facts = {"reference": purchase.reference, "ship_by": ship_by.isoformat()}
    if ship_by == purchase.ship_by or _last_told(session, purchase) == facts:
        return False
    order = session.get_one(Order, purchase.order_id)
    note(session, order, "purchase_delay_told", now, actor=actor, **facts)
    return True


def _last_told(session: Session, purchase: PurchaseOrder) -> Mapping[str, str] | None:
    query = select(OrderEvent.facts).where(
        col(OrderEvent.order_id) == purchase.order_id,
        col(OrderEvent.kind) == "purchase_delay_told",
    )
    told = session.exec(query.order_by(col(OrderEvent.id).desc())).all()
    own = [each for each in told if each.get("reference") == purchase.reference]
    return own[0] if own else None
