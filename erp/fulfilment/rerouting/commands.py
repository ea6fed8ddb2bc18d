"""What a human decides about units whose supplier is overdue or said no."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from erp.fulfilment.decisions import ASKED_FIRST, cancel_purchase
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.overdue_holds import route_on
from erp.orders.holds import open_holds, settle
from erp.orders.lifecycle import HoldReason, LineStatus
from erp.orders.models import Hold, Order, OrderLine

REROUTABLE = frozenset(
    {
        HoldReason.SUPPLIER_OVERDUE,
        HoldReason.SUPPLIER_REJECTED,
        HoldReason.SUPPLIER_CANCELLED,
        HoldReason.SUPPLIER_SHORTFALL,
    }
)


class Rerouted(NamedTuple):
    """What was set going."""

    asked: int  # purchase orders whose supplier was asked to let go first
    is_routed: bool  # units that nobody holds are routed on at once


def is_reroutable(hold: Hold) -> bool:
    """Whether routing on is an answer; not while nobody knows what was accepted."""
    return hold.reason in REROUTABLE and "is_vague" not in hold.facts


def reroute_order(
    session: Session, order: Order, now: datetime, *, by: str
) -> Rerouted:
    """Give to other suppliers what one is overdue with or said no to.

    What a supplier still has it is asked to cancel; on its yes the units are routed on.
    """
    session.refresh(order, with_for_update=True)
    overdue = session.exec(
        select(PurchaseOrder)
        .where(
            col(PurchaseOrder.order_id) == order.id,
            col(PurchaseOrder.status).in_(ASKED_FIRST),
            col(PurchaseOrder.overdue).is_not(None),
        )
        .order_by(col(PurchaseOrder.id))
    ).all()
    for purchase in overdue:
        purchase.reroutes = True
        session.flush()
        cancel_purchase(session, purchase, now, by=by)
    for hold in filter(is_reroutable, open_holds(session, order)):
        settle(session, order, hold.reason, now, by=by)
    is_open = _has_open_lines(session, order)
    if is_open:
        route_on(session, order)
    return Rerouted(len(overdue), is_open)


def _has_open_lines(session: Session, order: Order) -> bool:
    query = select(OrderLine.id).where(
        col(OrderLine.order_id) == order.id, col(OrderLine.status) == LineStatus.OPEN
    )
    return session.exec(query.limit(1)).first() is not None
