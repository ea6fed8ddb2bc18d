"""Forwards purchase orders: claim, leave the transaction, call, record.

The attempt row is committed before the call, our reference is the supplier's
idempotency key, and a lost answer is never a failure: it makes the purchase order
`unknown`, which only reconciling or a human may end.
"""

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from config.database import Sessions
from config.upsert import table_of
from erp.fulfilment.forwarding.carrier import (
    NOT_APPLICABLE,
    Answer,
    Carrier,
    Claimed,
    answer_of,
)
from erp.fulfilment.forwarding.outcomes import record
from erp.fulfilment.forwarding.requests import purchase_requests
from erp.fulfilment.forwarding.retries import RetryRules
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import Attempt, AttemptOutcome, PurchaseOrder
from erp.fulfilment.remarks import NoTurn
from suppliers.connections import connection_of
from suppliers.contract import PurchaseReport, PurchaseRequest
from suppliers.errors import Ambiguous, SupplierError
from suppliers.models import Supplier

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 1.0  # for new work, while calls are under way
TOGETHER_SECONDS = 0.02  # a few times what a quick supplier takes to answer


def forward_due(sessions: Sessions, carrier: Carrier) -> int:
    """Send everything that is due; how many calls were made.

    No supplier holds more than half of the threads, so that one that hangs does not
    stop the others.
    """
    sent = 0
    with ThreadPoolExecutor(carrier.threads, thread_name_prefix="forward") as pool:
        calls: dict[Future[Answer], Claimed] = {}
        while True:
            while claimed := _claim_more(sessions, carrier, list(calls.values())):
                calls |= {pool.submit(_call, carrier, each): each for each in claimed}
            if not calls:
                return sent
            done = _answered(calls)
            answers = [(calls.pop(call), call.result()) for call in done]
            sent += len(answers)
            _keep(sessions, carrier, answers)


def _keep(
    sessions: Sessions, carrier: Carrier, answers: Sequence[tuple[Claimed, Answer]]
) -> None:
    """Write answers down together; one that cannot be applied spoils no other's."""
    if not answers:
        return
    try:
        with sessions.writing() as session:
            record(session, answers, carrier, carrier.clock())
    except NOT_APPLICABLE as error:
        claimed, answer = answers[0]
        if len(answers) > 1:
            for each in answers:
                _keep(sessions, carrier, [each])
            return
        if isinstance(answer, SupplierError):
            raise
        log.exception("not applied reference=%s", claimed.request.reference)
        unfit = Ambiguous(
            claimed.connection.code, f"cannot be applied: {type(error).__name__}"
        )
        _keep(sessions, carrier, [(claimed, unfit)])


def _answered(calls: Collection[Future[Answer]]) -> set[Future[Answer]]:
    """The calls that are over; those that answer together share a transaction."""
    done, rest = wait(calls, LOOK_AGAIN_SECONDS, return_when=FIRST_COMPLETED)
    if done and rest:
        done, _ = wait(calls, TOGETHER_SECONDS)
    return done


def anything_due(session: Session, now: datetime) -> bool:
    """Whether a purchase order could be sent now."""
    return session.exec(_due(now).limit(1)).first() is not None


def claim(
    session: Session,
    now: datetime,
    rules: RetryRules,
    busy: Counter[int],
    *,
    limit: int,
    most_per_supplier: int,
) -> list[tuple[PurchaseOrder, Supplier]]:
    """Take due purchase orders and write the attempt that is about to be made.

    `busy` counts the calls each supplier holds; it is brought up to date.
    """
    query = (
        _due(now, _full(busy, most_per_supplier))
        .order_by(col(PurchaseOrder.due_at), col(PurchaseOrder.id))
        .limit(limit)
        .with_for_update(of=PurchaseOrder, skip_locked=True)
    )
    taken = []
    for purchase, supplier in session.exec(query):
        assert supplier.id is not None
        if busy[supplier.id] < most_per_supplier:
            busy[supplier.id] += 1
            _start_attempt(purchase, now, rules)
            taken.append((purchase, supplier))
    if taken:
        attempts = [_attempt(purchase, now) for purchase, _ in taken]
        session.connection().execute(table_of(Attempt).insert(), attempts)
    return taken


def _full(busy: Counter[int], most_per_supplier: int) -> list[int]:
    return [supplier for supplier, calls in busy.items() if calls >= most_per_supplier]


def _due(now: datetime, full: Sequence[int] = ()) -> Select[PurchaseOrder, Supplier]:
    return (
        select(PurchaseOrder, Supplier)
        .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
        .where(
            col(PurchaseOrder.status) == PurchaseStatus.QUEUED,
            col(PurchaseOrder.due_at) <= now,
            col(Supplier.kind).is_not(None),
            col(Supplier.is_paused).is_(False),
            col(Supplier.id).not_in(full),
        )
    )


def _claim_more(
    sessions: Sessions, carrier: Carrier, calls: list[Claimed]
) -> list[Claimed]:
    """Claim while threads are idle, in batches, and only if something is due."""
    now = carrier.clock()
    if len(calls) >= carrier.threads:
        return []
    busy = Counter(call.connection.supplier_id for call in calls)
    most = max(1, carrier.threads // 2)
    with sessions.reading() as session:
        if not session.exec(_due(now, _full(busy, most)).limit(1)).first():
            return []
    with sessions.writing() as session:
        taken = claim(
            session,
            now,
            carrier.rules,
            busy,
            limit=2 * carrier.threads,
            most_per_supplier=most,
        )
        requests = purchase_requests(session, [purchase for purchase, _ in taken])
        return [_claimed(p, s, requests, carrier) for p, s in taken]


def _claimed(
    purchase: PurchaseOrder,
    supplier: Supplier,
    requests: dict[int, PurchaseRequest],
    carrier: Carrier,
) -> Claimed:
    assert purchase.id is not None
    connection = connection_of(supplier, carrier.secrets, carrier.call_seconds)
    assert purchase.lease_until is not None
    return Claimed(
        attempt=purchase.attempts,
        connection=connection,
        request=requests[purchase.id],
        start_by=purchase.lease_until - timedelta(seconds=connection.total_seconds),
    )


def _start_attempt(purchase: PurchaseOrder, now: datetime, rules: RetryRules) -> None:
    purchase.status = PurchaseStatus.SENDING
    purchase.attempts += 1
    purchase.lease_until = now + rules.lease
    purchase.due_at = purchase.lease_until


def _attempt(purchase: PurchaseOrder, now: datetime) -> dict[str, object]:
    return {
        "purchase_order_id": purchase.id,
        "number": purchase.attempts,
        "started_at": now,
        "outcome": AttemptOutcome.STARTED,
        "detail": "",
    }


def _call(carrier: Carrier, claimed: Claimed) -> Answer:
    """Place it, unless it had to wait so long for its turn that its lease may end
    before the answer: then another process could be looking it up already."""
    if carrier.clock() > claimed.start_by:
        return NoTurn(claimed.connection.code, "not called: no turn in time")

    def place() -> PurchaseReport:
        return carrier.clients.client_for(claimed.connection).submit(claimed.request)

    return answer_of(claimed.connection, place)
