"""What the steps that talk to suppliers share."""

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from config.secrets import Secrets
from erp.fulfilment.forwarding.retries import Chance, RetryRules
from suppliers.contract import PurchaseReport, PurchaseRequest
from suppliers.errors import SupplierError
from suppliers.registry import Clients, Connection

Clock = Callable[[], datetime]
Answer = PurchaseReport | SupplierError
Q = TypeVar("Q")
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Carrier:
    """The open clients, the key to their credentials, and how to retry."""

    clients: Clients
    secrets: Secrets
    clock: Clock
    rules: RetryRules
    threads: int
    call_seconds: float
    chance: Chance = random.random


@dataclass(frozen=True, slots=True)
class Claimed:
    """A purchase order that is ours to send, and how."""

    attempt: int
    connection: Connection
    request: PurchaseRequest
    start_by: datetime  # later, its answer might come after the lease


def ask_all(
    questions: Sequence[Q], ask: Callable[[Q, Carrier], A], carrier: Carrier
) -> Iterator[tuple[Q, A]]:
    """Each question with its answer, as they come: one that hangs delays no other."""
    if not questions:
        return
    threads = min(carrier.threads, len(questions))
    with ThreadPoolExecutor(threads, thread_name_prefix="ask") as pool:
        asked = {pool.submit(ask, each, carrier): each for each in questions}
        for answered in as_completed(asked):
            yield asked[answered], answered.result()
