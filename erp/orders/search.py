"""Which orders are asked for: filters, a search, and the order to show them in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    exists,
    literal,
    not_,
    or_,
    select,
    union,
)
from sqlmodel import col

from config import paging
from erp.orders.lifecycle import HoldReason, OrderStatus
from erp.orders.models import Channel, Contact, Hold, Order, OrderLine
from inventory.models import Product

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


def narrowed(query: Orders, wanted: OrderFilter) -> Orders:
    """A query on orders, narrowed to those asked for.

    What picks few orders is joined, not tested by IN: SQLite then starts from the
    few, where it would else walk through all orders by date and test each.
    """
    for picked in _picked(wanted):
        few = picked.subquery()
        query = query.join(few, few.c[0] == col(Order.id))
    return query.where(*_tests(wanted))


def _picked(wanted: OrderFilter) -> Iterator[Picked]:
    """Sets of order ids, each without repetition, all of which an order must be in."""
    yield from wanted.among
    if wanted.reason:
        yield _held_for(wanted.reason)
    if wanted.search:
        yield _found_by(wanted.search)


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


def _found_by(words: str) -> Picked:
    """Ids of the orders a word names: each part is answered by an index of its own.

    Only what names no order, SKU or mail address is looked for anywhere in the
    customers' names, since no index serves that.
    """
    by_index = _indexed(words)
    if words.removeprefix("#").isdecimal():
        return union(*by_index)
    is_found = or_(*(exists(part) for part in by_index))
    # One row or none, joined first: if none, no name is looked at.
    needed = select(literal(1).label("one")).where(not_(is_found)).subquery()
    called = (
        select(col(Contact.id))
        .select_from(needed)
        .join(Contact, needed.c.one == 1)
        .where(col(Contact.name).icontains(words, autoescape=True))
    )
    theirs = select(col(Order.id)).where(col(Order.contact_id).in_(called))
    return union(*by_index, theirs)


def _indexed(words: str) -> tuple[Select[Any], ...]:
    numbers = (words, f"#{words}")
    known = select(col(Product.id)).where(col(Product.sku).in_((words, words.upper())))
    return (
        select(col(Order.id)).where(col(Order.name).in_(numbers)),
        select(col(Order.id)).where(
            col(Order.channel).in_(select(col(Channel.code))),
            col(Order.external_id) == words,
        ),
        select(col(OrderLine.order_id)).where(col(OrderLine.product_id).in_(known)),
        select(col(OrderLine.order_id)).where(
            col(OrderLine.product_id).is_(None), col(OrderLine.sku) == words
        ),
        _orders_of(_starts(col(Contact.email), words.lower())),
    )


def _orders_of(is_theirs: ColumnElement[bool]) -> Select[Any]:
    theirs = select(col(Contact.id)).where(is_theirs)
    return select(col(Order.id)).where(col(Order.contact_id).in_(theirs))


def _starts(column: Any, text: str) -> ColumnElement[bool]:
    """A prefix test that an ordinary index serves."""
    return and_(column >= text, column < text + "\U0010ffff")
