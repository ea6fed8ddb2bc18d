"""Settles purchase orders whose answer was lost: found, proved absent, or a human.

`sending` rows whose lease ran out belong to a process that died: they are as unknown
as a lost answer. Every look-up leaves the transaction first.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.database import Sessions
from erp.fulfilment.forwarding.caller import (
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
from erp.fulfilment.forwarding.retries import wait
from erp.fulfilment.lifecycle import PurchaseStatus, Remark
from erp.fulfilment.models import Attempt, AttemptOutcome, PurchaseOrder
from erp.fulfilment.remarks import remark
from erp.fulfilment.tracking.dossiers import Dossier, dossiers
from erp.fulfilment.tracking.reports import advance, apply_reports
from erp.orders.history import note
from suppliers.contract import Duplicates, PurchaseReport
from suppliers.errors import Rejected, SupplierError
from suppliers.models import Supplier
from suppliers.registry import NEVER_CALLED

log = logging.getLogger(__name__)

# With these an absent look-up proves that sending again makes no second order.
PROVES_ABSENCE = frozenset(
    {
        Duplicates.NATIVE_KEY,
        Duplicates.UNIQUE_REF_CONFLICT,
        Duplicates.LOOKUP_BY_REF,
    }
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up said, when it was asked, and whether its no proves absence."""

    report: PurchaseReport | None
    asked_at: datetime
    proves_absence: bool


def reconcile_due(sessions: Sessions, caller: Caller, *, limit: int = 20) -> int:
    """Look up what is unknown and due; how many were looked up."""
    now = caller.clock()
    with sessions.reading() as session:
        if not anything_due(session, now):
            return 0
    with sessions.writing() as session:
        _call_dead_leases_lost(session, caller, now)
        questions = claim_questions(session, PurchaseStatus.UNKNOWN, caller, now, limit)
    for question, answer in ask_all(questions, _ask, caller):
        keep(sessions, question, answer, caller, _record)
    return len(questions)


def anything_due(session: Session, now: datetime) -> bool:
    """Whether a lost answer could be settled now."""
    dead = select(PurchaseOrder.id).where(
        col(PurchaseOrder.status) == PurchaseStatus.SENDING,
        col(PurchaseOrder.due_at) <= now,
    )
    if session.exec(dead.limit(1)).first() is not None:
        return True
    unknown = questions_due(PurchaseStatus.UNKNOWN).limit(1)
    return session.exec(unknown, params={"now": now}).first() is not None


def _call_dead_leases_lost(session: Session, caller: Caller, now: datetime) -> None:
    query = select(PurchaseOrder.reference).where(
        col(PurchaseOrder.status) == PurchaseStatus.SENDING,
        col(PurchaseOrder.lease_until) <= now,
    )
    found = dossiers(session, session.exec(query).all())
    for dossier in found.values():
        if not _is_dead(dossier.purchase, now):
            continue  # its answer came while we waited for the lock
        attempt = _last_attempt(session, dossier.purchase)
        attempt.outcome = AttemptOutcome.LOST
        attempt.ended_at = now
        dossier.purchase.absent_look_ups = 0
        dossier.purchase.due_at = now
        facts = remark(dossier.purchase, Remark.INTERRUPTED)
        advance(session, dossier, PurchaseStatus.UNKNOWN, now, **facts)
    session.flush()


def _is_dead(purchase: PurchaseOrder, now: datetime) -> bool:
    return (
        purchase.status is PurchaseStatus.SENDING
        and purchase.lease_until is not None
        and purchase.lease_until <= now
    )


def _ask(question: Question, caller: Caller) -> Found | SupplierError:
    asked_at = caller.clock()

    def look_up() -> Found:
        client = caller.clients.client_for(question.connection)
        report = client.look_up(question.reference)
        return Found(report, asked_at, client.duplicates in PROVES_ABSENCE)

    return answer_of(question.connection, look_up)


def _record(
    session: Session,
    question: Question,
    answer: Found | SupplierError,
    caller: Caller,
    now: datetime,
) -> None:
    dossier = dossiers(session, [question.reference])[question.reference]
    purchase = dossier.purchase
    if purchase.status is not PurchaseStatus.UNKNOWN:
        return
    if isinstance(answer, SupplierError):
        _ask_again(session, dossier, answer, caller, now)
    elif _went_another_way(session, purchase) and _is_no_word(question, answer):
        _ask_a_human(session, dossier, Remark.CANNOT_TELL, now)
    elif answer.report is not None:
        apply_reports(session, [answer.report], now)
    elif not answer.proves_absence:
        _ask_a_human(session, dossier, Remark.CANNOT_TELL, now)
    else:
        _take_absence(session, dossier, answer.asked_at, caller, now)


def _went_another_way(session: Session, purchase: PurchaseOrder) -> bool:
    """Whether it was sent over a connection whose place another one took since."""
    supplier = session.get_one(Supplier, purchase.supplier_id)
    attempt = _last_attempt(session, purchase)
    return bool(supplier.connected_at and attempt.started_at < supplier.connected_at)


def _is_no_word(question: Question, answer: Found) -> bool:
    """Absence there, or what lies ready with us, proves nothing about the other one."""
    return answer.report is None or question.connection.kind in NEVER_CALLED


def _ask_again(
    session: Session,
    dossier: Dossier,
    error: SupplierError,
    caller: Caller,
    now: datetime,
) -> None:
    """A look-up that fails says nothing; one that always will is a human's business."""
    purchase = dossier.purchase
    log.warning("not settled reference=%s %s", purchase.reference, error)
    remark(purchase, error)
    purchase.due_at = now + caller.rules.settle
    patience_ends = _lost_at(session, purchase) + caller.rules.longest
    if isinstance(error, Rejected) or now > patience_ends:
        _ask_a_human(session, dossier, error, now)


def _take_absence(
    session: Session,
    dossier: Dossier,
    asked_at: datetime,
    caller: Caller,
    now: datetime,
) -> None:
    """Absence counts if it was asked after the settle delay since the answer was lost:
    before, the order may still be on its way into the supplier's books."""
    purchase = dossier.purchase
    purchase.absent_look_ups += 1
    settled_at = _lost_at(session, purchase) + caller.rules.settle
    if asked_at < settled_at:
        purchase.due_at = max(settled_at, now)
        return
    if purchase.attempts % caller.rules.max_attempts == 0:
        _ask_a_human(session, dossier, Remark.NEVER_ANSWERED, now)
        return
    purchase.due_at = now + wait(caller.rules, purchase.attempts, caller.chance)
    purchase.status = PurchaseStatus.QUEUED
    note(
        session,
        dossier.order,
        "purchase_requeued",
        now,
        reference=purchase.reference,
        because=Remark.ABSENT.value,
    )


def _ask_a_human(
    session: Session, dossier: Dossier, why: Remark | SupplierError, now: datetime
) -> None:
    dossier.purchase.due_at = None
    facts = remark(dossier.purchase, why)
    advance(session, dossier, PurchaseStatus.NEEDS_ATTENTION, now, **facts)


def _lost_at(session: Session, purchase: PurchaseOrder) -> datetime:
    attempt = _last_attempt(session, purchase)
    return attempt.ended_at or attempt.started_at


def _last_attempt(session: Session, purchase: PurchaseOrder) -> Attempt:
    return session.exec(
        select(Attempt)
        .where(col(Attempt.purchase_order_id) == purchase.id)
        .order_by(col(Attempt.number).desc())
        .limit(1)
    ).one()
