"""The steps of forwarding over services with two steps, odd codes and soft errors."""

import pytest

from erp.fulfilment.lifecycle import PurchaseStatus, Remark
from tests.erp.fulfilment.trade import SETTLE, Trade

P = PurchaseStatus
OPTIONS = {"printful": {}, "bigbuy": {"email": "orders@shop.test", "phone": "1"}}


def bought_at(trade: Trade, kind: str) -> str:
    """A purchase order that waits to go to such a service."""
    code = trade.supplier("A")
    base_url = trade.remote.base_url(code, kind)
    trade.change_supplier("A", kind=kind, base_url=base_url, options=OPTIONS[kind])
    return trade.purchase("A")


def drafts(trade: Trade) -> int:
    return trade.remote.books()["suppliers"][trade.codes["A"]]["drafts"]


@pytest.fixture(params=OPTIONS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_an_order_goes_out_once(trade: Trade, kind: str) -> None:
    reference = bought_at(trade, kind)

    trade.forward()

    assert trade.read(reference).status is P.SENT
    assert trade.read(reference).supplier_reference
    assert trade.counted("A", reference) == (1, 1)


def test_a_lost_answer_is_found_and_nothing_is_sent_again(
    trade: Trade, kind: str
) -> None:
    reference = bought_at(trade, kind)
    trade.trouble("A", "lose_answer")
    trade.forward()
    assert trade.read(reference).status is P.UNKNOWN

    trade.reconcile()

    assert trade.read(reference).status is P.SENT
    assert trade.counted("A", reference) == (1, 1)


def test_a_draft_that_was_left_behind_is_confirmed_by_itself(trade: Trade) -> None:
    reference = bought_at(trade, "printful")
    trade.trouble("A", "lose_answer", on="prepare")
    trade.forward()
    assert (trade.read(reference).status, drafts(trade)) == (P.UNKNOWN, 1)

    trade.later(seconds=SETTLE.total_seconds() + 1)
    trade.reconcile()
    trade.later(seconds=10)
    trade.forward()

    assert trade.read(reference).status is P.SENT
    assert (trade.counted("A", reference), drafts(trade)) == ((1, 2), 0)


def test_an_order_put_back_among_the_drafts_is_confirmed_later(trade: Trade) -> None:
    reference = bought_at(trade, "printful")
    trade.trouble("A", "fall_back", times=2)
    for _ in range(3):
        trade.forward()
        trade.later(seconds=60)

    assert trade.read(reference).status is P.SENT
    assert (trade.counted("A", reference), drafts(trade)) == ((1, 3), 0)


def test_what_was_once_there_and_is_not_any_more_is_never_sent_again(
    trade: Trade, kind: str
) -> None:
    """Pain: the account was moved to another store, and every order went out twice."""
    reference = bought_at(trade, kind)
    trade.forward()
    trade.later(seconds=10)
    elsewhere = trade.remote.base_url(trade.supplier("B"), kind)
    at_home = trade.remote.base_url(trade.codes["A"], kind)
    trade.change_supplier("A", base_url=elsewhere)
    live_on(trade, seconds=20)
    assert trade.read(reference).status is P.SENT  # too young to be missed

    live_on(trade, hours=3)
    missed = trade.read(reference)
    assert (missed.status, missed.remark) == (P.NEEDS_ATTENTION, Remark.ABSENT)
    assert trade.everything_counted() == [(1, 1)]

    trade.change_supplier("A", base_url=at_home)
    live_on(trade, hours=1)
    assert trade.read(reference).status is P.SENT
    assert trade.everything_counted() == [(1, 1)]


def live_on(trade: Trade, **passed: float) -> None:
    """All that could send it again, four times in that while."""
    for _ in range(4):
        trade.later(**{unit: number / 4 for unit, number in passed.items()})
        trade.change_supplier("A", next_poll_at=None)
        trade.track()
        trade.reconcile()
        trade.forward()


@pytest.mark.parametrize("status", [419, 429])
def test_a_warning_waits_as_a_limit_does(trade: Trade, status: int) -> None:
    reference = bought_at(trade, "printful")
    trade.trouble("A", "fail", status=status)
    trade.forward()
    assert trade.read(reference).status is P.QUEUED
    trade.later(seconds=59)
    assert trade.forward() == 0

    trade.later(seconds=60)
    trade.forward()

    assert trade.read(reference).status is P.SENT
    assert trade.counted("A", reference) == (1, 2)


@pytest.mark.parametrize("is_raw", [False, True], ids=["code in JSON", "whole answer"])
def test_a_failure_that_looks_like_success_is_settled(
    trade: Trade, is_raw: bool
) -> None:
    reference = bought_at(trade, "bigbuy")
    trade.trouble("A", "soft_error", is_raw=is_raw)
    trade.forward()
    assert trade.read(reference).status is P.UNKNOWN

    trade.reconcile()

    assert trade.read(reference).status is P.SENT
    assert trade.counted("A", reference) == (1, 1)


def test_an_empty_purse_holds_the_order_and_gives_it_to_nobody_else(
    trade: Trade,
) -> None:
    reference = bought_at(trade, "bigbuy")
    trade.trouble("A", "refuse", word="ER005")
    trade.forward()
    waiting = trade.read(reference)
    assert waiting.status is P.QUEUED
    assert "purse" in waiting.note

    trade.later(seconds=60)
    trade.forward()

    assert trade.read(reference).status is P.SENT
    assert trade.counted("A", reference) == (1, 2)
