"""What a supplier allows is typed on its form; whether it is called is on its page."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from erp.accounts.models import Role
from suppliers.allowances import listen, told
from suppliers.errors import ShutOut, Unavailable
from suppliers.health import FEWEST_CALLS, Circuit
from suppliers.models import Supplier, SupplierHealth, SupplierOutage
from tests.factories import make_order, make_purchase_order, make_supplier

TYPED = {
    "name": "One",
    "kind": "rest",
    "base_url": "https://one.example",
    "currency": "USD",
    "order_fee": "0",
    "shipping_first": "0",
    "shipping_extra": "0",
}
LIMITS = {
    "calls_per_minute": "120",
    "burst": "20",
    "error_budget_percent": "5",
    "poll_seconds": "300",
}


@pytest.fixture
def operator(sign_in_as):
    return sign_in_as(Role.OPERATOR)


@pytest.fixture
def known(sessions):
    with sessions.writing() as session:
        supplier = make_supplier(
            session, "S1", kind="rest", base_url="https://one.example"
        )
        make_purchase_order(session, make_order(session), supplier)
    return sessions


def supplier(sessions):
    with sessions.reading() as session:
        return session.exec(select(Supplier).where(col(Supplier.code) == "S1")).one()


def fail(sessions, now, error):
    with sessions.writing() as session:
        one = session.exec(select(Supplier.id)).one()
        listen(session, [told(one, error)] * FEWEST_CALLS, now)


def test_limits_are_kept_and_taken_back(operator, known):
    operator.submit("/suppliers/S1/edit", **(TYPED | LIMITS))
    kept = supplier(known)
    assert {name: str(getattr(kept, name)) for name in LIMITS} == LIMITS
    assert 'value="120"' in operator.get("/suppliers/S1/edit").text

    operator.submit("/suppliers/S1/edit", **(TYPED | dict.fromkeys(LIMITS, "")))
    kept = supplier(known)
    assert {getattr(kept, name) for name in LIMITS} == {None}


@pytest.mark.parametrize(
    "wrong",
    [
        {"calls_per_minute": "0"},
        {"calls_per_minute": "often"},
        {"calls_per_minute": "9" * 40},
        {"calls_per_minute": "10", "burst": "11"},
        {"burst": "5", "calls_per_minute": ""},
        {"error_budget_percent": "101"},
        {"poll_seconds": "-1"},
    ],
    ids=str,
)
def test_a_wrong_limit_is_marked_and_nothing_is_saved(operator, known, wrong):
    answer = operator.submit("/suppliers/S1/edit", **(TYPED | LIMITS | wrong))

    assert answer.status_code == 422
    assert "is-invalid" in answer.text
    assert supplier(known).calls_per_minute is None


def test_a_supplier_nobody_calls_says_since_when_why_and_until_when(
    operator, known, now
):
    fail(known, now, Unavailable("S1", "nobody there"))

    page = operator.get("/suppliers/S1").text
    assert "Too many calls to it failed" in page
    assert "one call will see whether it is back" in page
    assert ". Its purchase orders wait" in page
    listed = operator.get("/suppliers?state=resting").text
    assert "Not called now" in listed
    assert 'href="/suppliers/S1"' in listed
    assert 'href="/suppliers/S1"' not in operator.get("/suppliers?state=failing").text
    assert "S1" in operator.get("/").text  # its purchase orders wait


def test_refused_credentials_are_asked_for_again_and_tried_at_once(
    operator, known, now
):
    fail(known, now, ShutOut("S1", "it answered 401"))
    page = operator.get("/suppliers/S1").text
    assert "It refuses our credentials" in page
    assert "Type them again" in page

    operator.submit("/suppliers/S1/edit", **(TYPED | {"token": "a new one"}))

    assert "It refuses our credentials" not in operator.get("/suppliers/S1").text
    with known.reading() as session:
        health = session.exec(select(SupplierHealth)).one()
        outage = session.exec(select(SupplierOutage)).one()
    assert (health.circuit, health.ready_at) == (Circuit.CLOSED, None)
    assert outage.ended_at is not None
    assert outage.ended_at - outage.since >= timedelta()
