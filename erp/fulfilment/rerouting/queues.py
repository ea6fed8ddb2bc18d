"""A supplier's queue given to others: what goes, what stays, and why."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, exists, select

from erp.fulfilment.decisions import LOST_ANSWERS, cancel_purchase
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import Attempt, PurchaseOrder
from erp.fulfilment.sourcing.previews import plan_without
from erp.fulfilment.sourcing.purchasing import RoutingRules
from erp.orders.lifecycle import HoldReason
from erp.orders.models import Order
from suppliers.models import Supplier


class Stays(StrEnum):
    """Why a purchase order keeps its supplier, beside what routing has against it."""

    MAY_BE_THERE = "may_be_there"  # an answer was lost: the supplier might have it
    BUSY = "busy"  # it is being sent, or told of, right now


class Stayed(NamedTuple):
    reference: str
    why: Stays | HoldReason


class Moved(NamedTuple):
    """How many go to other suppliers, and which stay."""

    number: int
    stayed: Sequence[Stayed]


def reroute_queue(
    session: Session,
    supplier: Supplier,
    rules: RoutingRules,
    now: datetime,
    *,
    by: str,
) -> Moved:
    """Give to other suppliers what waits to be sent to this one.

    What nobody else can deliver stays, and so does one whose answer was ever lost: the
    supplier might have it after all. What is being taken or told of right now stays
    too; orders are locked before what hangs on them, as everywhere.
    """
    waiting = _waiting(session, supplier)
    stayed, moved = {}, 0
    queue = _taken(session, supplier)
    for purchase in queue:
        plan = plan_without(session, purchase, rules, now)
        if plan.hold is not None:
            stayed[purchase.reference] = plan.hold
            continue
        purchase.reroutes = True
        session.flush()
        cancel_purchase(session, purchase, now, by=by)
        moved += 1
    ours = {purchase.reference for purchase in queue}
    left = {each.reference: each.why for each in waiting if each.reference not in ours}
    return Moved(moved, [Stayed(*each) for each in (stayed | left).items()])


def by_reason(
    stayed: Collection[Stayed],
) -> Sequence[tuple[Stays | HoldReason, Sequence[str]]]:
    """References by why they stay, the most frequent reason first."""
    reasons = dict.fromkeys(each.why for each in stayed)
    grouped = [
        (why, [each.reference for each in stayed if each.why is why]) for why in reasons
    ]
    return sorted(grouped, key=lambda group: -len(group[1]))


def _waiting(session: Session, supplier: Supplier) -> Sequence[Stayed]:
    """All that waits, and why it would stay if we cannot take it."""
    waits = (PurchaseStatus.QUEUED, PurchaseStatus.SENDING)
    found = session.exec(
        select(PurchaseOrder.reference, _was_lost())
        .where(
            col(PurchaseOrder.supplier_id) == supplier.id,
            col(PurchaseOrder.status).in_(waits),
        )
        .order_by(col(PurchaseOrder.id))
    )
    return [
        Stayed(reference, Stays.MAY_BE_THERE if was_lost else Stays.BUSY)
        for reference, was_lost in found
    ]


def _taken(session: Session, supplier: Supplier) -> Sequence[PurchaseOrder]:
    query = (
        select(PurchaseOrder)
        .join(Order, col(Order.id) == col(PurchaseOrder.order_id))
        .where(
            col(PurchaseOrder.supplier_id) == supplier.id,
            col(PurchaseOrder.status) == PurchaseStatus.QUEUED,
            ~_was_lost(),
        )
        .order_by(col(Order.id), col(PurchaseOrder.id))
        .with_for_update(of=(Order, PurchaseOrder), skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return session.exec(query).all()


def _was_lost() -> ColumnElement[bool]:
    return exists().where(
        col(Attempt.purchase_order_id) == col(PurchaseOrder.id),
        col(Attempt.outcome).in_(LOST_ANSWERS),
    )
