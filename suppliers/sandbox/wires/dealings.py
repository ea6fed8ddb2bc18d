"""What suppliers over a declared wire do, whatever they call it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response

from suppliers.contract import RejectReason
from suppliers.sandbox import orders, reports
from suppliers.sandbox.books import find_script
from suppliers.sandbox.deciding import plan_for
from suppliers.sandbox.desk import desk
from suppliers.sandbox.messages import (
    Guard,
    Kind,
    On,
    Ordered,
    SandboxSupplier,
    Trouble,
)
from suppliers.sandbox.mischief import Take, is_taken, meddle

State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Taken:
    """An order in the books; a second one under its reference changes nothing."""

    number: int
    state: State
    is_new: bool


@dataclass(frozen=True, slots=True)
class Refused:
    reason: RejectReason
    note: str


def attend(on: On, code: str, reference: str | None, take: Take) -> Response:
    """Answer a call, with whatever trouble it was to run into."""
    now = desk().clock()
    trouble = desk().mischief.next(code, on, reference, now)
    if on is On.SUBMIT and trouble is not None and not _writes(trouble):
        with desk().books.writing() as books:
            orders.log_attempt(books, code, reference or "", now)
    if trouble is not None and trouble.kind is Kind.REFUSE:
        return take(trouble)
    return meddle(trouble, take, now)


def taken(
    supplier: SandboxSupplier, ordered: Ordered, trouble: Trouble | None
) -> Taken | Refused:
    """Take an order into the books, once if the supplier guards against two."""
    now = desk().clock()
    with desk().books.writing() as books:
        orders.log_attempt(books, supplier.code, ordered.reference, now)
        if trouble is not None and trouble.kind is Kind.REFUSE:
            return Refused(trouble.reason, "as told")
        found = orders.find_purchase(books, supplier.code, ordered.reference)
        if found is not None and supplier.guard is Guard.KEY:
            return Taken(found[0], reports.report(books, found[0], now), is_new=False)
        script = find_script(books, supplier.code, ordered.order_name)
        if script is not None and script.refuse is not None:
            return Refused(script.refuse, script.note)
        plan = plan_for(books, supplier, ordered, now, script=script, trouble=trouble)
        number = orders.receive(books, supplier, ordered, plan, now)
        return Taken(number, reports.report(books, number, now), is_new=True)


def found(code: str, reference: str) -> State | None:
    """The state of the first order under a reference."""
    with desk().books.reading() as books:
        known = orders.find_purchase(books, code, reference)
        if known is None:
            return None
        return reports.report(books, known[0], desk().clock())


def called_off(supplier: SandboxSupplier, reference: str) -> State | None:
    """The state of an order that was to be cancelled; it may have been too late."""
    now = desk().clock()
    with desk().books.writing() as books:
        known = orders.find_purchase(books, supplier.code, reference)
        if known is None:
            return None
        orders.cancel(books, supplier, known[0], now)
        return reports.report(books, known[0], now)


def publish_due(code: str, now: datetime) -> None:
    """Number what has come to pass since anybody asked."""
    with desk().books.reading() as books:
        is_due = bool(reports.waiting(books, code, now))
    if is_due:
        with desk().books.writing() as books:
            reports.publish(books, code, reports.waiting(books, code, now))


def all_states(code: str, limit: int, offset: int) -> list[State]:
    """Every order, oldest first, a page of them."""
    with desk().books.reading() as books:
        rows = books.execute(
            "SELECT id FROM purchase WHERE supplier = ? ORDER BY id LIMIT ? OFFSET ?",
            (code, limit, offset),
        ).fetchall()
        return [reports.report(books, row[0], desk().clock()) for row in rows]


def _writes(trouble: Trouble) -> bool:
    """Whether the order itself writes down that it was posted."""
    return is_taken(trouble) or trouble.kind is Kind.REFUSE
