"""A trial counts as calls to the supplier, and waits as they do."""

from datetime import timedelta

import pytest
from sqlmodel import select

from suppliers.allowances import grant, listen, told
from suppliers.errors import RateLimited
from suppliers.models import Supplier, SupplierHealth
from tests.erp.web.pages.suppliers.trials import fetched, rows_of, tried, typed_for

GOOD = ("yes", "yes", "yes")
QUIET = ("—", "—", "—")


@pytest.fixture
def typed(owner, remote):
    """What stands on the form of the supplier as it is stored."""
    typed = typed_for(remote)
    assert owner.submit("/suppliers/new", **typed).status_code == 303
    return typed | {"token": ""}


@pytest.fixture
def test(owner, typed):
    return lambda **changed: tried(owner, "/suppliers/S9/edit", **(typed | changed))


def allow(sessions, calls_per_minute):
    with sessions.writing() as session:
        supplier = session.exec(select(Supplier)).one()
        supplier.calls_per_minute, supplier.burst = calls_per_minute, 1


def orders_that_may_go_out(sessions, now):
    with sessions.writing() as session:
        one = session.exec(select(Supplier.id)).one()
        return grant(session, {one: 9}, now, timedelta(minutes=2))[one].calls


def asked_for_patience(sessions, now, minutes):
    with sessions.writing() as session:
        one = session.exec(select(Supplier.id)).one()
        patience = timedelta(minutes=minutes)
        error = RateLimited("S9", "too often", patience)
        listen(session, [told(one, error, now + patience)], now)


def test_a_trial_asks_no_more_than_the_supplier_allows(test, sessions, clock):
    allow(sessions, 2)
    trial = test()
    assert rows_of(trial) == {"look_up": GOOD, "changes": QUIET}
    assert "It works" in trial
    assert "It may be asked again in 30 sec" in trial
    assert orders_that_may_go_out(sessions, clock()) == 0

    clock.move(seconds=30)
    assert orders_that_may_go_out(sessions, clock()) == 1


def test_a_trial_that_may_ask_nothing_says_so(test, sessions, clock):
    asked_for_patience(sessions, clock(), minutes=7)
    trial = test()
    assert rows_of(trial) == {"look_up": QUIET}
    assert "Not tested" in trial
    assert "It works" not in trial
    assert "It does not work yet" not in trial
    assert "We did not ask" in trial
    assert "It may be asked again in 7 minutes." in trial


def test_an_answer_is_not_fetched_while_patience_is_asked_for(
    owner, remote, typed, sessions, clock
):
    asked_for_patience(sessions, clock(), minutes=7)
    answers = fetched(owner, remote, "stock", path="/suppliers/S9/edit", token="")
    assert "We did not ask" in answers
    assert "It may be asked again in 7 minutes." in answers


def test_patience_asked_for_in_a_trial_holds_for_orders(test, remote, sessions, clock):
    remote.misbehave("S9", "rate_limit", on="look_up", retry_after=90)
    trial = test()
    assert rows_of(trial) == {"look_up": ("yes", "yes", "no")}
    assert "wait a while and try again" in trial
    assert orders_that_may_go_out(sessions, clock()) == 0
    clock.move(seconds=91)
    assert orders_that_may_go_out(sessions, clock()) == 9


def test_what_another_server_allows_is_not_known(test, remote, sessions, clock):
    asked_for_patience(sessions, clock(), minutes=7)
    here = remote.base_url("S9", "declared/envelope")
    elsewhere = here.replace("127.0.0.1", "localhost")
    trial = test(base_url=elsewhere, token="typed again")
    assert "We did not ask" not in trial


def test_a_trial_leaves_nothing_behind_where_nothing_is_limited(test, sessions):
    assert "It works" in test()
    with sessions.reading() as session:
        assert session.exec(select(SupplierHealth)).all() == []
