"""Sends notices: claim, leave the transaction, post, record.

A notice arrives at least once: if our process dies between the other side's yes and our
note of it, the lease runs out and it goes again under the same id, by which the other
side knows it. Each supplier is called by one thread at a time, so that a slow one
delays nobody else.
"""

import logging
import random
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from config.database import Sessions
from config.secrets import Secrets
from erp.fulfilment.notices.claiming import Claimed, anything_due, claim
from erp.fulfilment.notices.recording import record
from erp.fulfilment.notices.schedule import Chance
from suppliers.notifying import Heard, Notifier
from suppliers.signing import sign

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 0.5  # for new work, while slow calls go on
Calls = dict[Future[Heard], Claimed]


@dataclass(frozen=True, slots=True)
class Sender:
    """What it takes to send notices."""

    secrets: Secrets
    clock: Callable[[], datetime]
    base_url: str  # where the links in them lead
    threads: int
    timeout_seconds: float
    chance: Chance = random.random


def send_due(sessions: Sessions, sender: Sender) -> int:
    """Send everything that is due; how many calls were made."""
    with sessions.reading() as session:
        if not anything_due(session, sender.clock()):
            return 0
    sent = 0
    calls: Calls = {}
    with (
        closing(Notifier(sender.timeout_seconds, sender.clock)) as notifier,
        ThreadPoolExecutor(sender.threads, thread_name_prefix="notice") as pool,
    ):
        while True:
            for each in _claim(sessions, sender, calls):
                calls[pool.submit(_post, notifier, sender, each)] = each
            if not calls:
                return sent
            over = wait(calls, LOOK_AGAIN_SECONDS, FIRST_COMPLETED).done
            _keep(sessions, sender, {each: calls.pop(each) for each in over})
            sent += len(over)


def _claim(sessions: Sessions, sender: Sender, calls: Calls) -> list[Claimed]:
    """For as many suppliers as there are threads free: none waits for its turn."""
    now = sender.clock()
    busy = [each.supplier_id for each in calls.values()]
    free = sender.threads - len(busy)
    if not free:
        return []
    with sessions.reading() as session:
        if not anything_due(session, now, busy):
            return []
    with sessions.writing() as session:
        return claim(
            session, sender.secrets, sender.base_url, now, busy=busy, limit=free
        )


def _post(notifier: Notifier, sender: Sender, claimed: Claimed) -> Heard:
    """What came of it; a bug of ours is no reason to forget the others."""
    if not claimed.secrets:
        return Heard(None, error="its secret cannot be opened: make a new one")
    body = claimed.body
    try:
        headers = sign(claimed.message_id, sender.clock(), body, claimed.secrets)
        return notifier.post(
            claimed.url, headers, body, allow_private=claimed.allow_private
        )
    except Exception as failure:
        log.exception("failed while telling supplier=%s", claimed.supplier)
        return Heard(None, error=f"we failed: {type(failure).__name__}")


def _keep(sessions: Sessions, sender: Sender, over: Calls) -> None:
    if not over:
        return
    now = sender.clock()
    with sessions.writing() as session:
        for call, claimed in over.items():
            record(session, claimed, call.result(), sender.chance, now)
            log.debug("notice supplier=%s id=%s", claimed.supplier, claimed.message_id)
