"""Forwards purchase orders: claim, leave the transaction, call, record.

The attempt row is committed before the call, our reference is the supplier's
idempotency key, and a lost answer is never a failure: it makes the purchase order
`unknown`, which only reconciling or a human may end.
"""

import logging
from collections import Counter
from collections.abc import Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from config.database import Sessions
from erp.fulfilment.forwarding.carrier import (
    NOT_APPLICABLE,
    Answer,
    Carrier,
    Claimed,
    answer_of,
)
from erp.fulfilment.forwarding.claiming import anything_due, claim, full
from erp.fulfilment.forwarding.outcomes import record
from erp.fulfilment.remarks import NoTurn
from suppliers.contract import PurchaseReport
from suppliers.errors import Ambiguous, SupplierError

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 1.0  # for new work, while calls are under way
TOGETHER_SECONDS = 0.05  # in which quick suppliers answer all calls under way


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
        if not anything_due(session, now, full(busy, most)):
            return []
    with sessions.writing() as session:
        return claim(
            session,
            carrier,
            busy,
            now,
            limit=2 * carrier.threads,
            most_per_supplier=most,
        )


def _call(carrier: Carrier, claimed: Claimed) -> Answer:
    """Place it, unless it had to wait so long for its turn that its lease may end
    before the answer: then another process could be looking it up already."""
    if carrier.clock() > claimed.start_by:
        return NoTurn(claimed.connection.code, "not called: no turn in time")

    def place() -> PurchaseReport:
        return carrier.clients.client_for(claimed.connection).submit(claimed.request)

    return answer_of(claimed.connection, place)
