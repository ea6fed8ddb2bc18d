"""However the database is asked, a list has the orders a plain look at each would find.

What picks few orders is joined and what picks many is tested: random stores are asked
for the same things both ways, on either database.
"""

import itertools
import random
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlmodel import col, select

from config import paging
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.overview.search import late_orders, orders_of_supplier
from erp.orders import queries
from erp.orders.lifecycle import OrderStatus
from erp.orders.models import Order
from erp.orders.search import ORDERS, OrderFilter, OrderSort, planned
from tests.factories import (
    make_contact,
    make_order,
    make_product,
    make_purchase_order,
    make_supplier,
)

NAMES = ("Maria García", "Marc Lee", "Mariana Gardner", "Lee Marianne")
WORDS = ("mar", "maria", "gar", "lee mar", "A", "maria B", "nobody", "#7")
HOW_FEW = (0, 5, 1000)


@dataclass(frozen=True)
class Known:
    """One order, as a reader knows it."""

    name: str
    customer: str
    channel: str
    sku: str
    suppliers: frozenset[str]
    is_late: bool
    placed_at: object
    total_cents: int
    id: int


def _fill(session, dice, now):
    for sku in "AB":
        make_product(session, sku)
    suppliers = [make_supplier(session, code) for code in ("S1", "S2", "S3")]
    return [_one(session, dice, now, suppliers, number) for number in range(80)]


def _one(session, dice, now, suppliers, number):
    customer, sku = dice.choice(NAMES), dice.choice("AB")
    order = make_order(
        session,
        ((sku, 1, dice.randrange(1, 9) * 100),),
        name=f"#{number}",
        channel=dice.choice(("web", "market")),
        contact=make_contact(session, name=customer, email=""),
        placed_at=now - timedelta(days=dice.randrange(20)),
    )
    asked = [dice.choice(suppliers) for _ in range(dice.randrange(3))]
    late = [dice.random() < 0.3 for _ in asked]
    for supplier, is_late in zip(asked, late, strict=True):
        due = now + timedelta(days=-1 if is_late else 1)
        make_purchase_order(
            session,
            order,
            supplier,
            PurchaseStatus.SENT,
            lines=[],
            ship_by=due,
            deliver_by=due,
            reference=f"P{next(_references)}",
        )
    codes = frozenset(supplier.code for supplier in asked)
    return Known(
        order.name,
        customer.lower().replace("í", "i"),
        order.channel,
        sku,
        codes,
        any(late),
        order.placed_at,
        order.total_cents,
        order.id,
    )


_references = itertools.count(1)


def _has(order, words):
    begun = order.customer.split()
    return all(
        word in (order.sku, order.name)
        or any(each.startswith(word.lower()) for each in begun)
        for word in words.split()
    )


def _asked(now):
    """Filters, each beside the plain test of an order it stands for."""
    searches = [("", lambda _: True)]
    searches += [(words, lambda o, words=words: _has(o, words)) for words in WORDS]
    for (words, has), channel, code, late in itertools.product(
        searches, ("", "web"), ("", "S1", "S9"), (False, True)
    ):
        among = (orders_of_supplier(code),) * bool(code) + (late_orders(now),) * late
        yield (
            OrderFilter(search=words, channel=channel, among=among),
            lambda o, has=has, channel=channel, code=code, late=late: (
                has(o)
                and channel in ("", o.channel)
                and (not code or code in o.suppliers)
                and (o.is_late or not late)
            ),
        )


@pytest.mark.parametrize("seed", range(2))
def test_every_way_finds_what_a_plain_look_finds(both_sessions, now, seed):
    with both_sessions.writing() as session:
        known = _fill(session, random.Random(seed), now)
    everything = select(col(Order.id))
    with both_sessions.reading() as session:
        for wanted, test in _asked(now):
            expected = sorted((o.placed_at, o.id) for o in known if test(o))
            newest = [id_ for _, id_ in reversed(expected)]
            for few in HOW_FEW:
                search = planned(session, wanted, few)
                query = search.gathered(everything)
                gathered = session.execute(query).scalars().all()
                assert sorted(gathered) == sorted(newest), wanted
                query = search.sorted(everything)
                page = paging.page(session, query, ORDERS[wanted.sort])
                assert [row[0] for row in page.rows] == newest[:50], wanted
            page, count = queries.list_and_count(session, wanted)
            assert [row.id for row in page.rows] == newest[:50]
            assert (count.number, count.is_exact) == (len(newest), True)


def test_every_page_of_every_order_is_right_both_ways(both_sessions, now):
    with both_sessions.writing() as session:
        known = _fill(session, random.Random(7), now)
    sizes = {OrderSort.LARGEST: True, OrderSort.SMALLEST: False}
    with both_sessions.reading() as session:
        for few, (sort, falls) in itertools.product(HOW_FEW, sizes.items()):
            wanted = OrderFilter(search="mar", sort=sort)
            query = planned(session, wanted, few).sorted(select(col(Order.id)))
            seen, mark = [], None
            while mark or not seen:
                page = paging.page(session, query, ORDERS[sort], mark, size=7)
                seen += [row[0] for row in page.rows]
                mark = page.after
            found = [(o.total_cents, o.id) for o in known if _has(o, "mar")]
            assert seen == [id_ for _, id_ in sorted(found, reverse=falls)]


def test_what_is_many_is_said_to_be_more_without_counting(sessions, now):
    with sessions.writing() as session:
        for number in range(4):
            make_order(session, name=f"#{number}", status=OrderStatus.HELD)
    with sessions.reading() as session:
        search = planned(session, OrderFilter(search="ada"), few=3)
        assert (search.count.number, search.count.is_exact) == (1000, False)
        search = planned(session, OrderFilter(search="ada"), few=4)
        assert (search.count.number, search.count.is_exact) == (4, True)
        both = OrderFilter(search="ada", status=OrderStatus.HELD)
        assert planned(session, both, few=3).count is None
