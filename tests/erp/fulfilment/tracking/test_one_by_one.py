"""Suppliers without a list of changes: each open purchase order is looked up."""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from erp.fulfilment.lifecycle import PurchaseStatus, Remark
from erp.fulfilment.tracking import turns
from suppliers.contract import Follows, SupplierClient
from suppliers.errors import Unavailable
from suppliers.registry import Clients, rest
from tests.erp.fulfilment.tracking.desks import looking_up, sent, supplier
from tests.erp.fulfilment.trade import EVERYWHERE, LEASE, POLL, RULES, Trade

P = PurchaseStatus


@EVERYWHERE
def test_each_is_followed_to_the_door(trade: Trade) -> None:
    desk = looking_up(trade)
    references = sent(trade, 3)
    seen = []
    for seconds in (61, 3600, 7200):
        trade.later(seconds=seconds)
        assert trade.track() == 3
        seen.append(set(trade.statuses()))

    assert seen == [{P.ACCEPTED}, {P.SHIPPED}, {P.DELIVERED}]
    assert sorted(desk.asked) == sorted(3 * references)
    trade.later(days=1)
    assert trade.track() == 0


@EVERYWHERE
def test_those_asked_longest_ago_come_first(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "MOST_LOOK_UPS", 2)
    desk = looking_up(trade)
    references = sent(trade, 5)
    for _ in range(5):
        trade.later(seconds=POLL.total_seconds())
        trade.track()

    assert desk.asked[:5] == references
    assert desk.asked[5:9] == references[:4]


@EVERYWHERE
def test_a_poll_asks_no_more_than_the_supplier_allows(trade: Trade) -> None:
    desk = looking_up(trade)
    sent(trade, 6, calls_per_minute=8, burst=4)
    trade.later(minutes=5)

    trade.track()
    assert len(desk.asked) == 4
    assert trade.track() == 0
    trade.later(minutes=1)
    trade.track()

    assert len(desk.asked) == 8
    assert len(set(desk.asked)) == 6


def test_one_that_tells_by_itself_is_never_asked(trade: Trade) -> None:
    desk = looking_up(trade, Follows.TOLD)
    (reference,) = sent(trade, 1)
    for _ in range(10):
        trade.later(minutes=30)
        assert trade.track() == 0

    assert desk.asked == []
    assert trade.read(reference).status is P.SENT


@EVERYWHERE
def test_told_twice_that_it_has_none_such_a_human_decides(trade: Trade) -> None:
    desk = looking_up(trade)
    missed, kept = sent(trade, 2)
    desk.absent.add(missed)

    trade.later(minutes=2)
    trade.track()
    assert trade.read(missed).status is P.SENT
    trade.later(minutes=2)
    trade.track()

    asked = trade.read(missed)
    assert (asked.status, asked.remark) == (P.NEEDS_ATTENTION, Remark.ABSENT)
    assert trade.read(kept).status is P.ACCEPTED
    desk.absent.clear()
    trade.later(minutes=2)
    trade.track()
    assert trade.read(missed).status is P.ACCEPTED  # it was there after all


def test_once_is_not_enough_and_is_forgotten_when_it_is_seen(trade: Trade) -> None:
    desk = looking_up(trade)
    (reference,) = sent(trade, 1)
    for is_absent in (True, False, True, False):
        desk.absent = {reference} if is_absent else set()
        desk.open(trade)
        trade.later(minutes=2)
        trade.track()

    assert trade.read(reference).status is P.ACCEPTED


def test_what_has_shipped_is_not_missed(trade: Trade) -> None:
    desk = looking_up(trade)
    (reference,) = sent(trade, 1)
    trade.later(minutes=62)
    trade.track()
    desk.absent.add(reference)
    for _ in range(3):
        trade.later(minutes=2)
        trade.track()

    assert trade.read(reference).status is P.SHIPPED


def test_a_failure_ends_the_poll_and_keeps_what_was_said_before(trade: Trade) -> None:
    desk = looking_up(trade)
    sent(trade, 3)
    desk.failure = Unavailable("A", "gone")
    desk.open(trade)
    trade.later(minutes=2)

    trade.track()

    assert len(desk.asked) == 1
    failed = supplier(trade)
    assert (failed.poll_failures, failed.last_error) == (1, "gone")
    assert failed.next_poll_at is not None
    assert failed.next_poll_at > trade.now


def test_a_supplier_may_have_its_own_interval(trade: Trade) -> None:
    desk = looking_up(trade)
    sent(trade, 1, poll_seconds=600)
    for _ in range(20):
        trade.later(seconds=60)
        trade.track()

    assert len(desk.asked) == 2


@EVERYWHERE
@pytest.mark.parametrize("follows", [Follows.EACH, Follows.CHANGES], ids=str)
def test_a_poll_whose_process_died_is_made_again_once_its_lease_is_over(
    trade: Trade, follows: Follows
) -> None:
    """Pain: a store that was killed in the midst of a poll heard nothing for long."""
    looking_up(trade, follows)
    (reference,) = sent(trade, 1)
    trade.later(minutes=2)
    caller = trade.caller()
    with trade.sessions.writing() as session:  # and then it is killed
        assert len(turns.claim_turns(session, caller, trade.now, 8)) == 1

    assert trade.track() == 0
    trade.later(seconds=LEASE.total_seconds())
    assert trade.track() == 1
    assert trade.read(reference).status is P.ACCEPTED


def test_each_page_renews_the_lease(trade: Trade) -> None:
    """A list that takes longer to read than one lease is still read by one process."""
    trade.supplier("A", acknowledge_after=0)
    for _ in range(3):
        trade.purchase("A")
    trade.forward()
    leases = []

    @dataclass
    class Slow:
        real: SupplierClient
        follows: Follows = Follows.CHANGES

        def changes(self, cursor: str | None) -> Any:
            trade.now += LEASE / 2
            leases.append(supplier(trade).next_poll_at)
            page = self.real.changes(None)
            return replace(page, cursor=str(len(leases)), more=len(leases) < 4)

        def close(self) -> None:
            self.real.close()

    trade.clients.close()
    trade.clients = Clients(trade.clock, {"rest": lambda *given: Slow(rest(*given))})
    trade.track()

    starts = [at - LEASE for at in leases if at is not None]
    assert len(starts) == 4
    assert all(b - a >= timedelta(seconds=30) for a, b in pairwise(starts))
    assert RULES.lease == LEASE
