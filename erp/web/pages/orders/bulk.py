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

Command = Callable[[Session, Order], bool]  # whether there was anything to do


class BulkAction(StrEnum):
    RELEASE = "release"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Outcome:
    done: int
    needless: int  # there was nothing to do
    refused: tuple[str, ...]  # the names of those that could not


def apply(sessions: Sessions, ids: Sequence[int], command: Command) -> Outcome:
    """Do it to each order; one that cannot be is left as it was, and named."""
    done, needless, refused = 0, 0, []
    for batch in _batches(ids):
        with sessions.writing() as session:
            for order in orders_named(session, batch):
                did = _try(session, order, command)
                done += did is True
                needless += did is False
                refused += [order.name] if did is None else []
    return Outcome(done, needless, tuple(refused))


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    some = sorted(set(ids))[:MOST]
    return (some[start : start + BATCH] for start in range(0, len(some), BATCH))


def _try(session: Session, order: Order, command: Command) -> bool | None:
    """Whether something was done; None if it could not be."""
    try:
        with session.begin_nested():
            return command(session, order)
    except MoveError as error:
        log.info("refused order=%s %s", order.name, error)
        return None
