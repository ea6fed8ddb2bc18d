"""What a call to place purchase orders came to, written down.

placed       the supplier's report is applied
rejected     for good: the units are free again
unavailable  surely not placed: queued again later, at last a human decides
ambiguous    it may be there: unknown, and looked up after a settle delay
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select, update

from erp.fulfilment.forwarding.carrier import Answer, Carrier, Claimed
from erp.fulfilment.forwarding.placed import record_placed
from erp.fulfilment.forwarding.retries import RetryRules, wait, wait_as_told
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import Attempt, AttemptOutcome, PurchaseOrder
from erp.fulfilment.remarks import NoTurn, remark
from erp.fulfilment.tracking.dossiers import Dossier, dossiers
from erp.fulfilment.tracking.reports import advance, apply_to
from suppliers.contract import PurchaseReport, ReportedStatus
from suppliers.errors import RateLimited, Rejected, SupplierError, Unavailable
from suppliers.models import Supplier

log = logging.getLogger(__name__)


def record(
    session: Session,
    answers: Sequence[tuple[Claimed, Answer]],
    carrier: Carrier,
    now: datetime,
) -> None:
    """Write down a batch of answers.

    A supplier that placed the order is believed whenever it says so. Any other answer
    counts only while the purchase order still waits for it: once its lease ran out
    reconciling has taken over, and what the supplier reported meanwhile stands.
    """
    answers = record_placed(session, answers, now)
    if answers:
        _weigh(session, answers, carrier, now)


def _weigh(
    session: Session,
    answers: Sequence[tuple[Claimed, Answer]],
    carrier: Carrier,
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
            _put_off(session, dossier, answer, carrier, now)
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
    carrier: Carrier,
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
    elif _is_hopeless(purchase, error, carrier.rules, now):
        purchase.due_at = None
        advance(session, dossier, PurchaseStatus.NEEDS_ATTENTION, now, **facts)
    else:
        _queue_again(session, purchase, error, carrier, now)


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
    session: Session,
    purchase: PurchaseOrder,
    error: Unavailable,
    carrier: Carrier,
    now: datetime,
) -> None:
    """Surely not placed. A supplier that asks for patience gets it for its queue."""
    purchase.status = PurchaseStatus.QUEUED
    purchase.lease_until = None
    if isinstance(error, RateLimited):
        pause = wait_as_told(
            carrier.rules, purchase.attempts, error.retry_after, carrier.chance
        )
        _hold_back(session, purchase.supplier_id, now + pause)
    else:
        pause = wait(carrier.rules, purchase.attempts, carrier.chance)
    purchase.due_at = now + pause


def _hold_back(session: Session, supplier_id: int, until: datetime) -> None:
    """Rows that another transaction holds are not waited for."""
    queue = (
        select(PurchaseOrder.id)
        .where(
            col(PurchaseOrder.supplier_id) == supplier_id,
            col(PurchaseOrder.status) == PurchaseStatus.QUEUED,
            col(PurchaseOrder.due_at) < until,
        )
        .with_for_update(skip_locked=True)
    )
    session.exec(
        update(PurchaseOrder)
        .where(col(PurchaseOrder.id).in_(queue))
        .values(due_at=until)
        .execution_options(synchronize_session=False)
    )
