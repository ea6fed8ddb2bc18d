"""A supplier that cannot take an order now gets it later, and once."""

from datetime import timedelta

import pytest
from sqlmodel import col

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import AttemptOutcome, PurchaseOrder
from tests.erp.fulfilment.trade import EVERYWHERE, RULES, Trade

P = PurchaseStatus


@pytest.mark.parametrize("as_date", [False, True], ids=["seconds", "date"])
def test_a_supplier_that_asks_for_patience_gets_it_for_its_whole_queue(
    trade: Trade, as_date: bool
) -> None:
    trade.supplier("A")
    first, second = trade.purchase("A"), trade.purchase("A")
    trade.change(PurchaseOrder, col(PurchaseOrder.reference) == second, due_at=None)
    trade.trouble("A", "rate_limit", retry_after=90, as_date=as_date)

    trade.forward()
    asked = trade.read(first).due_at
    assert asked is not None
    assert timedelta(seconds=90) <= asked - trade.now <= timedelta(seconds=96)
    trade.change(
        PurchaseOrder, col(PurchaseOrder.reference) == second, due_at=trade.now
    )
    assert trade.forward() == 0
    trade.later(seconds=100)
    trade.forward()

    assert trade.statuses() == [P.SENT, P.SENT]
    assert trade.counted("A", first) == (1, 2)
    assert trade.counted("A", second) == (1, 1)


@EVERYWHERE
def test_the_rest_of_the_queue_waits_with_the_one_that_was_told_to_wait(
    trade: Trade,
) -> None:
    trade.supplier("A")
    references = [trade.purchase("A") for _ in range(6)]
    trade.trouble("A", "rate_limit", retry_after=90)

    trade.forward(threads=2)  # one call at a time for one supplier

    assert [trade.counted("A", each)[1] for each in references] == [1, 0, 0, 0, 0, 0]
    trade.later(seconds=100)
    trade.forward(threads=2)
    assert trade.statuses() == [P.SENT] * 6


@EVERYWHERE
def test_a_supplier_down_for_an_hour_loses_nothing_and_gets_everything_once(
    trade: Trade,
) -> None:
    trade.supplier("A")
    references = [trade.purchase("A") for _ in range(5)]
    trade.trouble("A", "down", seconds=3600)

    for _ in range(80):
        trade.forward()
        trade.reconcile()
        trade.later(seconds=60)

    assert trade.statuses() == [P.SENT] * 5
    assert [trade.counted("A", each)[0] for each in references] == [1] * 5


def test_nobody_at_the_address_is_tried_again_with_growing_patience(
    trade: Trade, free_port: int
) -> None:
    trade.supplier("A")
    trade.change_supplier("A", base_url=f"http://127.0.0.1:{free_port}/s/A")
    reference = trade.purchase("A")

    waits = []
    for _ in range(4):
        trade.forward()
        due_at = trade.read(reference).due_at
        assert due_at is not None
        waits.append((due_at - trade.now).total_seconds())
        trade.now = due_at

    assert waits == [3.75, 7.5, 15.0, 30.0]
    assert trade.read(reference).status is P.QUEUED
    assert {a.outcome for a in trade.attempts(reference)} == {
        AttemptOutcome.UNAVAILABLE
    }


@EVERYWHERE
def test_after_so_many_attempts_a_human_decides(trade: Trade, free_port: int) -> None:
    trade.supplier("A")
    trade.change_supplier("A", base_url=f"http://127.0.0.1:{free_port}/s/A")
    reference = trade.purchase("A")

    for _ in range(RULES.max_attempts):
        trade.forward()
        trade.now += timedelta(hours=5)

    given_up = trade.read(reference)
    assert given_up.status is P.NEEDS_ATTENTION
    assert given_up.due_at is None
    assert given_up.note
    assert trade.forward() == 0


def test_a_busy_supplier_that_says_in_a_second_is_no_humans_business(
    trade: Trade,
) -> None:
    trade.supplier("A")
    reference = trade.purchase("A")
    trade.trouble("A", "rate_limit", retry_after=1, times=None)

    for _ in range(2 * RULES.max_attempts):
        trade.forward()
        trade.now += timedelta(seconds=10)

    assert trade.read(reference).status is P.QUEUED
