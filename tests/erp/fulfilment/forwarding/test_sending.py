"""Purchase orders reach their supplier once: over a real sandbox, on both databases."""

from typing import Any

import pytest
from sqlmodel import col, select

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import Attempt, AttemptOutcome, PurchaseOrder
from suppliers.contract import (
    PurchaseReport,
    PurchaseRequest,
    RejectReason,
)
from suppliers.models import Supplier
from suppliers.sandbox.messages import Script
from tests.erp.fulfilment.forwarding.doubles import doubling, taken
from tests.erp.fulfilment.trade import EVERYWHERE, Trade

P = PurchaseStatus


@EVERYWHERE
def test_a_purchase_order_is_sent_once_and_remembers_the_suppliers_number(
    trade: Trade,
) -> None:
    trade.supplier("A")
    reference = trade.purchase("A")

    assert trade.forward() == 1
    assert trade.forward() == 0

    sent = trade.read(reference)
    assert sent.status is P.SENT
    assert sent.supplier_reference
    assert (sent.sent_at, sent.due_at, sent.lease_until) == (trade.now, None, None)
    assert [a.outcome for a in trade.attempts(reference)] == [AttemptOutcome.PLACED]
    assert trade.counted("A", reference) == (1, 1)


def test_the_attempt_is_on_disk_before_the_supplier_is_called(trade: Trade) -> None:
    code = trade.supplier("A")
    reference = trade.purchase("A")
    seen: list[tuple[Any, ...]] = []

    def look(request: PurchaseRequest) -> PurchaseReport:
        with trade.sessions.reading() as session:
            query = select(PurchaseOrder.status, Attempt.outcome).join(
                Attempt, col(Attempt.purchase_order_id) == col(PurchaseOrder.id)
            )
            seen.extend(session.exec(query))
        return taken(request)

    trade.forward(clients=doubling(**{code: look}))

    assert seen == [(P.SENDING, AttemptOutcome.STARTED)]
    assert trade.read(reference).status is P.SENT


@EVERYWHERE
@pytest.mark.parametrize("trouble", ["lose_answer", "garble", "fail"])
def test_a_lost_answer_does_not_order_twice(trade: Trade, trouble: str) -> None:
    trade.supplier("A")
    reference = trade.purchase("A")
    trade.trouble("A", trouble, when="after")

    trade.forward()
    assert trade.read(reference).status is P.UNKNOWN
    assert trade.forward() == 0
    trade.reconcile()

    assert trade.read(reference).status is P.SENT
    assert trade.counted("A", reference) == (1, 1)
    (attempt,) = trade.attempts(reference)
    assert attempt.outcome is AttemptOutcome.AMBIGUOUS
    assert attempt.detail


@EVERYWHERE
def test_a_refusal_frees_the_units_and_holds_the_order(trade: Trade) -> None:
    trade.supplier("A")
    reference = trade.purchase("A")
    trade.trouble("A", "refuse", reason="inventory_out_of_stock")

    trade.forward()

    purchase = trade.read(reference)
    assert purchase.status is P.REJECTED
    assert purchase.reason is RejectReason.INVENTORY_OUT_OF_STOCK
    assert purchase.ended_at == trade.now
    assert [line.status for line in trade.lines(purchase.order_id)] == ["open"]
    assert trade.holds(purchase.order_id) == ["supplier_rejected"]


def test_a_paused_supplier_keeps_its_queue_and_loses_nothing(trade: Trade) -> None:
    trade.supplier("A", is_paused=True)
    reference = trade.purchase("A")

    assert trade.forward() == 0
    trade.change_supplier("A", is_paused=False)
    assert trade.forward() == 1

    assert trade.counted("A", reference) == (1, 1)


def test_the_orders_of_a_supplier_without_a_connection_wait(trade: Trade) -> None:
    trade.supplier("A")
    trade.change_supplier("A", kind=None)
    reference = trade.purchase("A")

    assert trade.forward() == 0
    assert trade.read(reference).status is P.QUEUED


@pytest.mark.parametrize(
    "broken",
    [
        {"sealed_token": "sealed with another key"},
        {"base_url": "http://127.0.0.1:port"},
        {"kind": "fax"},
        {"allow_private": False},
    ],
    ids=["credential", "address", "dialect", "private address"],
)
def test_a_supplier_that_cannot_be_called_does_not_stop_the_others(
    trade: Trade, broken: dict[str, object]
) -> None:
    trade.supplier("A")
    trade.supplier("B")
    waiting, fine = trade.purchase("A"), trade.purchase("B")
    trade.change_supplier("A", **broken)

    trade.forward()

    assert trade.read(waiting).status is P.QUEUED
    assert trade.read(fine).status is P.SENT
    with trade.sessions.reading() as session:
        query = select(Supplier).where(col(Supplier.code) == trade.codes["A"])
        assert session.exec(query).one().last_error


def test_only_what_ships_is_told_of_the_customer(trade: Trade) -> None:
    """Pain: the goods went to the company's address, not the buyer's."""
    code = trade.supplier("A")
    trade.purchase("A", ("X", 2, 900), ("Y", 1, 500))
    requests: list[PurchaseRequest] = []

    def keep(request: PurchaseRequest) -> PurchaseReport:
        requests.append(request)
        return taken(request)

    trade.forward(clients=doubling(**{code: keep}))

    (request,) = requests
    assert request.recipient.address1 == "12 Analytical Street"
    assert "ada@example.com" not in repr(request)
    asked = {item.supplier_sku: item.quantity for item in request.items}
    assert asked == {f"{code}-X": 2, f"{code}-Y": 1}


def test_every_line_reaches_the_supplier_with_its_own_quantity(trade: Trade) -> None:
    """Pains: one of N items sent; the quantity of a purchase order doubled."""
    code = trade.supplier("A", acknowledge_after=0)
    trade.purchase("A", ("X", 2, 900), ("Y", 3, 500), ("X", 4, 900))

    trade.forward()

    (purchase,) = trade.purchases()
    assert purchase.status is P.ACCEPTED
    report = trade.client("A").look_up(purchase.reference)
    assert report is not None
    accepted = {item.supplier_sku: item.accepted_quantity for item in report.items}
    assert accepted == {f"{code}-X": 6, f"{code}-Y": 3}


@EVERYWHERE
def test_customers_with_the_same_goods_get_an_order_each(trade: Trade) -> None:
    """Pain: orders of different customers merged into one purchase order."""
    trade.supplier("A")
    trade.offer("A", "X", quantity=10)
    trade.order(("X", 1, 1000))
    trade.order(("X", 1, 1000))

    trade.route()
    trade.forward()

    assert trade.everything_counted() == [(1, 1), (1, 1)]
    assert len({purchase.order_id for purchase in trade.purchases()}) == 2


def test_a_script_that_refuses_at_once_is_a_rejection(trade: Trade) -> None:
    code = trade.supplier("A")
    trade.offer("A", "X")
    order_id = trade.order(("X", 1, 1000), name="#refused")
    trade.remote.load_scripts(
        [Script(supplier=code, order_name="#refused", refuse=RejectReason.INVALID_SKU)]
    )

    trade.route()
    trade.forward()

    assert trade.statuses() == [P.REJECTED]
    assert trade.holds(order_id) == ["supplier_rejected"]
