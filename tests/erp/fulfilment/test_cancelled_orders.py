"""Whole orders are called off, as far as they have not left."""

import pytest
from sqlmodel import col

from erp.fulfilment.decisions import cancel_order
from erp.fulfilment.lifecycle import PurchaseStatus, Remark
from erp.fulfilment.models import PurchaseOrder
from erp.orders.lifecycle import HoldReason, LineStatus, MoveError, OrderStatus
from erp.orders.models import Order
from suppliers.contract import (
    ItemReport,
    ReportedStatus,
)
from tests.erp.fulfilment.rerouting.watched import (
    decide_to_reroute,
    ordered,
    run,
    two_suppliers,
    watch,
)
from tests.erp.fulfilment.telling import P, call_off, sent, shipped, tell
from tests.erp.fulfilment.trade import EVERYWHERE, Trade


def call_order_off(trade: Trade, order_id: int) -> None:
    with trade.sessions.writing() as session:
        cancel_order(session, session.get_one(Order, order_id), trade.now, by="ada")


@EVERYWHERE
def test_an_order_nobody_was_asked_for_is_cancelled_at_once(trade: Trade) -> None:
    order_id = trade.order(("X", 1, 1000), ("Y", 2, 500))

    call_order_off(trade, order_id)

    order = trade.read_order(order_id)
    assert (order.status, order.next_step) == (OrderStatus.CANCELLED, None)
    assert [line.cancelled_quantity for line in trade.lines(order_id)] == [1, 2]
    assert trade.route() == 0


def test_a_held_order_is_cancelled_with_its_holds(trade: Trade) -> None:
    trade.supplier("A")
    trade.offer("A", "X", quantity=0)
    order_id = trade.order(("X", 1, 1000))
    trade.route()
    assert trade.holds(order_id)

    call_order_off(trade, order_id)

    assert trade.holds(order_id) == []
    assert trade.read_order(order_id).status is OrderStatus.CANCELLED


@EVERYWHERE
def test_an_order_with_a_supplier_waits_for_its_yes(trade: Trade) -> None:
    reference = sent(trade, acknowledge_after=0)
    order_id = trade.read(reference).order_id

    call_order_off(trade, order_id)
    assert trade.read_order(order_id).status is OrderStatus.ALLOCATED
    trade.cancel()

    assert trade.read_order(order_id).status is OrderStatus.CANCELLED
    assert trade.holds(order_id) == []
    assert "cancelled" in trade.events(order_id)


def test_an_order_whose_answer_is_lost_cannot_be_cancelled_and_is_unchanged(
    trade: Trade,
) -> None:
    trade.supplier("A")
    reference = trade.purchase("A")
    trade.trouble("A", "lose_answer", when="after")
    trade.forward()
    order_id = trade.read(reference).order_id
    trade.change(Order, col(Order.id) == order_id, next_step="check")

    with trade.sessions.writing() as session:
        order = session.get_one(Order, order_id)
        with pytest.raises(MoveError):
            cancel_order(session, order, trade.now, by="ada")

    assert trade.read_order(order_id).next_step == "check"
    trade.reconcile()
    call_order_off(trade, order_id)
    assert trade.read(reference).status is P.CANCELLING


def test_only_what_has_not_shipped_of_an_order_is_cancelled(trade: Trade) -> None:
    """Two of five units are on their way; the supplier gives the rest back."""
    trade.supplier("A")
    reference = trade.purchase("A", ("X", 5, 1000), status=P.SENT)
    order_id = trade.read(reference).order_id
    tell(trade, reference, ReportedStatus.ACCEPTED, parcels=(shipped(trade, 2),))

    call_order_off(trade, order_id)
    tell(trade, reference, ReportedStatus.CANCELLED, parcels=(shipped(trade, 2),))

    (line,) = trade.lines(order_id)
    assert (line.cancelled_quantity, line.status) == (3, LineStatus.SHIPPED)
    assert trade.holds(order_id) == []
    assert trade.read(reference).status is P.SHIPPED


def test_cancelling_the_open_rest_keeps_the_units_a_supplier_stands_for(
    trade: Trade,
) -> None:
    trade.supplier("A")
    reference = trade.purchase("A", ("X", 5, 1000), status=P.SENT)
    order_id = trade.read(reference).order_id
    items = (ItemReport(f"{trade.codes['A']}-X", 3),)
    tell(trade, reference, ReportedStatus.PARTLY_ACCEPTED, items=items)

    call_order_off(trade, order_id)
    (line,) = trade.lines(order_id)
    assert (line.cancelled_quantity, line.status) == (2, LineStatus.ALLOCATED)
    # the supplier says no: the goods have left
    tell(
        trade,
        reference,
        ReportedStatus.PARTLY_ACCEPTED,
        items=items,
        parcels=(shipped(trade, 3),),
    )

    (line,) = trade.lines(order_id)
    assert line.status is LineStatus.SHIPPED
    assert trade.read_order(order_id).status is OrderStatus.SHIPPED


def test_the_part_of_another_supplier_outlives_a_cancelled_one(trade: Trade) -> None:
    trade.supplier("A")
    reference = trade.purchase("A", ("X", 5, 1000), status=P.SENT)
    order_id = trade.read(reference).order_id
    items = (ItemReport(f"{trade.codes['A']}-X", 3),)
    tell(trade, reference, ReportedStatus.PARTLY_ACCEPTED, items=items)
    trade.change(
        PurchaseOrder, col(PurchaseOrder.reference) == reference, cancels_order=True
    )

    tell(trade, reference, ReportedStatus.CANCELLED)

    (line,) = trade.lines(order_id)
    assert (line.cancelled_quantity, line.status) == (3, LineStatus.OPEN)


def none_accepted(trade: Trade, reference: str) -> None:
    """A no in other words: of each item it accepts no unit."""
    items = (ItemReport(f"{trade.codes['A']}-X", 0),)
    tell(trade, reference, ReportedStatus.PARTLY_ACCEPTED, items=items)


def test_of_an_order_called_off_what_nobody_accepts_is_cancelled_too(
    trade: Trade,
) -> None:
    """Pain: the customer took the order back, and it was bought elsewhere."""
    trade.supplier("A")
    reference = trade.purchase("A", ("X", 5, 1000), status=P.SENT)
    order_id = trade.read(reference).order_id
    call_order_off(trade, order_id)

    none_accepted(trade, reference)

    (line,) = trade.lines(order_id)
    assert (line.cancelled_quantity, line.status) == (5, LineStatus.CANCELLED)
    assert trade.read_order(order_id).status is OrderStatus.CANCELLED
    assert (trade.holds(order_id), trade.route()) == ([], 0)


def test_of_what_goes_to_another_supplier_nothing_is_cancelled_by_the_way(
    trade: Trade,
) -> None:
    two_suppliers(trade)
    order_id = ordered(trade)
    trade.later(days=2)
    watch(trade)
    decide_to_reroute(trade, order_id)
    (purchase,) = trade.purchases()
    assert purchase.status is P.CANCELLING

    none_accepted(trade, purchase.reference)

    (line,) = trade.lines(order_id)
    assert (line.cancelled_quantity, line.status) == (0, LineStatus.OPEN)
    run(trade)
    assert trade.statuses() == [P.REJECTED, P.ACCEPTED]


def test_units_another_supplier_was_given_outlive_what_nobody_accepts(
    trade: Trade,
) -> None:
    trade.supplier("A")
    reference = trade.purchase("A", ("X", 5, 1000), status=P.SENT)
    order_id = trade.read(reference).order_id
    items = (ItemReport(f"{trade.codes['A']}-X", 3),)
    tell(trade, reference, ReportedStatus.PARTLY_ACCEPTED, items=items)
    trade.change(
        PurchaseOrder, col(PurchaseOrder.reference) == reference, cancels_order=True
    )

    none_accepted(trade, reference)

    (line,) = trade.lines(order_id)
    assert (line.cancelled_quantity, line.status) == (3, LineStatus.OPEN)


@pytest.mark.parametrize("status", [P.SHIPPED, P.DELIVERED, P.CLOSED])
def test_an_order_that_has_left_is_not_touched(
    trade: Trade, status: PurchaseStatus
) -> None:
    trade.supplier("A")
    reference = trade.purchase("A", status=status)

    call_order_off(trade, trade.read(reference).order_id)

    assert trade.read(reference).status is status


def test_an_order_a_supplier_may_have_waits_for_a_humans_word(trade: Trade) -> None:
    """Nobody could tell; if it were cancelled, the goods might come all the same."""
    trade.supplier("A")
    reference = trade.purchase("A")
    trade.trouble("A", "lose_answer", when="after")
    trade.forward()
    trade.change(
        PurchaseOrder,
        col(PurchaseOrder.reference) == reference,
        status=P.NEEDS_ATTENTION,
        due_at=None,
    )
    order_id = trade.read(reference).order_id

    with pytest.raises(MoveError):
        call_order_off(trade, order_id)
    assert trade.read(reference).status is P.NEEDS_ATTENTION

    call_off(trade, reference)  # they asked: it is not there
    call_order_off(trade, order_id)
    assert trade.read_order(order_id).status is OrderStatus.CANCELLED


@EVERYWHERE
def test_what_was_being_called_off_for_another_supplier_ends_with_the_order(
    trade: Trade,
) -> None:
    """Else its yes would buy again what the customer does not want any more."""
    two_suppliers(trade)
    order_id = ordered(trade)
    (purchase,) = trade.purchases()
    trade.change(
        PurchaseOrder, col(PurchaseOrder.id) == purchase.id, overdue="acknowledgement"
    )
    decide_to_reroute(trade, order_id)
    assert trade.read(purchase.reference).reroutes

    call_order_off(trade, order_id)
    asked = trade.read(purchase.reference)
    assert (asked.status, asked.cancels_order, asked.reroutes) == (
        P.CANCELLING,
        True,
        False,
    )
    assert trade.events(order_id).count("purchase_cancelling") == 1
    run(trade)

    assert trade.statuses() == [P.CANCELLED]
    assert trade.read_order(order_id).status is OrderStatus.CANCELLED
    assert trade.holds(order_id) == []


def test_a_wish_to_cancel_that_was_not_answered_is_watched_anew(trade: Trade) -> None:
    """The order is cancelled over its hold: a human is told again of more silence."""
    reference = sent(trade)
    order_id = trade.read(reference).order_id
    call_off(trade, reference)
    trade.later(days=30)
    watch(trade)
    assert trade.holds(order_id) == [HoldReason.CANCEL_UNANSWERED]

    call_order_off(trade, order_id)
    assert trade.holds(order_id) == []
    trade.later(days=30)
    watch(trade)

    assert trade.holds(order_id) == [HoldReason.CANCEL_UNANSWERED]


@pytest.mark.parametrize("remark", [Remark.NOT_CANCELLED, Remark.ABSENT])
def test_an_order_a_supplier_was_sent_is_not_cancelled_over_its_head(
    trade: Trade, remark: Remark
) -> None:
    """It said yes once: whoever cancels it all the same does so one by one."""
    reference = sent(trade, acknowledge_after=0)
    order_id = trade.read(reference).order_id
    trade.change(
        PurchaseOrder,
        col(PurchaseOrder.reference) == reference,
        status=P.NEEDS_ATTENTION,
        remark=remark,
    )

    with pytest.raises(MoveError, match=f"{reference} .*may have it"):
        call_order_off(trade, order_id)
    assert trade.read(reference).status is P.NEEDS_ATTENTION

    call_off(trade, reference)
    call_order_off(trade, order_id)
    assert trade.read_order(order_id).status is OrderStatus.CANCELLED
