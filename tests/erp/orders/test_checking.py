"""Checked orders go on to routing, or wait with every reason that was found."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from erp.orders.checking import check_some
from erp.orders.guards import GuardPolicy
from erp.orders.holds import release
from erp.orders.incoming import read_order
from erp.orders.intake import accept
from erp.orders.lifecycle import HoldReason, LineStatus, NextStep, OrderStatus
from erp.orders.models import Hold, Order, OrderEvent, OrderLine, Payment
from inventory.models import DailyDemand, ExchangeRate
from tests.asked import an_order
from tests.factories import (
    make_contact,
    make_offer,
    make_order,
    make_product,
    make_supplier,
)

POLICY = GuardPolicy(timedelta(days=3), 0, timedelta(hours=24))


@pytest.fixture
def shop(sessions):
    """A store that sells A, which S1 offers for 5.00."""
    with sessions.writing() as session:
        make_offer(session, make_product(session, "A"), make_supplier(session, "S1"))
    return sessions


@pytest.fixture
def check(sessions, now):
    def run(**limits):
        return check_some(sessions, POLICY, now, **limits)

    return run


def add(sessions, **given):
    with sessions.writing() as session:
        return make_order(session, **given).id


def order_of(sessions, order_id):
    with sessions.reading() as session:
        return session.get(Order, order_id)


def open_reasons(sessions, order_id):
    with sessions.reading() as session:
        query = select(Hold).where(Hold.order_id == order_id)
        return {x.reason.value for x in session.exec(query) if x.closed_at is None}


def event_kinds(sessions):
    with sessions.reading() as session:
        return [(x.kind, x.facts) for x in session.exec(select(OrderEvent))]


def test_an_order_in_order_goes_on_to_routing(shop, check):
    order_id = add(shop)
    assert check() == 1
    order = order_of(shop, order_id)
    assert (order.status, order.next_step) == (OrderStatus.RECEIVED, NextStep.ROUTE)
    assert event_kinds(shop) == []
    assert check() == 0


def test_all_reasons_are_found_at_once_and_told_in_the_timeline(shop, check):
    order_id = add(shop, payment=Payment.PENDING, lines=(("GONE", 1, 1000),))
    check()
    order = order_of(shop, order_id)
    assert (order.status, order.next_step) == (OrderStatus.HELD, None)
    assert open_reasons(shop, order_id) == {"unpaid", "unknown_sku"}
    assert event_kinds(shop) == [
        ("held", {"reason": "unpaid", "payment": "pending"}),
        ("held", {"reason": "unknown_sku", "skus": "GONE"}),
        ("order_moved", {"status": "held"}),
    ]


def test_one_bad_order_does_not_stop_the_others(shop, check):
    bad = add(shop, payment=Payment.PENDING)
    good = add(shop, lines=(("A", 3, 1000),))
    check()
    assert order_of(shop, bad).status is OrderStatus.HELD
    assert order_of(shop, good).next_step is NextStep.ROUTE


def test_a_payment_that_arrives_releases_the_hold_by_itself(shop, check, now):
    for payment in ("pending", "paid"):
        with shop.writing() as session:
            order_id = accept(
                session, read_order(an_order(payment=payment)), now
            ).order_id
        check()
    order = order_of(shop, order_id)
    assert (order.status, order.next_step) == (OrderStatus.RECEIVED, NextStep.ROUTE)
    assert open_reasons(shop, order_id) == set()
    assert [kind for kind, _ in event_kinds(shop)][-2:] == [
        "hold_released",
        "order_moved",
    ]


def test_a_hold_that_is_not_the_guards_stays(shop, check, now):
    order_id = add(shop, status=OrderStatus.HELD)
    with shop.writing() as session:
        session.add(Hold(order_id=order_id, reason=HoldReason.SHORTFALL, opened_at=now))
    check()
    order = order_of(shop, order_id)
    assert (order.status, order.next_step) == (OrderStatus.HELD, None)
    assert open_reasons(shop, order_id) == {"shortfall"}


def test_what_a_human_released_is_not_held_for_again(shop, check, now):
    order_id = add(shop, payment=Payment.PENDING)
    check()
    with shop.writing() as session:
        release(session, session.get(Order, order_id), now, by="ada")
    check()
    assert order_of(shop, order_id).next_step is NextStep.ROUTE


def test_a_missing_fact_holds_again_until_it_is_there(shop, check, now):
    order_id = add(shop, lines=(("B", 3, 1000),))
    check()
    with shop.writing() as session:
        release(session, session.get(Order, order_id), now, by="ada")
    check()
    assert open_reasons(shop, order_id) == {"unknown_sku"}
    with shop.writing() as session:
        product = make_product(session, "B")
        make_offer(session, product, make_supplier(session, "S1"))
        release(session, session.get(Order, order_id), now, by="ada")
    check()
    assert order_of(shop, order_id).next_step is NextStep.ROUTE
    with shop.reading() as session:
        assert session.exec(select(OrderLine.product_id)).one() == product.id
        assert session.exec(select(DailyDemand.units)).one() == 3


def test_the_facts_of_a_hold_follow_the_order(shop, check, now):
    order_id = add(shop, payment=Payment.PENDING)
    check()
    with shop.writing() as session:
        order = session.get(Order, order_id)
        order.payment, order.next_step = Payment.AUTHORIZED, NextStep.CHECK
    check()
    with shop.reading() as session:
        assert session.exec(select(Hold)).one().facts == {"payment": "authorized"}


def test_the_second_of_two_alike_orders_waits_and_the_first_does_not(shop, check):
    first, second = add(shop), add(shop)
    check()
    assert open_reasons(shop, first) == set()
    assert open_reasons(shop, second) == {"possible_duplicate"}


def test_a_cancelled_order_makes_no_duplicate(shop, check, now):
    add(shop, cancelled_at=now)
    second = add(shop)
    check()
    assert open_reasons(shop, second) == set()


def test_other_items_or_another_customer_make_no_duplicate(shop, check):
    add(shop)
    more = add(shop, lines=(("A", 2, 1000),))
    with shop.writing() as session:
        other = make_contact(session, name="Bob", email="bob@example.com")
        elsewhere = make_order(session, contact=other).id
    check()
    assert open_reasons(shop, more) == open_reasons(shop, elsewhere) == set()


def test_cost_in_another_currency_needs_a_rate(shop, check, now):
    with shop.writing() as session:
        supplier = make_supplier(session, "S2", currency="BRL")
        product = make_product(session, "B")
        make_offer(session, product, supplier, unit_cost_cents=2000)
    held = add(shop, lines=(("B", 1, 1000),))
    check()
    assert open_reasons(shop, held) == {"cost_unknown"}
    with shop.writing() as session:
        session.add(
            ExchangeRate(
                base="BRL", currency="USD", day=now.date(), rate_millionths=200_000
            )
        )
        session.get(Order, held).next_step = NextStep.CHECK
    check()
    assert open_reasons(shop, held) == set()


def test_an_offer_that_is_no_longer_listed_has_no_cost(shop, check):
    with shop.writing() as session:
        product = make_product(session, "B")
        make_offer(session, product, make_supplier(session, "S1"), is_listed=False)
    order_id = add(shop, lines=(("B", 1, 1000),))
    check()
    assert open_reasons(shop, order_id) == {"cost_unknown"}


def test_an_order_with_nothing_left_to_buy_needs_no_routing(shop, check):
    order_id = add(shop)
    with shop.writing() as session:
        session.exec(select(OrderLine)).one().status = LineStatus.ALLOCATED
    check()
    assert order_of(shop, order_id).next_step is None


def test_no_more_orders_are_checked_at_once_than_asked_for(shop, check):
    for _ in range(3):
        add(shop, lines=(("GONE", 1, 1000),))
    assert [check(limit=2), check(limit=2), check(limit=2)] == [2, 1, 0]


def test_checkers_side_by_side_check_every_order_once(both_sessions, now):
    with both_sessions.writing() as session:
        make_offer(session, make_product(session, "A"), make_supplier(session, "S1"))
        for number in range(40):
            contact = make_contact(session, email=f"{number}@x.com", name=str(number))
            make_order(session, contact=contact, payment=Payment.PENDING)

    def work(_):
        done = 0
        while some := check_some(both_sessions, POLICY, now, limit=3):
            done += some
        return done

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 40
    with both_sessions.reading() as session:
        assert len(session.exec(select(Hold)).all()) == 40
