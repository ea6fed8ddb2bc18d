"""Takes what a supplier answers: its own purchase orders only, and nothing twice."""

from datetime import datetime

from sqlalchemy import Update
from sqlmodel import Session, col, update

from erp.fulfilment.answering.answers import Answer, AnswerCancel, report_of
from erp.fulfilment.answering.contradictions import check
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.tracking.dossiers import dossiers
from erp.fulfilment.tracking.reports import apply_to
from suppliers.models import Supplier

# An attempt was made, and nobody has said yet what came of it.
CALLED = frozenset({PurchaseStatus.SENDING, PurchaseStatus.NEEDS_ATTENTION})


def take(
    session: Session, supplier_id: int, reference: str, answer: Answer, now: datetime
) -> PurchaseOrder | None:
    """Apply an answer; the purchase order as it stands then, None if it has none such.

    Raises Contradiction if the answer cannot stand beside what was said before.
    """
    found = dossiers(session, [reference])
    dossier = found.get(reference)
    if dossier is None or not is_theirs(dossier.purchase, supplier_id):
        return None
    check(dossier, answer)
    report = report_of(dossier, answer)
    answers_cancel = isinstance(answer, AnswerCancel)
    apply_to(session, found, [report], now, answers_cancel=answers_cancel)
    session.flush()
    session.exec(_heard_from(supplier_id, now))
    return dossier.purchase


def _heard_from(supplier_id: int, now: datetime) -> Update:
    return (
        update(Supplier)
        .where(col(Supplier.id) == supplier_id)
        .values(last_seen_at=now)
        .execution_options(synchronize_session=False)
    )


def is_theirs(purchase: PurchaseOrder, supplier_id: int) -> bool:
    """Whether that supplier was handed it; where we are in doubt, its word settles."""
    may_be_there = purchase.status is PurchaseStatus.UNKNOWN or (
        purchase.status in CALLED and purchase.attempts > 0
    )
    was_handed_over = purchase.sent_at is not None or may_be_there
    return purchase.supplier_id == supplier_id and was_handed_over
