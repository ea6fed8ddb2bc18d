"""Takes orders in: each once per (channel, external id), whoever brings it again.

The unique constraint decides, not a look-up: rows are inserted with ON CONFLICT DO
NOTHING, and what was not inserted is compared with the order that was there first.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from config.upsert import dialect_of, insert_into, table_of
from erp.orders.amending import Known, amend, contradictions, known_orders
from erp.orders.incoming import NewOrder
from erp.orders.intake_rows import (
    Key,
    contact_row,
    event_row,
    key_of,
    line_rows,
    order_row,
)
from erp.orders.models import Channel, Contact, Order, OrderEvent, OrderLine
from erp.orders.names import remember
from erp.orders.problems import FieldProblem
from inventory.demand import Sold, record_demand
from inventory.models import Product

LARGEST_BATCH = 1_000  # orders of one transaction


class Verdict(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"  # it contradicts the order we have under its id


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of one incoming order."""

    verdict: Verdict
    order_id: int | None
    problems: tuple[FieldProblem, ...] = ()


def accept(session: Session, new: NewOrder, now: datetime) -> Accepted:
    """Take one order in; see `accept_many`."""
    return accept_many(session, [new], now)[0]


def accept_many(
    session: Session, news: Sequence[NewOrder], now: datetime
) -> list[Accepted]:
    """Take a batch of orders in; what became of each, in the order they were given.

    An order known already is `unchanged` if it says the same, `updated` if the
    channel's facts moved on, `refused` if its goods or money differ.
    """
    if len(news) > LARGEST_BATCH:
        raise ValueError(f"{len(news)} orders; a batch has at most {LARGEST_BATCH}")
    first = {key_of(new): new for new in reversed(news)}
    fresh = [first[key] for key in sorted(first.keys() - _taken(session, first))]
    created = _insert(session, fresh, now) if fresh else {}
    again = {key_of(new) for new in news if first[key_of(new)] is not new}
    # Locked last of all: whoever holds a lock waits for nobody's new order any more.
    known = known_orders(session, (first.keys() - created.keys()) | again)
    return [
        Accepted(Verdict.CREATED, created[key_of(new)])
        if key_of(new) in created and first[key_of(new)] is new
        else _compare(session, known[key_of(new)], new, now)
        for new in news
    ]


def _compare(session: Session, known: Known, new: NewOrder, now: datetime) -> Accepted:
    order_id = known.order.id
    if problems := contradictions(known, new):
        return Accepted(Verdict.REFUSED, order_id, problems)
    is_amended = amend(session, known, new, now)
    return Accepted(Verdict.UPDATED if is_amended else Verdict.UNCHANGED, order_id)


def _insert(session: Session, news: list[NewOrder], now: datetime) -> dict[Key, int]:
    """Store orders nobody has stored yet; the ids of those that were the first."""
    _open_channels(session, {new.channel for new in news})
    ids = _insert_orders(session, news, now)
    mine = [(new, ids[key_of(new)]) for new in news if key_of(new) in ids]
    if mine:
        products = _products(
            session, {line.sku for new, _ in mine for line in new.lines}
        )
        lines = [row for new, id_ in mine for row in line_rows(new, id_, products)]
        connection = session.connection()
        connection.execute(_ADD_LINES, lines)
        events = [event_row(new, id_, now) for new, id_ in mine]
        connection.execute(_ADD_EVENTS, events)
        record_demand(session, _sold(mine, products))
    return ids


def _insert_orders(
    session: Session, news: list[NewOrder], now: datetime
) -> dict[Key, int]:
    connection = session.connection()
    contacts = _insert_contacts(session, news)
    added = connection.execute(
        _add_orders(dialect_of(session)),
        [order_row(new, contacts[key_of(new)], now) for new in news],
    )
    ids = {(channel, external_id): id_ for id_, channel, external_id in added}
    remember(
        session,
        (
            (contacts[key_of(new)], new.ship_to.name)
            for new in news
            if key_of(new) in ids
        ),
    )
    if beaten := [contacts[key] for key in contacts if key not in ids]:
        table = table_of(Contact)
        connection.execute(table.delete().where(table.c.id.in_(beaten)))
    return ids


def _insert_contacts(session: Session, news: list[NewOrder]) -> dict[Key, int]:
    """The id of each order's contact. Returned rows are matched by what they say, as
    databases return many rows in no certain order."""
    rows = [contact_row(new) for new in news]
    ids: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for id_, *said in session.connection().execute(_ADD_CONTACTS, rows):
        ids[tuple(said)].append(id_)
    return {
        key_of(new): ids[tuple(row[column.name] for column in _SAID)].pop()
        for new, row in zip(news, rows, strict=True)
    }


def _taken(session: Session, keys: Iterable[Key]) -> set[Key]:
    """Those of the keys that an order has already."""
    by_channel: dict[str, list[str]] = defaultdict(list)
    for channel, external_id in keys:
        by_channel[channel].append(external_id)
    return {
        (channel, external_id)
        for channel, ids in by_channel.items()
        for external_id in session.connection()
        .execute(_TAKEN, {"channel": channel, "ids": ids})
        .scalars()
    }


def _open_channels(session: Session, codes: set[str]) -> None:
    """A channel exists from its first order on."""
    there = session.connection().execute(_CHANNELS, {"codes": list(codes)}).scalars()
    if missing := sorted(codes - set(there)):
        session.connection().execute(
            insert_into(dialect_of(session), Channel).on_conflict_do_nothing(),
            [{"code": code, "name": code.title()} for code in missing],
        )


def _products(session: Session, skus: set[str]) -> dict[str, int]:
    rows = session.connection().execute(_PRODUCTS, {"skus": list(skus)})
    return {row.sku: row.id for row in rows}


def _sold(
    orders: Iterable[tuple[NewOrder, int]], products: dict[str, int]
) -> Iterable[Sold]:
    return (
        (products[line.sku], new.placed_at.date(), new.channel, line.quantity)
        for new, _ in orders
        for line in new.lines
        if line.sku in products
    )


# Built once: for a single order, building a statement costs more than running it.
_CONTACT = table_of(Contact)
_SAID = [each for each in _CONTACT.c if each.name not in ("id", "redacted_at")]
_ADD_CONTACTS = _CONTACT.insert().returning(_CONTACT.c.id, *_SAID)
_ADD_LINES = table_of(OrderLine).insert()
_ADD_EVENTS = table_of(OrderEvent).insert()
_CHANNELS = select(Channel.code).where(
    col(Channel.code).in_(bindparam("codes", expanding=True))
)
_PRODUCTS = select(Product.sku, Product.id).where(
    col(Product.sku).in_(bindparam("skus", expanding=True))
)
_TAKEN = select(Order.external_id).where(
    col(Order.channel) == bindparam("channel"),
    col(Order.external_id).in_(bindparam("ids", expanding=True)),
)


@cache
def _add_orders(dialect: str) -> Any:
    orders = table_of(Order)
    return (
        insert_into(dialect, Order)
        .on_conflict_do_nothing(index_elements=["channel", "external_id"])
        .returning(orders.c.id, orders.c.channel, orders.c.external_id)
    )
