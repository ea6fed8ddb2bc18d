"""Demand adds up per product, day and channel."""

from datetime import date

from sqlmodel import select

from inventory.demand import record_demand
from inventory.models import DailyDemand
from tests.factories import make_product

DAY = date(2026, 3, 2)


def test_units_of_one_day_and_channel_add_up(sessions):
    with sessions.writing() as session:
        a, b = make_product(session, "A").id, make_product(session, "B").id
        record_demand(session, [(a, DAY, "web", 2), (b, DAY, "web", 1)])
        record_demand(session, [(a, DAY, "web", 3), (a, DAY, "shop", 1)])
    with sessions.reading() as session:
        rows = session.exec(select(DailyDemand)).all()
    assert {(row.product_id, row.channel): row.units for row in rows} == {
        (a, "web"): 5,
        (b, "web"): 1,
        (a, "shop"): 1,
    }


def test_several_units_of_one_product_in_one_call_count_together(sessions):
    with sessions.writing() as session:
        a = make_product(session, "A").id
        record_demand(session, [(a, DAY, "web", 2), (a, DAY, "web", 2)])
    with sessions.reading() as session:
        assert session.exec(select(DailyDemand.units)).all() == [4]


def test_no_sales_write_nothing(sessions):
    with sessions.writing() as session:
        record_demand(session, [])
    with sessions.reading() as session:
        assert session.exec(select(DailyDemand)).all() == []


def test_absurd_orders_do_not_stop_those_that_follow(both_sessions):
    with both_sessions.writing() as session:
        a = make_product(session, "A").id
        for _ in range(3):
            record_demand(session, [(a, DAY, "web", 1_500_000_000)])
    with both_sessions.reading() as session:
        assert session.exec(select(DailyDemand.units)).one() == 4_500_000_000
