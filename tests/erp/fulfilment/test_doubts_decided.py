"""What a human decides about a purchase order in doubt."""

import pytest
from sqlmodel import col

from erp.fulfilment.decisions import cancel_purchase, mark_placed, requeue
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.orders.lifecycle import HoldReason, MoveError
from suppliers.contract import Duplicates, PurchaseReport, ReportedStatus
from suppliers.registry import Clients
from tests.erp.fulfilment.forwarding.lost_answers import (
    P,
    lost,
    row,
)
from tests.erp.fulfilment.rerouting.watched import watch
from tests.erp.fulfilment.telling import sent, tell
from tests.erp.fulfilment.trade import EVERYWHERE, Trade


@EVERYWHERE
def test_a_human_may_send_it_again(trade: Trade) -> None:
    reference = lost(trade, when="before", look_up=False)

    with trade.sessions.writing() as session:
        purchase = row(session, reference)
        requeue(session, purchase, trade.now, by="ada@example.com")
    trade.forward()

    assert trade.read(reference).status is P.SENT
    assert trade.counted("A", reference) == (1, 2)


def test_a_human_may_say_that_the_supplier_has_it(trade: Trade) -> None:
    reference = lost(trade, when="after", look_up=False)

    with trade.sessions.writing() as session:
        mark_placed(session, row(session, reference), "S-77", trade.now, by="ada")

    placed = trade.read(reference)
    assert (placed.status, placed.supplier_reference) == (P.SENT, "S-77")
    assert trade.forward() == 0


def test_a_stale_no_does_not_undo_what_a_human_decided(trade: Trade) -> None:
    """It was looked up, requeued by hand, sent, and lost again, all meanwhile."""
    reference = lost(trade, when="before")
    trade.later(hours=1)

    class Meanwhile:
        duplicates = Duplicates.NATIVE_KEY

        def look_up(self, reference: str) -> PurchaseReport | None:
            with trade.sessions.writing() as session:
                requeue(session, row(session, reference), trade.now, by="ada")
            trade.later(seconds=1)
            trade.trouble("A", "lose_answer", when="after")
            trade.forward()
            return None

        def close(self) -> None: ...

    double = Clients(trade.clock, {"rest": lambda *_: Meanwhile()})
    trade.reconcile(clients=double)

    assert trade.read(reference).status is P.UNKNOWN
    trade.later(hours=1)
    trade.reconcile()
    assert trade.read(reference).status is P.SENT
    assert trade.counted("A", reference) == (1, 2)


@pytest.mark.parametrize(
    "status", [P.QUEUED, P.SENDING, P.SENT, P.ACCEPTED, P.CANCELLING, P.DELIVERED]
)
def test_what_is_not_in_doubt_can_neither_be_requeued_nor_marked(
    trade: Trade, status: PurchaseStatus
) -> None:
    """A call may be under way: a second one would order twice."""
    trade.supplier("A")
    reference = trade.purchase("A", status=status)

    with (
        pytest.raises(MoveError),
        trade.sessions.writing() as session,
    ):
        requeue(session, row(session, reference), trade.now, by="ada")
    with (
        pytest.raises(MoveError),
        trade.sessions.writing() as session,
    ):
        mark_placed(session, row(session, reference), "x", trade.now, by="ada")

    assert trade.read(reference).status is status


def test_what_is_unknown_cannot_be_cancelled(trade: Trade) -> None:
    reference = lost(trade, when="after")

    with pytest.raises(MoveError), trade.sessions.writing() as session:
        cancel_purchase(session, row(session, reference), trade.now, by="ada")


def given_up(trade: Trade, **promised: object) -> str:
    """One the supplier got long ago, never answered, and is said not to have."""
    reference = sent(trade)
    trade.later(days=30)
    watch(trade)
    assert trade.holds(trade.read(reference).order_id) == [HoldReason.SUPPLIER_OVERDUE]
    where = col(PurchaseOrder.reference) == reference
    trade.change(PurchaseOrder, where, status=P.NEEDS_ATTENTION, **promised)
    return reference


@EVERYWHERE
@pytest.mark.parametrize("is_told", [False, True], ids=["plain", "with_news"])
def test_what_is_sent_again_by_hand_has_all_its_time_again(
    trade: Trade, is_told: bool
) -> None:
    """Nothing that was promised for what the supplier never had counts any more."""
    long_ago = trade.now
    promised = {"acknowledged_at": long_ago, "ship_by": long_ago} if is_told else {}
    reference = given_up(trade, **promised)

    with trade.sessions.writing() as session:
        requeue(session, row(session, reference), trade.now, by="ada")
    waiting = trade.read(reference)
    assert (waiting.sent_at, waiting.clock_at, waiting.overdue) == (None, None, None)
    assert trade.holds(waiting.order_id) == []
    trade.forward()
    if is_told:
        tell(trade, reference, ReportedStatus.ACCEPTED)
    watch(trade)

    again = trade.read(reference)
    assert again.sent_at == trade.now
    assert again.acknowledge_by > trade.now
    assert again.clock_at > trade.now
    assert again.overdue is None
    assert trade.holds(again.order_id) == []


def test_what_a_human_says_is_placed_is_not_overdue_at_once(trade: Trade) -> None:
    """When it was to be answered first stays written; the clock runs anew."""
    reference = given_up(trade)
    first = trade.read(reference)

    with trade.sessions.writing() as session:
        mark_placed(session, row(session, reference), "S-77", trade.now, by="ada")
    watch(trade)

    placed = trade.read(reference)
    assert (placed.sent_at, placed.acknowledge_by) == (
        first.sent_at,
        first.acknowledge_by,
    )
    assert placed.clock_at > trade.now
    assert placed.overdue is None
    assert trade.holds(placed.order_id) == []
