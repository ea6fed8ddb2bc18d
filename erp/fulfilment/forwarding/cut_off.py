"""Attempts whose process died, while the supplier reported the order by itself.

Then nothing waits for their answer, and nobody looks the order up any more.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import Attempt, AttemptOutcome, PurchaseOrder


def end_cut_off(session: Session, now: datetime, lease: timedelta) -> int:
    """Call them lost once no call can be under way any more; how many there were.

    What is still being sent is reconciling's to end.
    """
    being_sent = select(PurchaseOrder.id).where(
        col(PurchaseOrder.status) == PurchaseStatus.SENDING
    )
    ended = session.exec(
        update(Attempt)
        .where(
            col(Attempt.outcome) == AttemptOutcome.STARTED,
            col(Attempt.started_at) <= now - lease,
            col(Attempt.purchase_order_id).not_in(being_sent),
        )
        .values(outcome=AttemptOutcome.LOST, ended_at=now)
    )
    return ended.rowcount
