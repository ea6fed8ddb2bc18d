"""Which orders are asked for: filters, a search, and the order to show them in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, union
from sqlmodel import col

from config import paging
from erp.orders.lifecycle import HoldReason, OrderStatus
from erp.orders.models import Channel, Contact, Hold, Order, OrderLine
from inventory.models import Product


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
    among: tuple[Select[Any], ...] = ()


ORDERS = {
    OrderSort.NEWEST: paging.Order(col(Order.placed_at), col(Order.id)),
    OrderSort.OLDEST: paging.Order(col(Order.placed_at), col(Order.id), False),
    OrderSort.LARGEST: paging.Order(col(Order.total_cents), col(Order.id)),
    OrderSort.SMALLEST: paging.Order(col(Order.total_cents), col(Order.id), False),
}


def matches(wanted: OrderFilter) -> list[ColumnElement[bool]]:
    """The tests an order must pass."""
    tests: list[ColumnElement[bool]] = []
    tests += [col(Order.id).in_(picked) for picked in wanted.among]
    if wanted.search:
        tests.append(col(Order.id).in_(_found_by(wanted.search)))
    if wanted.status:
        tests.append(col(Order.status) == wanted.status)
    if wanted.reason:
        tests.append(col(Order.id).in_(_held_for(wanted.reason)))
    if wanted.channel:
        tests.append(col(Order.channel) == wanted.channel)
    if wanted.placed_from:
        tests.append(col(Order.placed_at) >= wanted.placed_from)
    if wanted.placed_before:
        tests.append(col(Order.placed_at) < wanted.placed_before)
    return tests


def _held_for(reason: HoldReason) -> Select[Any]:
    return select(col(Hold.order_id)).where(
        col(Hold.reason) == reason, col(Hold.closed_at).is_(None)
    )


def _found_by(words: str) -> Any:
    """Ids of the orders a word names: each part is answered by an index of its own,
    but for a customer's name, which is looked for anywhere in it."""
    numbers = (words, f"#{words}")
    known = select(col(Product.id)).where(col(Product.sku).in_((words, words.upper())))
    customer = or_(
        col(Contact.name).icontains(words, autoescape=True),
        _starts(col(Contact.email), words.lower()),
    )
    return union(
        select(col(Order.id)).where(col(Order.name).in_(numbers)),
        select(col(Order.id)).where(
            col(Order.channel).in_(select(col(Channel.code))),
            col(Order.external_id) == words,
        ),
        select(col(OrderLine.order_id)).where(col(OrderLine.product_id).in_(known)),
        select(col(OrderLine.order_id)).where(
            col(OrderLine.product_id).is_(None), col(OrderLine.sku) == words
        ),
        select(col(Order.id)).where(
            col(Order.contact_id).in_(select(col(Contact.id)).where(customer))
        ),
    )


def _starts(column: Any, text: str) -> ColumnElement[bool]:
    """A prefix test that an ordinary index serves."""
    return and_(column >= text, column < text + "\U0010ffff")
