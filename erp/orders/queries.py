"""What the pages ask about orders: the list, one order's sheet, what waits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from config import paging
from config.paging import Count, Page
from erp.orders.lifecycle import HoldReason, OrderStatus
from erp.orders.models import Channel, Contact, Hold, Order, OrderEvent, OrderLine
from erp.orders.search import ORDERS, OrderFilter, OrderSort, Search, planned

EXPORT_LIMIT = 100_000  # rows of one CSV file; a spreadsheet takes ten times as many


@dataclass(frozen=True, slots=True)
class OrderRow:
    id: int
    name: str
    channel: str
    customer: str
    status: OrderStatus
    reasons: tuple[HoldReason, ...]
    total_cents: int
    currency: str
    placed_at: datetime


Rows = Select[*tuple[Any, ...]]
WITH_CONTACT: Rows = select(
    col(Order.id),
    col(Order.name),
    col(Order.channel),
    col(Contact.name).label("customer"),
    col(Order.status),
    col(Order.total_cents),
    col(Order.currency),
    col(Order.placed_at),
).join(Contact, col(Contact.id) == col(Order.contact_id))


def list_orders(
    session: Session, wanted: OrderFilter, mark: str | None = None
) -> Page[OrderRow]:
    """One page of the orders that match."""
    return _page(session, planned(session, wanted), wanted.sort, mark)


def list_and_count(
    session: Session, wanted: OrderFilter, mark: str | None = None
) -> tuple[Page[OrderRow], Count]:
    """One page of the orders that match, and how many there are."""
    search = planned(session, wanted)
    page = _page(session, search, wanted.sort, mark)
    count = page.whole or search.count
    return page, count or paging.count(session, search.gathered(select(col(Order.id))))


def export_orders(session: Session, wanted: OrderFilter) -> list[OrderRow]:
    """All orders that match, for a file; no more than `EXPORT_LIMIT`."""
    order = ORDERS[wanted.sort]
    by = order.key.desc() if order.descending else order.key.asc()
    query = planned(session, wanted).gathered(WITH_CONTACT)
    return _rows(session, query.order_by(by, order.id).limit(EXPORT_LIMIT))


def matching_ids(session: Session, wanted: OrderFilter, limit: int) -> list[int]:
    """The ids of the orders that match, for a command on all of them."""
    order = ORDERS[wanted.sort]
    by = order.key.desc() if order.descending else order.key.asc()
    query = planned(session, wanted).gathered(select(col(Order.id)))
    return list(session.scalars(query.order_by(by).limit(limit)))


def find_order(session: Session, order_id: int) -> Order | None:
    return session.get(Order, order_id)


def orders_named(session: Session, ids: Collection[int]) -> list[Order]:
    """The orders with these ids, oldest first; ids nobody has are passed over."""
    query = select(Order).where(col(Order.id).in_(ids)).order_by(col(Order.id))
    return list(session.scalars(query))


def lines_of(session: Session, order: Order) -> list[OrderLine]:
    query = select(OrderLine).where(col(OrderLine.order_id) == order.id)
    return list(session.scalars(query.order_by(col(OrderLine.position))))


def contact_of(session: Session, order: Order) -> Contact:
    return session.get_one(Contact, order.contact_id)


def timeline(session: Session, order: Order) -> list[OrderEvent]:
    """What happened to an order, the last noted first.

    Two processes may note something in the same second, each by its own clock: only the
    row's number tells which came first.
    """
    query = select(OrderEvent).where(col(OrderEvent.order_id) == order.id)
    return list(session.scalars(query.order_by(col(OrderEvent.id).desc())))


def channels(session: Session) -> list[Channel]:
    return list(session.scalars(select(Channel).order_by(col(Channel.name))))


def open_holds_by_reason(session: Session) -> list[tuple[HoldReason, int]]:
    """How many orders wait for each reason, the most first."""
    number = func.count(col(Hold.id))
    query = (
        select(col(Hold.reason), number)
        .where(col(Hold.closed_at).is_(None))
        .group_by(col(Hold.reason))
        .order_by(number.desc(), col(Hold.reason))
    )
    return [(reason, orders) for reason, orders in session.execute(query)]


def has_orders(session: Session) -> bool:
    return session.scalars(select(col(Order.id)).limit(1)).first() is not None


def _page(
    session: Session, search: Search, sort: OrderSort, mark: str | None
) -> Page[OrderRow]:
    """The page's ids come first: sorting ids alone is cheap, however many match."""
    query = search.sorted(select(col(Order.id)))
    found = paging.page(session, query, ORDERS[sort], mark)
    ids = [row[0] for row in found.rows]
    rows = {row.id: row for row in _rows(session, _listed(ids))}
    return Page([rows[each] for each in ids], found.before, found.after)


def _listed(order_ids: Collection[int]) -> Rows:
    return WITH_CONTACT.where(col(Order.id).in_(order_ids))


def _rows(session: Session, query: Rows) -> list[OrderRow]:
    found = session.execute(query).all()
    reasons = _open_reasons(session, [row.id for row in found])
    return [
        OrderRow(reasons=tuple(reasons.get(row.id, ())), **row._mapping)
        for row in found
    ]


def _open_reasons(
    session: Session, order_ids: Collection[int]
) -> dict[int, list[HoldReason]]:
    """The reasons of a page's open holds; a whole file's are read in one sweep."""
    query = select(col(Hold.order_id), col(Hold.reason)).where(
        col(Hold.closed_at).is_(None)
    )
    if len(order_ids) <= paging.PAGE_SIZE:
        query = query.where(col(Hold.order_id).in_(order_ids))
    reasons: dict[int, list[HoldReason]] = {}
    for order_id, reason in session.execute(query.order_by(col(Hold.id))):
        reasons.setdefault(order_id, []).append(reason)
    return reasons
