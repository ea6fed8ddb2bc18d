"""Whose address nobody needs any more: orders that are over, in every part.

Over is: delivered, cancelled or returned, or shipped and nothing heard since; nothing
held, nothing on its way through a supplier's hands, no return open, no report to decide
about. An order that waits for a human waits with its address.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlmodel import Session, col

from erp.fulfilment.lifecycle import DEAD, PurchaseStatus, ReturnStatus
from erp.fulfilment.models import PurchaseOrder, Return
from erp.fulfilment.set_aside.models import SetAsideReport, Standing
from erp.orders.lifecycle import OrderStatus
from erp.orders.models import Contact, Hold, Order, OrderEvent

OVER = (
    OrderStatus.SHIPPED,
    OrderStatus.DELIVERED,
    OrderStatus.CANCELLED,
    OrderStatus.RETURNED,
)
NEEDS_NO_ADDRESS = DEAD | {
    PurchaseStatus.SHIPPED,
    PurchaseStatus.DELIVERED,
    PurchaseStatus.CLOSED,
}
ENDED_RETURNS = (ReturnStatus.SETTLED, ReturnStatus.REFUSED)


def oldest_contacts(
    session: Session, before: datetime, after: int, limit: int
) -> Sequence[int]:
    """Ids of addresses still here, of orders taken in before a moment, beyond an id.

    Addresses come in with their orders, so that the last one of that time bounds them.
    """
    last = (
        select(col(Order.contact_id))
        .where(col(Order.received_at) <= before)
        .order_by(col(Order.received_at).desc(), col(Order.id).desc())
        .limit(1)
    )
    contact_id, bound = col(Contact.id), session.scalars(last).first() or 0
    query = (
        select(contact_id)
        .where(
            col(Contact.redacted_at).is_(None), contact_id > after, contact_id <= bound
        )
        .order_by(contact_id)
        .limit(limit)
    )
    return [contact_id or 0 for contact_id in session.scalars(query)]


def contacts_due_again(
    session: Session, now: datetime, after: int, limit: int
) -> Sequence[int]:
    """Ids of addresses taken away, about whose orders something was heard since."""
    query = (
        select(col(Contact.id))
        .where(col(Contact.redact_again_at) <= now, col(Contact.id) > after)
        .order_by(col(Contact.id))
        .limit(limit)
    )
    return [contact_id or 0 for contact_id in session.scalars(query)]


def over_with(
    session: Session, contact_ids: Collection[int], quiet_since: datetime | None
) -> list[int]:
    """Ids of their orders that are over; with a moment, those silent since then."""
    tests = [col(Order.contact_id).in_(contact_ids), *_is_over()]
    if quiet_since is not None:
        tests.append(~exists().where(_is_its(OrderEvent), _is_later(quiet_since)))
    query = select(col(Order.id)).where(*tests).order_by(col(Order.id))
    return list(session.scalars(query))


def locked_orders(session: Session, order_ids: Collection[int]) -> list[Order]:
    """Those of them that are over, held fast: nobody opens a return meanwhile."""
    theirs = col(Order.id).in_(order_ids)
    lock = select(col(Order.id)).where(theirs).order_by(col(Order.id))
    session.execute(lock.with_for_update()).all()
    query = select(Order).where(theirs, *_is_over()).order_by(col(Order.id))
    query = query.execution_options(populate_existing=True)
    return list(session.scalars(query))


def is_over(session: Session, order: Order) -> bool:
    query = select(col(Order.id)).where(col(Order.id) == order.id, *_is_over())
    return session.scalars(query).first() is not None


def _is_over() -> list[ColumnElement[bool]]:
    is_about = col(SetAsideReport.purchase_order_id) == col(PurchaseOrder.id)
    waits = col(SetAsideReport.standing) == Standing.WAITING
    return [
        col(Order.status).in_(OVER),
        col(Order.next_step).is_(None),
        ~exists().where(_is_its(Hold), col(Hold.closed_at).is_(None)),
        ~exists().where(
            _is_its(PurchaseOrder), col(PurchaseOrder.status).not_in(NEEDS_NO_ADDRESS)
        ),
        ~exists().where(_is_its(Return), col(Return.status).not_in(ENDED_RETURNS)),
        ~exists().where(
            _is_its(PurchaseOrder),
            exists().where(is_about, waits).correlate(PurchaseOrder),
        ),
    ]


def _is_its(
    table: type[Hold] | type[PurchaseOrder] | type[Return] | type[OrderEvent],
) -> ColumnElement[bool]:
    return col(table.order_id) == col(Order.id)


def _is_later(moment: datetime) -> ColumnElement[bool]:
    return col(OrderEvent.at) > moment
