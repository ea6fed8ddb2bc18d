"""Purchase orders that are followed one by one, as their supplier keeps no list."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, select, update

from erp.fulfilment.lifecycle import AWAITED, PurchaseStatus, Remark
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.remarks import remark
from erp.fulfilment.tracking.dossiers import Dossier, dossiers
from erp.fulfilment.tracking.reports import advance

ENOUGH = 2  # once it may be too young to be seen, or its answer stale
# What is on its way to the customer is there, whatever a supplier says; what is unknown
# is settled by reconciling.
FOLLOWED = AWAITED | {PurchaseStatus.NEEDS_ATTENTION}
MISSED = AWAITED - {PurchaseStatus.SHIPPED}


def asked_longest_ago(session: Session, supplier_id: int, most: int) -> list[str]:
    """References of its open purchase orders; they are ours, and nobody else's now."""
    return list(session.exec(_OPEN, params={"supplier": supplier_id, "most": most}))


def note_asked(session: Session, references: Collection[str], now: datetime) -> None:
    """The others come before them next time."""
    _change(session, references, asked_at=now)


def note_presence(session: Session, references: Collection[str]) -> None:
    """It has them: whatever it said before is over."""
    _change(session, references, absent_look_ups=0)


def note_absence(
    session: Session,
    supplier_id: int,
    references: Collection[str],
    now: datetime,
    *,
    settle: timedelta,
) -> None:
    """It says that it has none of them; twice in a row is for a human to settle.

    It had them once, whatever it says now, so that no absence proves that sending
    again makes no second order: nothing is. Until the settle delay since it was sent
    has passed, an order may still be on its way into what is looked up.
    """
    for dossier in dossiers(session, references).values():
        if dossier.purchase.supplier_id == supplier_id:
            _miss(session, dossier, now, settle)


def _miss(session: Session, dossier: Dossier, now: datetime, settle: timedelta) -> None:
    purchase = dossier.purchase
    if purchase.status not in MISSED:
        return
    if purchase.sent_at is not None and now < purchase.sent_at + settle:
        return
    purchase.absent_look_ups += 1
    if purchase.absent_look_ups >= ENOUGH:
        purchase.due_at = None
        facts = remark(purchase, Remark.ABSENT)
        advance(session, dossier, PurchaseStatus.NEEDS_ATTENTION, now, **facts)


def _change(session: Session, references: Collection[str], **values: object) -> None:
    if references:
        session.exec(
            update(PurchaseOrder)
            .where(col(PurchaseOrder.reference).in_(references))
            .values(**values)
            .execution_options(synchronize_session=False)
        )


_OPEN = (
    select(PurchaseOrder.reference)
    .where(
        col(PurchaseOrder.supplier_id) == bindparam("supplier"),
        col(PurchaseOrder.status).in_(FOLLOWED),
    )
    .order_by(col(PurchaseOrder.asked_at).asc().nulls_first(), col(PurchaseOrder.id))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
