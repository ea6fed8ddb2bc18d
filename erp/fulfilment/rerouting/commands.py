"""What a human decides about units whose supplier is overdue or said no."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, exists, select

from erp.fulfilment.decisions import ASKED_FIRST, LOST_ANSWERS, cancel_purchase
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import Attempt, PurchaseOrder
from erp.fulfilment.overdue_holds import route_on
from erp.fulfilment.sourcing.previews import plan_without
from erp.fulfilment.sourcing.purchasing import RoutingRules
from erp.orders.holds import open_holds, settle
from erp.orders.lifecycle import HoldReason, LineStatus
from erp.orders.models import Hold, Order, OrderLine
from suppliers.models import Supplier

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


def reroute_queue(
    session: Session,
    supplier: Supplier,
    rules: RoutingRules,
    now: datetime,
    *,
    by: str,
) -> int:
    """Give to other suppliers what waits to be sent to this one; how many there were.

    What nobody else can deliver stays, and so does one whose answer was ever lost: the
    supplier might have it after all. What is being taken or told of right now stays
    too; orders are locked before what hangs on them, as everywhere.
    """
    was_lost = exists().where(
        col(Attempt.purchase_order_id) == col(PurchaseOrder.id),
        col(Attempt.outcome).in_(LOST_ANSWERS),
    )
    queue = session.exec(
        select(PurchaseOrder)
        .join(Order, col(Order.id) == col(PurchaseOrder.order_id))
        .where(
            col(PurchaseOrder.supplier_id) == supplier.id,
            col(PurchaseOrder.status) == PurchaseStatus.QUEUED,
            ~was_lost,
        )
        .order_by(col(Order.id), col(PurchaseOrder.id))
        .with_for_update(of=(Order, PurchaseOrder), skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    moved = 0
    for purchase in queue:
        if not plan_without(session, purchase, rules, now).is_ready:
            continue
        purchase.reroutes = True
        session.flush()
        cancel_purchase(session, purchase, now, by=by)
        moved += 1
    return moved


def _has_open_lines(session: Session, order: Order) -> bool:
    query = select(OrderLine.id).where(
        col(OrderLine.order_id) == order.id, col(OrderLine.status) == LineStatus.OPEN
    )
    return session.exec(query.limit(1)).first() is not None
