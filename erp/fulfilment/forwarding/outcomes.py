"""What a call to place purchase orders came to, written down.

placed       the supplier's report is applied
rejected     for good: the units are free again
unavailable  surely not placed: queued again later, at last a human decides
ambiguous    it may be there: unknown, and looked up after a settle delay
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from erp.fulfilment.forwarding.caller import Answer, Caller, Claimed, until_told
from erp.fulfilment.forwarding.placed import record_placed
from erp.fulfilment.forwarding.retries import RetryRules, wait
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import Attempt, AttemptOutcome, PurchaseOrder
from erp.fulfilment.remarks import NoTurn, remark
from erp.fulfilment.tracking.dossiers import Dossier, dossiers
from erp.fulfilment.tracking.reports import advance, apply_to
from suppliers.allowances import Told, listen, told
from suppliers.contract import PurchaseReport, ReportedStatus
from suppliers.errors import RateLimited, Rejected, SupplierError, Unavailable
from suppliers.models import Supplier

log = logging.getLogger(__name__)


def record(
    session: Session,
    answers: Sequence[tuple[Claimed, Answer]],
    caller: Caller,
    now: datetime,
) -> None:
    """Write down a batch of answers.

    A supplier that placed the order is believed whenever it says so. Any other answer
    counts only while the purchase order still waits for it: once its lease ran out
    reconciling has taken over, and what the supplier reported meanwhile stands.
    """
    others = record_placed(session, answers, now)
    if others:
        _weigh(session, others, caller, now)
    listen(session, _told(answers, caller, now), now)


def _told(
    answers: Sequence[tuple[Claimed, Answer]], caller: Caller, now: datetime
) -> Iterator[Told]:
    """What the calls that were made say of their suppliers."""
    for claimed, answer in answers:
        if not isinstance(answer, NoTurn):
            yield told(
                claimed.connection.supplier_id,
                answer,
                until_told(answer, caller, now),
                counts=claimed.counts,
                is_probe=claimed.is_probe,
            )


def _weigh(
    session: Session,
    answers: Sequence[tuple[Claimed, Answer]],
    caller: Caller,
    now: datetime,
) -> None:
    found = dossiers(session, [claimed.request.reference for claimed, _ in answers])
    attempts = _attempts(session, found)
    reports = []
    for claimed, answer in answers:
        dossier = found[claimed.request.reference]
        assert dossier.purchase.id is not None
        attempt = attempts[dossier.purchase.id, claimed.attempt]
        is_awaited = (
            attempt.outcome is AttemptOutcome.STARTED
            and dossier.purchase.status is PurchaseStatus.SENDING
        )
        _end_attempt(attempt, answer, now)
        report = _report(claimed, answer)
        if report and (is_awaited or isinstance(answer, PurchaseReport)):
            reports.append(report)
        elif is_awaited and isinstance(answer, SupplierError):
            _put_off(session, dossier, answer, caller, now)
    session.flush()
    if reports:
        apply_to(session, found, reports, now)


def _attempts(
    session: Session, found: dict[str, Dossier]
) -> dict[tuple[int, int], Attempt]:
    ids = [dossier.purchase.id for dossier in found.values()]
    query = select(Attempt).where(col(Attempt.purchase_order_id).in_(ids))
    return {(row.purchase_order_id, row.number): row for row in session.exec(query)}


def _end_attempt(attempt: Attempt, answer: Answer, now: datetime) -> None:
    attempt.ended_at = now
    attempt.outcome = _outcome(answer)
    if isinstance(answer, SupplierError) and not isinstance(answer, NoTurn):
        attempt.detail = answer.detail


def _outcome(answer: Answer) -> AttemptOutcome:
    match answer:
        case PurchaseReport():
            return AttemptOutcome.PLACED
        case Rejected():
            return AttemptOutcome.REJECTED
        case RateLimited():
            return AttemptOutcome.RATE_LIMITED
        case NoTurn():
            return AttemptOutcome.NOT_CALLED
        case Unavailable():
            return AttemptOutcome.UNAVAILABLE
    return AttemptOutcome.AMBIGUOUS


def _report(claimed: Claimed, answer: Answer) -> PurchaseReport | None:
    if isinstance(answer, PurchaseReport):
        return answer
    if isinstance(answer, Rejected):
        return PurchaseReport(
            reference=claimed.request.reference,
            supplier_reference="",
            status=ReportedStatus.REJECTED,
            reason=answer.reason,
            note=answer.detail,
        )
    return None


def _put_off(
    session: Session,
    dossier: Dossier,
    error: SupplierError,
    caller: Caller,
    now: datetime,
) -> None:
    purchase = dossier.purchase
    facts = remark(purchase, error)
    session.get_one(Supplier, purchase.supplier_id).last_error = error.detail
    log.warning("not forwarded reference=%s %s", purchase.reference, error)
    if not isinstance(error, Unavailable):
        purchase.absent_look_ups = 0
        purchase.due_at = now
        advance(session, dossier, PurchaseStatus.UNKNOWN, now, **facts)
    elif _is_hopeless(purchase, error, caller.rules, now):
        purchase.due_at = None
        advance(session, dossier, PurchaseStatus.NEEDS_ATTENTION, now, **facts)
    else:
        _queue_again(purchase, error, caller, now)


def _is_hopeless(
    purchase: PurchaseOrder, error: Unavailable, rules: RetryRules, now: datetime
) -> bool:
    """Too many attempts; one that is told to wait has the longest wait's time as well.

    A busy supplier that says "in a second" twelve times is not a human's business.
    """
    if purchase.attempts % rules.max_attempts:
        return False
    is_patient = isinstance(error, RateLimited)
    return not is_patient or now - purchase.created_at > rules.longest


def _queue_again(
    purchase: PurchaseOrder,
    error: Unavailable,
    caller: Caller,
    now: datetime,
) -> None:
    """Surely not placed. A supplier that asks for patience gets it."""
    purchase.status = PurchaseStatus.QUEUED
    purchase.lease_until = None
    attempts = purchase.attempts
    pause = wait(caller.rules, attempts, caller.chance)
    told_to = until_told(error, caller, now, attempts=attempts)
    purchase.due_at = told_to or now + pause
