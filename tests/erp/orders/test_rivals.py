"""An order over again is found by its customer, goods and price, however it came in."""

from datetime import timedelta

import pytest
from sqlmodel import select

from erp.orders.cases import waiting_cases
from erp.orders.guards import GuardPolicy
from erp.orders.incoming import read_order
from erp.orders.intake import accept
from erp.orders.models import Order
from tests.asked import an_order, asked_line

POLICY = GuardPolicy(None, None, timedelta(hours=24))
ADDRESS = an_order()["ship_to"]


@pytest.fixture
def take(sessions, now):
    def one(number, **changes):
        asked = an_order(external_id=str(number), name=f"#{number}") | changes
        with sessions.writing() as session:
            return accept(session, read_order(asked), now).order_id

    return one


@pytest.fixture
def rivals(sessions, now):
    """The names of the orders that each one may repeat, by its id."""

    def found():
        with sessions.writing() as session:
            cases = waiting_cases(session, POLICY, now, limit=100)
        return {x.order_id: [r.name for r in x.facts.rivals] for x in cases}

    return found


@pytest.mark.parametrize(
    "again",
    [
        {},
        {"email": "ADA@example.com", "ship_to": ADDRESS | {"address1": "Elsewhere 1"}},
        {"email": "", "ship_to": ADDRESS | {"name": "ADA LOVELACE"}},
        {"email": "other@example.com", "ship_to": ADDRESS | {"city": "Camden"}},
    ],
    ids=["all alike", "same e-mail", "same door", "same door, other e-mail"],
)
def test_the_same_customer_with_the_same_goods_is_found(take, rivals, again):
    first, second = take(1), take(2, **again)
    found = rivals()
    assert found[first] == []
    assert set(found[second]) == {"#1"}


@pytest.mark.parametrize(
    "other",
    [
        {"email": "bob@example.com", "ship_to": ADDRESS | {"name": "Bob"}},
        {"lines": [asked_line(quantity=2)], "total": "20.00"},
        {"lines": [asked_line(sku="B")]},
        {"lines": [asked_line(unit_price="12.00")], "total": "12.00"},
    ],
    ids=["customer", "quantity", "product", "price"],
)
def test_what_differs_is_no_order_over_again(take, rivals, other):
    take(1, **other)
    second = take(2)
    assert rivals()[second] == []


def test_the_order_of_the_lines_does_not_matter(take, rivals):
    lines = [asked_line(), asked_line(sku="B")]
    take(1, lines=lines, total="20.00")
    second = take(2, lines=lines[::-1], total="20.00")
    assert set(rivals()[second]) == {"#1"}


def test_without_a_customer_nothing_is_alike(take, rivals, sessions):
    nobody = {"email": "", "ship_to": ADDRESS | {"address1": ""}}
    take(1, **nobody)
    second = take(2, **nobody)
    assert rivals()[second] == []
    with sessions.reading() as session:
        keys = session.exec(select(Order.email_key, Order.door_key)).all()
    assert set(keys) == {(None, None)}


def test_a_mended_address_tells_the_customer_anew(take, rivals):
    take(1)
    bob = {"email": "bob@example.com", "ship_to": ADDRESS | {"name": "Bob"}}
    second = take(2, **bob)
    assert rivals()[second] == []
    take(2)
    assert set(rivals()[second]) == {"#1"}
    take(2, **bob)
    assert rivals()[second] == []
