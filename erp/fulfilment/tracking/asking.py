"""Puts a poll's questions to a supplier, outside of any transaction."""

from dataclasses import dataclass
from datetime import datetime

from erp.fulfilment.forwarding.carrier import Carrier, answer_of
from suppliers.contract import ChangePage, PurchaseReport
from suppliers.errors import Rejected, SupplierError
from suppliers.registry import Connection


@dataclass(frozen=True, slots=True)
class Poll:
    """One supplier to ask: for a page of its list, or after each of `references`."""

    connection: Connection
    start_by: datetime  # later, its answer might come after the lease
    cursor: str | None = None
    references: tuple[str, ...] | None = None  # None: it keeps a list
    counts: bool = False  # what it comes to is to be told: see suppliers.allowances
    is_probe: bool = False


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What a supplier said of each purchase order, until it failed, if it did."""

    reports: tuple[PurchaseReport, ...] = ()
    absent: tuple[str, ...] = ()
    calls: int = 0
    failure: SupplierError | None = None


Answer = ChangePage | LookedUp | SupplierError


def ask(carrier: Carrier, poll: Poll) -> Answer:
    """The next page, or what it says of each purchase order."""
    references = poll.references
    if references is not None:
        return _look_up(carrier, poll, references)

    def changes() -> ChangePage:
        return carrier.clients.client_for(poll.connection).changes(poll.cursor)

    return answer_of(poll.connection, changes)


def _look_up(carrier: Carrier, poll: Poll, references: tuple[str, ...]) -> LookedUp:
    """One after the other; a failure ends it, and so does the end of the lease.

    A no to one question is an answer: it says nothing of that purchase order.
    """
    reports: list[PurchaseReport] = []
    absent: list[str] = []
    calls = 0
    for reference in references:
        if carrier.clock() > poll.start_by:
            break
        answer = _look_up_one(carrier, poll.connection, reference)
        if isinstance(answer, SupplierError) and not isinstance(answer, Rejected):
            return LookedUp(tuple(reports), tuple(absent), calls, answer)
        calls += 1
        if answer is None:
            absent.append(reference)
        elif isinstance(answer, PurchaseReport):
            reports.append(answer)
    return LookedUp(tuple(reports), tuple(absent), calls)


def _look_up_one(
    carrier: Carrier, connection: Connection, reference: str
) -> PurchaseReport | SupplierError | None:
    def look_up() -> PurchaseReport | None:
        return carrier.clients.client_for(connection).look_up(reference)

    return answer_of(connection, look_up)
