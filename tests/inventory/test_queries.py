"""Products are found by what they are and by what they lack."""

from datetime import date, timedelta

import pytest

from inventory import queries
from inventory.models import DailyDemand
from inventory.queries import ProductFilter, ProductGap
from tests.factories import make_offer, make_product, make_supplier


@pytest.fixture
def fresh_from(now):
    return now - timedelta(days=14)


@pytest.fixture
def shelf(sessions, now):
    with sessions.writing() as session:
        s1 = make_supplier(session, "S1", shipping_first_cents=400)
        s2 = make_supplier(session, "S2")
        both = make_product(session, "BOTH", title="Desk lamp", category="light")
        make_offer(session, both, s1, unit_cost_cents=500, quantity=3)
        make_offer(session, both, s2, unit_cost_cents=600, quantity=4)
        make_product(session, "BARE", title="Nobody sells it")
        dear = make_product(session, "DEAR", title="100% unknown cost")
        make_offer(session, dear, s2, unit_cost_cents=None, quantity=None)
        old = make_product(session, "OLD")
        make_offer(session, old, s1, as_of=now - timedelta(days=30))
    return sessions


def _rows(sessions, fresh_from, **asked):
    with sessions.reading() as session:
        found = queries.list_products(session, ProductFilter(**asked), fresh_from, None)
    return {row.product.sku: row for row in found.rows}


FILTERS = {
    "everything": ({}, {"BARE", "BOTH", "DEAR", "OLD"}),
    "part of a SKU": ({"search": "ot"}, {"BOTH"}),
    "part of a title": ({"search": "LAMP"}, {"BOTH"}),
    "a supplier's SKU in small letters": ({"search": "s1-both"}, {"BOTH"}),
    "a supplier's SKU as it is": ({"search": "S2-BOTH"}, {"BOTH"}),
    "a percent sign": ({"search": "0%"}, {"DEAR"}),
    "no offer": ({"gap": ProductGap.NO_OFFER}, {"BARE"}),
    "cost unknown": ({"gap": ProductGap.COST_UNKNOWN}, {"DEAR"}),
    "stale": ({"gap": ProductGap.STALE}, {"OLD"}),
    "a supplier": ({"supplier": "S1"}, {"BOTH", "OLD"}),
    "a category": ({"category": "light"}, {"BOTH"}),
}


@pytest.mark.parametrize(("asked", "skus"), FILTERS.values(), ids=FILTERS)
def test_products_are_found_by(shelf, fresh_from, asked, skus):
    assert set(_rows(shelf, fresh_from, **asked)) == skus


def test_a_row_adds_up_what_is_known_and_no_more(shelf, fresh_from):
    rows = _rows(shelf, fresh_from)
    assert rows["BOTH"].best_costs == ((500, "USD"),)
    assert rows["BOTH"].quantity == 7
    assert rows["DEAR"].best_costs == ()
    assert rows["DEAR"].quantity is None
    assert rows["OLD"].quantity is None
    assert rows["OLD"].is_stale
    assert rows["BARE"].offers == 0


def test_offers_stand_cheapest_first_with_what_shipping_adds(shelf, fresh_from):
    with shelf.reading() as session:
        product = queries.find_product(session, "BOTH")
        offers = queries.offers_of(session, product, fresh_from)
    assert [(row.supplier.code, row.order_cost_cents) for row in offers] == [
        ("S2", 600),
        ("S1", 900),
    ]


def test_recent_demand_has_a_row_for_quiet_days_too(shelf):
    with shelf.writing() as session:
        product = queries.find_product(session, "BOTH")
        for channel, units in (("web", 2), ("market", 3)):
            row = DailyDemand(
                product_id=product.id,
                day=date(2026, 3, 1),
                channel=channel,
                units=units,
            )
            session.add(row)
        session.flush()
        found = queries.recent_demand(session, product, date(2026, 3, 2), 3)
    assert [each.units for each in found] == [0, 5, 0]
