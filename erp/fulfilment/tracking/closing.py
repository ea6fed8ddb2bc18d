"""Closes purchase orders nobody will speak of again."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from erp.fulfilment.lifecycle import PurchaseStatus, ReturnStatus
from erp.fulfilment.models import PurchaseOrder, Return
from erp.fulfilment.tracking.dossiers import dossiers
from erp.fulfilment.tracking.reports import advance

QUIET = timedelta(days=60)  # after delivery: most return windows have ended by then
AT_ONCE = 500
OPEN_RETURNS = (
    ReturnStatus.REQUESTED,
    ReturnStatus.AUTHORISED,
    ReturnStatus.RECEIVED,
)


def close_delivered(session: Session, now: datetime) -> int:
    """Close what was delivered long ago and is not being returned; how many."""
    returning = select(Return.order_id).where(col(Return.status).in_(OPEN_RETURNS))
    due = (
        select(PurchaseOrder.reference)
        .where(
            col(PurchaseOrder.status) == PurchaseStatus.DELIVERED,
            col(PurchaseOrder.delivered_at) <= now - QUIET,
            col(PurchaseOrder.order_id).not_in(returning),
        )
        .order_by(col(PurchaseOrder.id))
        .limit(AT_ONCE)
    )
    found = dossiers(session, session.exec(due).all())
    for dossier in found.values():
        advance(session, dossier, PurchaseStatus.CLOSED, now)
    return len(found)
