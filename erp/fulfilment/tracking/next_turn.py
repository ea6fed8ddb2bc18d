"""What an answer means for its supplier: how far it was read, and when it is next."""

import logging
from datetime import datetime, timedelta

from erp.fulfilment.forwarding.caller import Caller
from erp.fulfilment.forwarding.retries import wait
from erp.fulfilment.tracking.asking import Answer, LookedUp, Poll
from suppliers.contract import ChangePage
from suppliers.errors import SupplierError, Unavailable
from suppliers.models import Supplier

log = logging.getLogger(__name__)


def note_turn(
    supplier: Supplier,
    poll: Poll,
    answer: Answer,
    caller: Caller,
    now: datetime,
    every: timedelta,
) -> None:
    """Where nothing was heard, it is asked again after a growing pause."""
    failure = _failure(answer)
    if failure is not None and not _goes_on(answer):
        _note_failure(supplier, failure, caller, now)
        return
    supplier.poll_failures = 0
    supplier.last_seen_at = now
    supplier.last_error = failure.detail if failure else ""
    if isinstance(answer, ChangePage) and supplier.changes_cursor == poll.cursor:
        supplier.changes_cursor = answer.cursor
    if not (isinstance(answer, ChangePage) and answer.more):
        supplier.next_poll_at = now + _interval(supplier, every)


def _failure(answer: Answer) -> SupplierError | None:
    if isinstance(answer, LookedUp):
        return answer.failures[-1] if answer.failures else None
    return answer if isinstance(answer, SupplierError) else None


def _goes_on(answer: Answer) -> bool:
    """It can be reached and says something: one bad answer puts off no others."""
    if not isinstance(answer, LookedUp) or not answer.answers:
        return False
    return not isinstance(_failure(answer), Unavailable)


def _interval(supplier: Supplier, every: timedelta) -> timedelta:
    own = supplier.poll_seconds
    return every if own is None else timedelta(seconds=own)


def _note_failure(
    supplier: Supplier, error: SupplierError, caller: Caller, now: datetime
) -> None:
    log.warning("not polled supplier=%s %s", supplier.code, error)
    supplier.poll_failures += 1
    supplier.last_error = error.detail
    pause = wait(caller.rules, supplier.poll_failures, caller.chance)
    supplier.next_poll_at = now + pause
