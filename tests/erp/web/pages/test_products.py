"""Products: what each costs where, and how it sells; unknown is never zero."""

from datetime import date, timedelta

import pytest

from erp.accounts.models import Role
from inventory.models import DailyDemand
from tests.factories import make_offer, make_product, make_supplier


@pytest.fixture
def viewer(sign_in_as):
    return sign_in_as(Role.VIEWER)


@pytest.fixture
def shelf(sessions, now):
    with sessions.writing() as session:
        s1, s2 = make_supplier(session, "S1"), make_supplier(session, "S2")
        lamp = make_product(session, "LAMP/1", title="Desk lamp", category="light")
        make_offer(session, lamp, s1, unit_cost_cents=1234, lead_time_days=3)
        make_offer(session, lamp, s2, unit_cost_cents=None, quantity=None)
        make_product(session, "BARE")
        old = make_product(session, "OLD")
        make_offer(session, old, s1, as_of=now - timedelta(days=90))
        row = DailyDemand(
            product_id=lamp.id, day=date(2026, 3, 1), channel="web", units=7
        )
        session.add(row)


def test_an_empty_store_is_told_what_to_import(viewer):
    assert "erp import catalog" in viewer.get("/products").text


FILTERS = {
    "": {"LAMP/1", "BARE", "OLD"},
    "q=lamp": {"LAMP/1"},
    "gap=no_offer": {"BARE"},
    "gap=stale": {"OLD"},
    "supplier=S2": {"LAMP/1"},
    "category=light": {"LAMP/1"},
    "q=zzz": set(),
}


@pytest.mark.parametrize(("query", "shown"), FILTERS.items(), ids=FILTERS)
def test_the_list_is_narrowed_by(viewer, shelf, query, shown):
    page = viewer.get(f"/products?{query}").text
    assert {sku for sku in ("LAMP/1", "BARE", "OLD") if f">{sku}<" in page} == shown


def test_the_page_sets_offers_side_by_side(viewer, shelf):
    page = viewer.get("/products/LAMP/1").text
    assert "$12.34" in page
    assert "unknown" in page
    assert page.index(">S1<") < page.index(">S2<")


def test_demand_is_a_chart_and_a_table(viewer, shelf):
    page = viewer.get("/products/LAMP/1").text
    assert "7 units" in page
    assert "<svg" in page
    assert "Mar 1, 2026" in page


def test_a_product_without_an_offer_says_what_that_means(viewer, shelf):
    assert "Orders with it wait" in viewer.get("/products/BARE").text


def test_a_product_nobody_knows_is_not_found(viewer):
    assert viewer.get("/products/GHOST").status_code == 404
