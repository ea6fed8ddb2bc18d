"""Forwards purchase orders: claim, leave the transaction, call, record.

The attempt row is committed before the call, our reference is the supplier's
idempotency key, and a lost answer is never a failure: it makes the purchase order
`unknown`, which only reconciling or a human may end.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from sqlmodel import Session

from config.database import Sessions
from erp.fulfilment.forwarding.batching import anything_due as a_batch_is_due
from erp.fulfilment.forwarding.batching import send_batches
from erp.fulfilment.forwarding.caller import (
    NOT_APPLICABLE,
    Answer,
    Caller,
    Claimed,
    answer_of,
)
from erp.fulfilment.forwarding.claiming import anything_due, claim
from erp.fulfilment.forwarding.lanes import Lanes
from erp.fulfilment.forwarding.outcomes import record
from erp.fulfilment.remarks import NoTurn
from suppliers.contract import PurchaseReport
from suppliers.errors import Ambiguous, Rejected, SupplierError

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 0.5  # for new work, and for calls that take long
TOGETHER_SECONDS = 0.05  # in which quick suppliers answer all calls under way


def forward_due(sessions: Sessions, caller: Caller) -> int:
    """Send everything that is due; how many calls were made."""
    sent = 0
    threads = Lanes.threads_for(caller.threads)
    with ThreadPoolExecutor(threads, thread_name_prefix="forward") as pool:
        lanes = Lanes(pool, caller.threads, partial(_call, caller))
        while True:
            while claimed := _claim_more(sessions, caller, lanes):
                lanes.hand_out(claimed)
            if lanes.is_empty:
                break
            answers = lanes.answered(LOOK_AGAIN_SECONDS, TOGETHER_SECONDS)
            for each, answer in answers:
                supplier_id, is_well = each.connection.supplier_id, _is_well(answer)
                lanes.room.give_back(supplier_id, is_well=is_well)
            sent += len(answers)
            _keep(sessions, caller, answers)
    for answers in send_batches(sessions, caller):
        sent += len(answers)
        _keep(sessions, caller, answers)
    return sent


def anything_to_send(session: Session, now: datetime) -> bool:
    """Whether a purchase order could leave now, alone or with others."""
    return anything_due(session, now) or a_batch_is_due(session, now)


def _keep(
    sessions: Sessions, caller: Caller, answers: Sequence[tuple[Claimed, Answer]]
) -> None:
    """Write answers down together; one that cannot be applied spoils no other's."""
    if not answers:
        return
    try:
        with sessions.writing() as session:
            record(session, answers, caller, caller.clock())
    except NOT_APPLICABLE as error:
        claimed, answer = answers[0]
        if len(answers) > 1:
            for each in answers:
                _keep(sessions, caller, [each])
            return
        if isinstance(answer, SupplierError):
            raise
        log.exception("not applied reference=%s", claimed.request.reference)
        unfit = Ambiguous(
            claimed.connection.code, f"cannot be applied: {type(error).__name__}"
        )
        _keep(sessions, caller, [(claimed, unfit)])


def _is_well(answer: Answer) -> bool:
    return isinstance(answer, PurchaseReport | Rejected)


def _claim_more(sessions: Sessions, caller: Caller, lanes: Lanes) -> list[Claimed]:
    """Claim in batches while little waits, and only if something is due."""
    now = caller.clock()
    if not lanes.wants_more:
        return []
    with sessions.reading() as session:
        if not anything_due(session, now, lanes.room.full):
            return []
    with sessions.writing() as session:
        return claim(session, caller, lanes.room, now, limit=lanes.batch)


def _call(caller: Caller, claimed: Claimed) -> Answer:
    """Place it, unless it had to wait so long for its turn that its lease may end
    before the answer: then another process could be looking it up already."""
    if caller.clock() > claimed.start_by:
        return NoTurn(claimed.connection.code, "not called: no turn in time")

    def place() -> PurchaseReport:
        return caller.clients.client_for(claimed.connection).submit(claimed.request)

    return answer_of(claimed.connection, place)
