"""Asks suppliers to cancel: the handshake before anything is given to another.

A lost answer is asked again; cancelling twice does no harm. A supplier that answers in
its own time leaves the purchase order `cancelling` until then.
"""

import logging
from datetime import datetime

from sqlmodel import Session

from config.database import Sessions
from erp.fulfilment.forwarding.caller import (
    Answer,
    Caller,
    answer_of,
    ask_all,
)
from erp.fulfilment.forwarding.questions import (
    Question,
    claim_questions,
    keep,
    questions_due,
)
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.remarks import remark
from erp.fulfilment.tracking.dossiers import dossiers
from erp.fulfilment.tracking.reports import advance, apply_reports
from suppliers.contract import PurchaseReport
from suppliers.errors import Rejected

log = logging.getLogger(__name__)

Reply = Answer | None  # None: it was asked, and will answer in its own time


def cancel_due(sessions: Sessions, caller: Caller, *, limit: int = 20) -> int:
    """Ask for every cancellation that is due; how many were asked."""
    now = caller.clock()
    with sessions.reading() as session:
        if not anything_due(session, now):
            return 0
    with sessions.writing() as session:
        wishes = claim_questions(session, PurchaseStatus.CANCELLING, caller, now, limit)
    for wish, answer in ask_all(wishes, _ask, caller):
        keep(sessions, wish, answer, caller, _record)
    return len(wishes)


def anything_due(session: Session, now: datetime) -> bool:
    """Whether a supplier should be asked to cancel now."""
    query = questions_due(PurchaseStatus.CANCELLING).limit(1)
    return session.exec(query, params={"now": now}).first() is not None


def _ask(wish: Question, caller: Caller) -> Reply:
    def cancel() -> PurchaseReport | None:
        return caller.clients.client_for(wish.connection).cancel(wish.reference)

    return answer_of(wish.connection, cancel)


def _record(
    session: Session, wish: Question, answer: Reply, caller: Caller, now: datetime
) -> None:
    if isinstance(answer, PurchaseReport):
        apply_reports(session, [answer], now, answers_cancel=True)
        return
    dossier = dossiers(session, [wish.reference])[wish.reference]
    purchase = dossier.purchase
    if purchase.status is not PurchaseStatus.CANCELLING:
        return  # a report was faster
    if answer is None:
        purchase.due_at = None
        return
    log.warning("not cancelled reference=%s %s", wish.reference, answer)
    facts = remark(purchase, answer)
    purchase.due_at = now + caller.rules.settle
    if isinstance(answer, Rejected):
        purchase.due_at = None
        advance(session, dossier, PurchaseStatus.NEEDS_ATTENTION, now, **facts)
