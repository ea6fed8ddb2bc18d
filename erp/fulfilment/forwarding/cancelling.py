"""Asks suppliers to cancel: the handshake before anything is given to another.

A lost answer is asked again; cancelling twice does no harm.
"""

import logging
from datetime import datetime

from sqlmodel import Session

from config.database import Sessions
from erp.fulfilment.forwarding.carrier import Answer, Carrier, ask_all
from erp.fulfilment.forwarding.questions import (
    Question,
    claim_questions,
    questions_due,
)
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.remarks import remark
from erp.fulfilment.tracking.dossiers import dossiers
from erp.fulfilment.tracking.reports import advance, apply_reports
from suppliers.contract import PurchaseReport
from suppliers.errors import Rejected, SupplierError

log = logging.getLogger(__name__)


def cancel_due(sessions: Sessions, carrier: Carrier, *, limit: int = 20) -> int:
    """Ask for every cancellation that is due; how many were asked."""
    now = carrier.clock()
    with sessions.reading() as session:
        if not anything_due(session, now):
            return 0
    with sessions.writing() as session:
        wishes = claim_questions(
            session, PurchaseStatus.CANCELLING, carrier, now, limit
        )
    for wish, answer in ask_all(wishes, _ask, carrier):
        with sessions.writing() as session:
            _record(session, wish, answer, carrier, carrier.clock())
    return len(wishes)


def anything_due(session: Session, now: datetime) -> bool:
    """Whether a supplier should be asked to cancel now."""
    return (
        session.exec(questions_due(PurchaseStatus.CANCELLING, now).limit(1)).first()
        is not None
    )


def _ask(wish: Question, carrier: Carrier) -> Answer:
    try:
        return carrier.clients.client_for(wish.connection).cancel(wish.reference)
    except SupplierError as error:
        return error


def _record(
    session: Session, wish: Question, answer: Answer, carrier: Carrier, now: datetime
) -> None:
    if isinstance(answer, PurchaseReport):
        apply_reports(session, [answer], now, answers_cancel=True)
        return
    dossier = dossiers(session, [wish.reference])[wish.reference]
    purchase = dossier.purchase
    if purchase.status is not PurchaseStatus.CANCELLING:
        return  # a report was faster
    log.warning("not cancelled reference=%s %s", wish.reference, answer)
    facts = remark(purchase, answer)
    purchase.due_at = now + carrier.rules.settle
    if isinstance(answer, Rejected):
        purchase.due_at = None
        advance(session, dossier, PurchaseStatus.NEEDS_ATTENTION, now, **facts)
