"""A lost answer ends in one of three ways: found, proved absent, or a human."""

import pytest

from erp.fulfilment.models import AttemptOutcome
from suppliers.contract import Duplicates, PurchaseReport
from suppliers.registry import Clients
from tests.erp.fulfilment.forwarding.lost_answers import (
    Answering,
    P,
    lost,
    request_of,
)
from tests.erp.fulfilment.trade import EVERYWHERE, LEASE, RULES, SETTLE, Trade


@EVERYWHERE
@pytest.mark.parametrize("guard", ["key", "none"])
def test_what_the_supplier_has_is_found_and_not_sent_again(
    trade: Trade, guard: str
) -> None:
    reference = lost(trade, when="after", guard=guard)

    assert trade.reconcile() == 1

    found = trade.read(reference)
    assert (found.status, found.due_at) == (P.SENT, None)
    assert trade.forward() == 0
    assert trade.counted("A", reference) == (1, 1)


@EVERYWHERE
@pytest.mark.parametrize("guard", ["key", "none"])
def test_what_the_supplier_lacks_is_sent_again_after_the_settle_delay(
    trade: Trade, guard: str
) -> None:
    reference = lost(trade, when="before", guard=guard)

    trade.reconcile()
    assert trade.read(reference).status is P.UNKNOWN
    trade.later(seconds=SETTLE.total_seconds() - 1)
    assert trade.reconcile() == 0
    trade.later(seconds=1)
    trade.reconcile()

    queued = trade.read(reference)
    assert queued.status is P.QUEUED
    assert "purchase_requeued" in trade.events(queued.order_id)
    trade.later(seconds=10)
    assert trade.forward() == 1
    assert trade.read(reference).status is P.SENT
    assert trade.counted("A", reference) == (1, 2)


def test_an_order_that_reaches_the_suppliers_books_late_is_found(trade: Trade) -> None:
    """It is asked before it is resent, however often it was absent before."""
    reference = lost(trade, when="before", guard="none")
    trade.reconcile()
    trade.remote.behave()
    trade.client("A").submit(request_of(trade, reference))  # it was on its way

    trade.later(seconds=61)
    trade.reconcile()

    assert trade.read(reference).status is P.SENT
    assert trade.counted("A", reference) == (1, 2)


def test_absence_that_was_asked_for_too_early_proves_nothing(trade: Trade) -> None:
    """A look-up that takes longer than the settle delay was still asked before it."""
    reference = lost(trade, when="before")
    real = trade.client("A")

    class Slow:
        duplicates = Duplicates.NATIVE_KEY

        def look_up(self, reference: str) -> PurchaseReport | None:
            answer = real.look_up(reference)
            trade.now += 2 * SETTLE
            return answer

        def close(self) -> None: ...

    slow = Clients(trade.clock, {"rest": lambda *_: Slow()})
    trade.reconcile(clients=slow)

    assert trade.read(reference).status is P.UNKNOWN


def test_a_dialect_that_cannot_prove_absence_asks_a_human(trade: Trade) -> None:
    reference = lost(trade, when="before")

    class Vague:
        duplicates = Duplicates.LIST_SCAN

        def look_up(self, reference: str) -> PurchaseReport | None:
            return None

        def close(self) -> None: ...

    vague = Clients(trade.clock, {"rest": lambda *_: Vague()})
    trade.later(hours=1)
    trade.reconcile(clients=vague)

    assert trade.read(reference).status is P.NEEDS_ATTENTION
    assert trade.forward() == 0


@EVERYWHERE
def test_a_supplier_that_looks_nothing_up_asks_a_human(trade: Trade) -> None:
    reference = lost(trade, when="before", look_up=False)

    trade.reconcile()

    asked = trade.read(reference)
    assert (asked.status, asked.due_at) == (P.NEEDS_ATTENTION, None)
    assert asked.note
    assert trade.reconcile() == 0
    assert trade.forward() == 0


def test_what_a_human_was_asked_about_may_still_turn_up_by_itself(
    trade: Trade,
) -> None:
    reference = lost(trade, when="after", look_up=False)
    trade.reconcile()
    assert trade.read(reference).status is P.NEEDS_ATTENTION

    trade.track()

    assert trade.read(reference).status is P.SENT


def test_a_supplier_that_is_down_is_asked_until_it_is_back(trade: Trade) -> None:
    """It says itself for how long, and is asked no sooner."""
    reference = lost(trade, when="after")
    trade.trouble("A", "down", seconds=1800, on="look_up")

    assert trade.reconcile() == 1
    for _ in range(30):
        assert trade.reconcile() == 0
        assert trade.read(reference).status is P.UNKNOWN
        trade.later(seconds=60)
    trade.later(seconds=10)
    trade.reconcile()

    assert trade.read(reference).status is P.SENT
    assert trade.counted("A", reference) == (1, 1)


def test_a_look_up_that_fails_for_hours_asks_a_human(trade: Trade) -> None:
    reference = lost(trade, when="after")
    trade.change_supplier("A", sealed_token=trade.secrets.seal("revoked"))

    trade.reconcile()
    assert trade.read(reference).status is P.UNKNOWN
    trade.later(hours=5)
    trade.reconcile()

    assert trade.read(reference).status is P.NEEDS_ATTENTION


def test_a_supplier_that_loses_every_order_does_not_get_it_for_ever(
    trade: Trade,
) -> None:
    trade.supplier("A")
    reference = trade.purchase("A")
    trade.trouble("A", "lose_answer", when="before", times=None)

    for _ in range(RULES.max_attempts):
        trade.forward()
        trade.later(seconds=61)
        trade.reconcile()
        trade.later(hours=5)

    assert trade.read(reference).status is P.NEEDS_ATTENTION
    assert trade.counted("A", reference) == (0, RULES.max_attempts)


@EVERYWHERE
def test_a_claim_whose_process_died_is_looked_up_before_it_is_sent_again(
    trade: Trade,
) -> None:
    trade.supplier("A", guard="none")
    reference = trade.purchase("A")

    class Death(BaseException):
        """What a killed process leaves: a claim, and a call that was made."""

    def die(*_: object) -> None:
        trade.client("A").submit(request_of(trade, reference))
        raise Death

    dying = Clients(trade.clock, {"rest": lambda *_: Answering(die)})
    with pytest.raises(Death):
        trade.forward(clients=dying)

    assert trade.read(reference).status is P.SENDING
    assert trade.reconcile() == 0  # the lease still runs: it may be alive
    assert trade.forward() == 0
    trade.later(seconds=LEASE.total_seconds())
    trade.reconcile()
    assert trade.read(reference).status is P.SENT
    assert trade.counted("A", reference) == (1, 1)
    (attempt,) = trade.attempts(reference)
    assert attempt.outcome is AttemptOutcome.LOST


def test_one_supplier_that_hangs_does_not_keep_the_others_unknown(
    trade: Trade,
) -> None:
    first = lost(trade, when="after")
    trade.supplier("B")
    second = trade.purchase("B")
    trade.trouble("B", "lose_answer", when="after")
    trade.forward()
    trade.trouble("A", "hang", on="look_up", seconds=3)

    trade.reconcile(call_seconds=0.5)

    assert trade.read(first).status is P.UNKNOWN
    assert trade.read(second).status is P.SENT
