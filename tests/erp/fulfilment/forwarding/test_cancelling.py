"""Orders and purchase orders are called off, with the supplier's consent."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlmodel import Session, col, select

from erp.fulfilment.decisions import cancel_order, cancel_purchase
from erp.fulfilment.lifecycle import PurchaseStatus, Remark
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.tracking.reports import apply_reports
from erp.orders.lifecycle import HoldReason, LineStatus, MoveError, OrderStatus
from erp.orders.models import Order
from suppliers.contract import (
    ItemReport,
    ParcelReport,
    PurchaseReport,
    ReportedStatus,
    ScanKind,
    ScanReport,
)
from suppliers.sandbox.messages import Script
from tests.erp.fulfilment.trade import EVERYWHERE, SETTLE, Trade

P = PurchaseStatus


@contextmanager
def row_of(trade: Trade, reference: str) -> Iterator[tuple[Session, PurchaseOrder]]:
    with trade.sessions.writing() as session:
        query = select(PurchaseOrder).where(col(PurchaseOrder.reference) == reference)
        yield session, session.exec(query).one()


def call_off(trade: Trade, reference: str) -> None:
    with row_of(trade, reference) as (session, purchase):
        cancel_purchase(session, purchase, trade.now, by="ada")


def call_order_off(trade: Trade, order_id: int) -> None:
    with trade.sessions.writing() as session:
        cancel_order(session, session.get_one(Order, order_id), trade.now, by="ada")


def sent(trade: Trade, **habits: object) -> str:
    """A purchase order the supplier has."""
    trade.supplier("A", **habits)
    reference = trade.purchase("A")
    trade.forward()
    return reference


def tell(trade: Trade, reference: str, status: ReportedStatus, **given: object) -> None:
    report = PurchaseReport(reference, "theirs", status, **given)
    with trade.sessions.writing() as session:
        apply_reports(session, [report], trade.now)


def shipped(trade: Trade, units: int, name: str = "1") -> ParcelReport:
    scan = ScanReport(ScanKind.PICKED_UP, trade.now)
    sku = f"{trade.codes['A']}-X"
    return ParcelReport(name, "UPS", "T1", ((sku, units),), (scan,))


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


@pytest.mark.parametrize("status", [P.SHIPPED, P.DELIVERED, P.CLOSED])
def test_an_order_that_has_left_is_not_touched(
    trade: Trade, status: PurchaseStatus
) -> None:
    trade.supplier("A")
    reference = trade.purchase("A", status=status)

    call_order_off(trade, trade.read(reference).order_id)

    assert trade.read(reference).status is status


def test_a_cancellation_is_not_asked_of_a_supplier_without_a_connection(
    trade: Trade,
) -> None:
    reference = sent(trade)
    call_off(trade, reference)
    trade.change_supplier("A", kind=None)

    assert trade.cancel() == 0
    assert trade.read(reference).status is P.CANCELLING
