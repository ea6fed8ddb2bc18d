"""What became of every order: our rows held against the suppliers' own books."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, func, select

from erp.bootstrap import Erp
from erp.fulfilment.forwarding.reconciling import PROVES_ABSENCE
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import (
    Attempt,
    AttemptOutcome,
    PurchaseOrder,
    PurchaseOrderLine,
)
from erp.orders.models import Hold, Order, OrderLine
from suppliers.connections import connection_of
from suppliers.contract import Duplicates
from suppliers.models import Supplier
from tests.bench.chaos.traders import Trader

IN_DOUBT = (PurchaseStatus.UNKNOWN, PurchaseStatus.NEEDS_ATTENTION)
WITH_IT = (
    PurchaseStatus.SENT,
    PurchaseStatus.ACCEPTED,
    PurchaseStatus.SHIPPED,
    PurchaseStatus.DELIVERED,
)
Books = Mapping[str, Counter[str]]  # by supplier: orders under each reference


class Fate(StrEnum):
    """Where a purchase order ended. Only the first three are as promised."""

    ONCE = "in the books once"
    WAITS_THERE = "waits for a human, in the books"
    WAITS = "waits for a human, not in the books"
    STUCK = "waits for a human, though it could be told"
    TWICE = "twice"
    LOST = "lost"
    DISOWNED = "in the books, and we say it is not"


PROMISED = frozenset({Fate.ONCE, Fate.WAITS_THERE, Fate.WAITS})


@dataclass(frozen=True)
class Ended:
    """All that one supplier was to be sent."""

    trader: Trader
    duplicates: Duplicates
    fates: Mapping[str, Fate]  # by reference
    calls: int

    def count(self, fate: Fate) -> int:
        return sum(each is fate for each in self.fates.values())


@dataclass(frozen=True)
class Verdict:
    """What the audit found; no faults is what was promised."""

    ended: Sequence[Ended]
    faults: Sequence[str]
    cut_off: int  # calls whose process was killed before their answer was stored
    attempts: int


def fate_of(times: int, status: PurchaseStatus, *, can_tell: bool) -> Fate:
    """`times` it stands in the supplier's books; `can_tell`: absence can be proved."""
    if times > 1:
        return Fate.TWICE
    if status in IN_DOUBT:
        if can_tell:
            return Fate.STUCK
        return Fate.WAITS_THERE if times else Fate.WAITS
    if status in WITH_IT:
        return Fate.ONCE if times else Fate.LOST
    return Fate.DISOWNED if times else Fate.LOST


def audit(erp: Erp, traders: Sequence[Trader], books: Books, orders: int) -> Verdict:
    """Every order that was put in, and everything that stands in the books."""
    with erp.sessions.reading() as session:
        ended = [_ended(session, erp, each, books[each.code]) for each in traders]
        faults = [*_unpromised(ended), *_strangers(ended, books)]
        faults += _unordered(session, orders)
        return Verdict(
            ended,
            faults,
            cut_off=_attempts(session, AttemptOutcome.LOST, AttemptOutcome.STARTED),
            attempts=_attempts(session),
        )


def _ended(
    session: Session, erp: Erp, trader: Trader, book: Mapping[str, int]
) -> Ended:
    supplier = session.exec(
        select(Supplier).where(col(Supplier.code) == trader.code)
    ).one()
    client = erp.clients.client_for(connection_of(supplier, erp.secrets, 1.0))
    can_tell = client.duplicates in PROVES_ABSENCE
    rows = session.exec(
        select(
            PurchaseOrder.reference, PurchaseOrder.status, PurchaseOrder.attempts
        ).where(PurchaseOrder.supplier_id == supplier.id)
    ).all()
    fates = {
        reference: fate_of(book.get(reference, 0), status, can_tell=can_tell)
        for reference, status, _ in rows
    }
    calls = sum(attempts for _, _, attempts in rows)
    return Ended(trader, client.duplicates, fates, calls)


def _unpromised(ended: Sequence[Ended]) -> Iterator[str]:
    for each in ended:
        for reference, fate in each.fates.items():
            if fate not in PROMISED:
                yield f"{each.trader.way}: {reference} {fate.value}"


def _strangers(ended: Sequence[Ended], books: Books) -> Iterator[str]:
    """Orders in the books that are none of ours."""
    for each in ended:
        for reference, times in books[each.trader.code].items():
            if times and reference not in each.fates:
                yield f"{each.trader.way}: {reference} is none of ours"


def _unordered(session: Session, orders: int) -> Iterator[str]:
    """Customers' orders that are missing, held, or not with exactly one supplier."""
    found = session.exec(select(func.count(col(Order.id)))).one()
    if found != orders:
        yield f"{found} orders of {orders}"
    held = select(Hold.reason, Hold.order_id).where(col(Hold.closed_at).is_(None))
    yield from (f"held: {reason} {number}" for reason, number in session.exec(held))
    bought = (
        select(OrderLine.id, func.count(col(PurchaseOrderLine.id)))
        .outerjoin(
            PurchaseOrderLine,
            (col(PurchaseOrderLine.order_line_id) == col(OrderLine.id))
            & col(PurchaseOrderLine.is_live),
        )
        .group_by(col(OrderLine.id))
        .having(func.count(col(PurchaseOrderLine.id)) != 1)
    )
    for line, times in session.exec(bought):
        yield f"order line {line} has {times} live purchase orders"


def _attempts(session: Session, *outcomes: AttemptOutcome) -> int:
    query = select(func.count(col(Attempt.id)))
    if outcomes:
        query = query.where(col(Attempt.outcome).in_(outcomes))
    return session.exec(query).one()
