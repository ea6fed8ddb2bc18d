"""What a human decides about a purchase order in doubt."""

import pytest

from erp.fulfilment.decisions import cancel_purchase, mark_placed, requeue
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.orders.lifecycle import MoveError
from suppliers.contract import Duplicates, PurchaseReport
from suppliers.registry import Clients
from tests.erp.fulfilment.forwarding.lost_answers import (
    P,
    lost,
    row,
)
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
