"""One command on many orders, a batch to a transaction: others get in between."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from config.database import Sessions
from erp.orders.lifecycle import MoveError
from erp.orders.models import Order
from erp.orders.queries import orders_named

log = logging.getLogger(__name__)

BATCH = 50  # orders; well under a second of writing
MOST = 1_000  # orders in one command; nobody checks longer lists

Command = Callable[[Session, Order], object]


class BulkAction(StrEnum):
    RELEASE = "release"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Outcome:
    done: int
    refused: tuple[str, ...]  # the names of those that could not


def apply(sessions: Sessions, ids: Sequence[int], command: Command) -> Outcome:
    """Do it to each order; one that cannot be is left as it was, and named."""
    done, refused = 0, []
    for batch in _batches(ids):
        with sessions.writing() as session:
            for order in orders_named(session, batch):
                if _try(session, order, command):
                    done += 1
                else:
                    refused.append(order.name)
    return Outcome(done, tuple(refused))


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    some = sorted(set(ids))[:MOST]
    return (some[start : start + BATCH] for start in range(0, len(some), BATCH))


def _try(session: Session, order: Order, command: Command) -> bool:
    try:
        with session.begin_nested():
            command(session, order)
    except MoveError as error:
        log.info("refused order=%s %s", order.name, error)
        return False
    return True
