"""Which orders are asked for: filters, a search, and the order to show them in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    exists,
    func,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from config import paging
from config.paging import COUNT_LIMIT, Count
from erp.orders.lifecycle import HoldReason, OrderStatus
from erp.orders.models import (
    Channel,
    Contact,
    ContactWord,
    Hold,
    Order,
    OrderLine,
)
from erp.orders.names import begins, is_called
from inventory.models import Product

MOST_WORDS = 5  # of a search: further ones hardly narrow it
# So many orders are gathered and sorted in a few milliseconds; more need no counting.
FEW = 2 * COUNT_LIMIT
Orders = Select[*tuple[Any, ...]]
Picked = Select[Any] | CompoundSelect[Any]  # of order ids


class OrderSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    LARGEST = "largest"
    SMALLEST = "smallest"


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What is asked for; `among` narrows to orders another stage has picked."""

    search: str = ""
    status: OrderStatus | None = None
    reason: HoldReason | None = None
    channel: str = ""
    placed_from: datetime | None = None
    placed_before: datetime | None = None
    sort: OrderSort = OrderSort.NEWEST
    among: tuple[Picked, ...] = ()


ORDERS = {
    OrderSort.NEWEST: paging.Order(col(Order.placed_at), col(Order.id)),
    OrderSort.OLDEST: paging.Order(col(Order.placed_at), col(Order.id), False),
    OrderSort.LARGEST: paging.Order(col(Order.total_cents), col(Order.id)),
    OrderSort.SMALLEST: paging.Order(col(Order.total_cents), col(Order.id), False),
}


@dataclass(frozen=True, slots=True)
class Pick:
    """A set of order ids, and how many they are; None: many."""

    ids: Picked
    number: int | None


@dataclass(frozen=True, slots=True)
class Search:
    """How the orders asked for are found.

    What picks few orders is joined: the database starts from the few. What picks many
    is a test: it walks through the orders as they are sorted, and has a page full soon.
    """

    picks: tuple[Pick, ...]
    tests: tuple[ColumnElement[bool], ...]

    @property
    def count(self) -> Count | None:
        """How many they are, if that is known without another look."""
        if len(self.picks) != 1 or self.tests:
            return None
        number = self.picks[0].number
        return paging.counted(FEW if number is None else number)

    def sorted(self, query: Orders) -> Orders:
        """For the first of them by some order."""
        return self._narrowed(query, self._few)

    def gathered(self, query: Orders) -> Orders:
        """For all of them, or for any."""
        return self._narrowed(query, self._few or self.picks)

    @property
    def _few(self) -> tuple[Pick, ...]:
        return tuple(pick for pick in self.picks if pick.number is not None)

    def _narrowed(self, query: Orders, joined: tuple[Pick, ...]) -> Orders:
        for pick in joined:
            ids = pick.ids.subquery()
            query = query.join(ids, ids.c[0] == col(Order.id))
        passed = (_is_in(pick.ids) for pick in self.picks if pick not in joined)
        return query.where(*passed, *self.tests)


def planned(session: Session, wanted: OrderFilter, few: int = FEW) -> Search:
    picks = (Pick(each, _number(session, each, few)) for each in _picked(wanted))
    return Search(tuple(picks), tuple(_tests(wanted)))


def _number(session: Session, picked: Picked, few: int) -> int | None:
    """How many orders it picks, each maybe by two of its parts; None: many."""
    some = union_all(*_parts(picked)).limit(2 * few + 1).subquery()
    rows, orders = func.count(), func.count(some.c[0].distinct())
    found = session.execute(select(rows, orders).select_from(some)).one()
    return int(found[1]) if found[0] <= 2 * few and found[1] <= few else None


def _is_in(picked: Picked) -> ColumnElement[bool]:
    its_id = col(Order.id)
    return or_(
        *(
            exists(part.where(part.selected_columns[0] == its_id))
            for part in _parts(picked)
        )
    )


def _parts(picked: Picked) -> Sequence[Any]:
    return picked.selects if isinstance(picked, CompoundSelect) else (picked,)


def _picked(wanted: OrderFilter) -> Iterator[Picked]:
    """Sets of order ids, each without repetition, all of which an order must be in."""
    yield from wanted.among
    if wanted.reason:
        yield _held_for(wanted.reason)
    if wanted.search:
        yield from _found_by(wanted.search)


def _tests(wanted: OrderFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.status:
        yield col(Order.status) == wanted.status
    if wanted.channel:
        yield col(Order.channel) == wanted.channel
    if wanted.placed_from:
        yield col(Order.placed_at) >= wanted.placed_from
    if wanted.placed_before:
        yield col(Order.placed_at) < wanted.placed_before


def _held_for(reason: HoldReason) -> Select[Any]:
    return select(col(Hold.order_id)).where(
        col(Hold.reason) == reason, col(Hold.closed_at).is_(None)
    )


# The orders that belong to something found, beside those a query goes through.
Theirs = aliased(Order)


def _found_by(text: str) -> Iterator[Picked]:
    """An order must have every word somewhere, or the whole text in one place."""
    words = sorted(set(text.split()), key=len, reverse=True)
    for word in words[:MOST_WORDS]:
        places = (
            each for part in dict.fromkeys((text, word)) for each in _places(part)
        )
        yield union(*places, *_named(word))


def _places(text: str) -> Iterator[Select[Any]]:
    """Ids of the orders that have a text; an index answers for each place."""
    theirs = select(col(Theirs.id))
    yield theirs.where(col(Theirs.name).in_((text, f"#{text}")))
    channels = select(col(Channel.code))
    yield theirs.where(
        col(Theirs.channel).in_(channels), col(Theirs.external_id) == text
    )
    lines = select(col(OrderLine.order_id))
    known = select(col(Product.id)).where(col(Product.sku).in_((text, text.upper())))
    yield lines.where(col(OrderLine.product_id).in_(known))
    yield lines.where(col(OrderLine.product_id).is_(None), col(OrderLine.sku) == text)
    writing = theirs.join(Contact, col(Contact.id) == col(Theirs.contact_id))
    yield writing.where(begins(col(Contact.email), text.lower()))


def _named(word: str) -> Iterator[Select[Any]]:
    if (is_theirs := is_called(col(Theirs.contact_id), word)) is not None:
        yield select(col(Theirs.id)).join(ContactWord, is_theirs)
