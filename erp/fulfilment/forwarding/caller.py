"""What the steps that talk to suppliers share."""

import logging
import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import DataError, IntegrityError

from config.secrets import Secrets
from erp.fulfilment.forwarding.retries import Chance, RetryRules, wait_as_told
from erp.fulfilment.page_links.links import LinkRules
from suppliers.contract import PurchaseReport, PurchaseRequest
from suppliers.errors import Ambiguous, RateLimited, SupplierError
from suppliers.registry import Clients, Connection

log = logging.getLogger(__name__)

# What an answer may break when it is applied: a rule of ours, or one of the database's.
NOT_APPLICABLE = (ValueError, AssertionError, IntegrityError, DataError)
Clock = Callable[[], datetime]
Answer = PurchaseReport | SupplierError
Q = TypeVar("Q")
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Caller:
    """The open clients, the key to their credentials, and how to retry."""

    clients: Clients
    secrets: Secrets
    clock: Clock
    rules: RetryRules
    threads: int
    call_seconds: float
    min_margin_bp: int | None = None  # of an order's revenue; None: any will do
    pages: LinkRules | None = None  # of links to purchase orders' pages; None: no links
    chance: Chance = random.random


@dataclass(frozen=True, slots=True)
class Claimed:
    """A purchase order that is ours to send, and how."""

    attempt: int
    connection: Connection
    request: PurchaseRequest
    start_by: datetime  # later, its answer might come after the lease
    counts: bool = False  # what it comes to is to be told: see suppliers.allowances
    is_probe: bool = False


def answer_of(connection: Connection, question: Callable[[], A]) -> A | SupplierError:
    """The answer, or what went wrong; a bug of ours is no reason to forget the others.

    Whatever we did not foresee counts as a lost answer: it may have been heard.
    """
    try:
        return question()
    except SupplierError as error:
        return error
    except Exception as failure:
        log.exception("failed while asking supplier=%s", connection.code)
        return Ambiguous(connection.code, f"we failed: {type(failure).__name__}")


def until_told(
    answer: object, caller: Caller, now: datetime, *, attempts: int = 1
) -> datetime | None:
    """Until when a supplier that was called too often asks us to wait, if it does."""
    if not isinstance(answer, RateLimited):
        return None
    asked = answer.retry_after
    return now + wait_as_told(caller.rules, attempts, asked, caller.chance)


def ask_all(
    questions: Sequence[Q], ask: Callable[[Q, Caller], A], caller: Caller
) -> Iterator[tuple[Q, A]]:
    """Each question with its answer, as they come: one that hangs delays no other."""
    if not questions:
        return
    threads = min(caller.threads, len(questions))
    with ThreadPoolExecutor(threads, thread_name_prefix="ask") as pool:
        asked = {pool.submit(ask, each, caller): each for each in questions}
        for answered in as_completed(asked):
            yield asked[answered], answered.result()
