"""Orders and purchase orders are called off, with the supplier's consent."""

import pytest

from erp.fulfilment.lifecycle import PurchaseStatus, Remark
from erp.orders.lifecycle import HoldReason, LineStatus, MoveError
from suppliers.sandbox.messages import Script
from tests.erp.fulfilment.telling import P, call_off, sent
from tests.erp.fulfilment.trade import EVERYWHERE, SETTLE, Trade


@EVERYWHERE
def test_a_supplier_that_agrees_gives_the_units_back(trade: Trade) -> None:
    reference = sent(trade, acknowledge_after=0)

    call_off(trade, reference)
    assert trade.read(reference).status is P.CANCELLING
    assert trade.cancel() == 1

    ended = trade.read(reference)
    assert (ended.status, ended.due_at) == (P.CANCELLED, None)
    assert trade.holds(ended.order_id) == [HoldReason.SUPPLIER_CANCELLED]
    assert [line.status for line in trade.lines(ended.order_id)] == [LineStatus.OPEN]
    assert trade.cancel() == 0


@EVERYWHERE
def test_a_supplier_that_shipped_already_keeps_the_order(trade: Trade) -> None:
    reference = sent(trade, acknowledge_after=0, ship_after=60, deliver_after=None)
    trade.later(seconds=120)

    call_off(trade, reference)
    trade.cancel()

    kept = trade.read(reference)
    assert kept.status is P.SHIPPED
    assert trade.holds(kept.order_id) == []


def test_a_supplier_that_refuses_goes_on_as_before(trade: Trade) -> None:
    code = trade.supplier("A")
    trade.offer("A", "X")
    trade.order(("X", 1, 1000), name="#kept")
    stubborn = Script(
        supplier=code,
        order_name="#kept",
        acknowledged_at=trade.now,
        refuse_cancel=True,
    )
    trade.remote.load_scripts([stubborn])
    trade.route()
    trade.forward()
    (purchase,) = trade.purchases()

    call_off(trade, purchase.reference)
    trade.cancel()

    kept = trade.read(purchase.reference)
    assert kept.status is P.ACCEPTED
    assert kept.remark is Remark.NOT_CANCELLED
    assert trade.cancel() == 0


@EVERYWHERE
@pytest.mark.parametrize("trouble", ["lose_answer", "fail", "garble", "down"])
def test_a_lost_answer_to_a_cancellation_is_asked_for_again(
    trade: Trade, trouble: str
) -> None:
    reference = sent(trade)
    call_off(trade, reference)
    trade.trouble("A", trouble, on="cancel")

    trade.cancel()
    assert trade.read(reference).status is P.CANCELLING
    assert trade.cancel() == 0
    trade.later(seconds=SETTLE.total_seconds())
    trade.cancel()

    assert trade.read(reference).status is P.CANCELLED


def test_a_supplier_that_never_had_it_is_a_humans_business(trade: Trade) -> None:
    trade.supplier("A")
    reference = trade.purchase("A", status=P.SENT)
    call_off(trade, reference)

    trade.cancel()

    assert trade.read(reference).status is P.NEEDS_ATTENTION
    call_off(trade, reference)
    assert trade.read(reference).status is P.CANCELLED


def test_what_is_not_sent_yet_is_cancelled_at_once(trade: Trade) -> None:
    trade.supplier("A")
    reference = trade.purchase("A")

    call_off(trade, reference)

    assert trade.read(reference).status is P.CANCELLED
    assert trade.forward() == 0
    assert trade.counted("A", reference) == (0, 0)


@pytest.mark.parametrize(
    "status",
    [
        P.SENDING,
        P.UNKNOWN,
        P.CANCELLING,
        P.SHIPPED,
        P.DELIVERED,
        P.CLOSED,
        P.REJECTED,
        P.CANCELLED,
    ],
)
def test_what_cannot_be_cancelled_says_so_and_stays(
    trade: Trade, status: PurchaseStatus
) -> None:
    trade.supplier("A")
    reference = trade.purchase("A", status=status)

    with pytest.raises(MoveError):
        call_off(trade, reference)

    assert trade.read(reference).status is status


def test_a_cancellation_is_not_asked_of_a_supplier_without_a_connection(
    trade: Trade,
) -> None:
    reference = sent(trade)
    call_off(trade, reference)
    trade.change_supplier("A", kind=None)

    assert trade.cancel() == 0
    assert trade.read(reference).status is P.CANCELLING
