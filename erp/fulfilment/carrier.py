"""What the steps that talk to suppliers share."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from config.secrets import Secrets
from erp.fulfilment.retries import Chance, RetryRules
from suppliers.contract import PurchaseReport, PurchaseRequest
from suppliers.errors import SupplierError
from suppliers.registry import Clients, Connection

Clock = Callable[[], datetime]
Answer = PurchaseReport | SupplierError


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
