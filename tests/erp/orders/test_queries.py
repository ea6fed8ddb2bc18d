"""Orders are found by what an operator knows of them, and by nothing else."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from erp.orders import queries
from erp.orders.history import note
from erp.orders.holds import hold, release
from erp.orders.lifecycle import HoldReason, OrderStatus
from erp.orders.models import Order
from erp.orders.search import OrderFilter, OrderSort
from tests.factories import make_contact, make_order, make_product


@pytest.fixture
def shelf(sessions, now):
    """Three orders, newest last: a plain one, a held one, a dear one elsewhere."""
    with sessions.writing() as session:
        make_product(session, "LAMP-1")
        make_order(
            session,
            lines=(("LAMP-1", 1, 900),),
            name="#2001",
            external_id="shop-77",
            placed_at=now - timedelta(days=3),
        )
        held = make_order(session, name="#2002", placed_at=now - timedelta(days=2))
        hold(session, held, HoldReason.UNKNOWN_SKU, {"skus": "A"}, now)
        make_order(
            session,
            lines=(("GHOST", 1, 99_000),),
            name="#2003",
            channel="market",
            contact=make_contact(session, name="Élodie O'Neil", email="eo@x.example"),
            placed_at=now - timedelta(days=1),
        )
    return sessions


def _names(sessions, **asked):
    with sessions.reading() as session:
        found = queries.list_orders(session, OrderFilter(**asked))
    return [row.name for row in found.rows]


SEARCHES = {
    "name": ("#2001", ["#2001"]),
    "name without its sign": ("2001", ["#2001"]),
    "external id": ("shop-77", ["#2001"]),
    "SKU": ("LAMP-1", ["#2001"]),
    "SKU in small letters": ("lamp-1", ["#2001"]),
    "SKU nobody knows": ("GHOST", ["#2003"]),
    "part of a name": ("o'nei", ["#2003"]),
    "start of an e-mail": ("eo@x", ["#2003"]),
    "e-mail in capitals": ("EO@X.EXAMPLE", ["#2003"]),
    "wildcard is a letter": ("%", []),
    "nothing like it": ("zzz", []),
}


@pytest.mark.parametrize(("words", "names"), SEARCHES.values(), ids=SEARCHES)
def test_an_order_is_found_by(shelf, words, names):
    assert _names(shelf, search=words) == names


def test_filters_narrow_the_list(shelf, now):
    assert _names(shelf, status=OrderStatus.HELD) == ["#2002"]
    assert _names(shelf, reason=HoldReason.UNKNOWN_SKU) == ["#2002"]
    assert _names(shelf, reason=HoldReason.FRAUD_RISK) == []
    assert _names(shelf, channel="market") == ["#2003"]
    assert _names(shelf, placed_from=now - timedelta(days=2)) == ["#2003", "#2002"]
    assert _names(shelf, placed_before=now - timedelta(days=2)) == ["#2001"]
    among = (select(col(Order.id)).where(col(Order.name) == "#2001"),)
    assert _names(shelf, among=among) == ["#2001"]


def test_the_list_is_sorted_as_asked(shelf):
    assert _names(shelf) == ["#2003", "#2002", "#2001"]
    assert _names(shelf, sort=OrderSort.OLDEST) == ["#2001", "#2002", "#2003"]
    assert _names(shelf, sort=OrderSort.LARGEST) == ["#2003", "#2002", "#2001"]
    assert _names(shelf, sort=OrderSort.SMALLEST) == ["#2001", "#2002", "#2003"]


def test_a_row_says_why_its_order_waits(shelf):
    with shelf.reading() as session:
        row = queries.list_orders(session, OrderFilter(search="2002")).rows[0]
        assert queries.open_holds_by_reason(session) == [(HoldReason.UNKNOWN_SKU, 1)]
    assert row.reasons == (HoldReason.UNKNOWN_SKU,)
    assert row.customer == "Ada Lovelace"


def test_a_released_hold_is_no_reason_any_more(shelf, now):
    with shelf.writing() as session:
        order = session.exec(select(Order).where(col(Order.name) == "#2002")).one()
        release(session, order, now, by="ann")
    assert _names(shelf, reason=HoldReason.UNKNOWN_SKU) == []


def test_a_file_holds_what_the_list_holds(shelf):
    asked = OrderFilter(sort=OrderSort.OLDEST)
    with shelf.reading() as session:
        rows = queries.export_orders(session, asked)
        ids = queries.matching_ids(session, asked, limit=2)
        _, number = queries.list_and_count(session, asked)
    assert [row.name for row in rows] == ["#2001", "#2002", "#2003"]
    assert ids == [row.id for row in rows[:2]]
    assert (number.number, number.is_exact) == (3, True)


def test_the_timeline_starts_with_the_newest(shelf):
    with shelf.reading() as session:
        order = session.exec(select(Order).where(col(Order.name) == "#2002")).one()
        kinds = [event.kind for event in queries.timeline(session, order)]
    assert kinds == ["order_moved", "held"]


def test_two_events_of_a_second_stand_as_they_were_noted(shelf, now):
    with shelf.writing() as session:
        order = session.exec(select(Order).where(col(Order.name) == "#2002")).one()
        note(session, order, "hold_released", now + timedelta(milliseconds=9))
        note(session, order, "routed", now + timedelta(milliseconds=5))
    with shelf.reading() as session:
        kinds = [event.kind for event in queries.timeline(session, order)]
    assert kinds[:2] == ["routed", "hold_released"]
