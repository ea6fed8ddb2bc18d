"""Puts a poll's questions to a supplier, outside of any transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeGuard

from erp.fulfilment.forwarding.caller import Caller, answer_of
from suppliers.contract import ChangePage, PurchaseReport
from suppliers.errors import Rejected, SupplierError, Unavailable
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
    """What a supplier said of each purchase order that it was asked for."""

    reports: tuple[PurchaseReport, ...] = ()
    absent: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()  # whatever came of it
    failures: tuple[SupplierError, ...] = ()

    @property
    def answers(self) -> int:
        """Calls that went well."""
        return len(self.asked) - len(self.failures)


Answer = ChangePage | LookedUp | SupplierError


def ask(caller: Caller, poll: Poll) -> Answer:
    """The next page, or what it says of each purchase order."""
    references = poll.references
    if references is not None:
        return _look_up(caller, poll, references)

    def changes() -> ChangePage:
        return caller.clients.client_for(poll.connection).changes(poll.cursor)

    return answer_of(poll.connection, changes)


def _look_up(caller: Caller, poll: Poll, references: tuple[str, ...]) -> LookedUp:
    """One after the other, until the supplier cannot be reached or the lease ends.

    A no to one question is an answer: it says nothing of that purchase order. An
    answer that cannot be read hides none of the others.
    """
    told: dict[str, PurchaseReport | SupplierError | None] = {}
    for reference in references:
        if caller.clock() > poll.start_by:
            break
        told[reference] = _look_up_one(caller, poll.connection, reference)
        if isinstance(told[reference], Unavailable):
            break
    return LookedUp(
        reports=tuple(each for each in told.values() if _is_report(each)),
        absent=tuple(each for each, answer in told.items() if answer is None),
        asked=tuple(told),
        failures=tuple(each for each in told.values() if _is_failure(each)),
    )


def _is_report(answer: object) -> TypeGuard[PurchaseReport]:
    return isinstance(answer, PurchaseReport)


def _is_failure(answer: object) -> TypeGuard[SupplierError]:
    return isinstance(answer, SupplierError) and not isinstance(answer, Rejected)


def _look_up_one(
    caller: Caller, connection: Connection, reference: str
) -> PurchaseReport | SupplierError | None:
    def look_up() -> PurchaseReport | None:
        return caller.clients.client_for(connection).look_up(reference)

    return answer_of(connection, look_up)
