"""A supplier that is silent, late or says no: told once, and routed on if allowed."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from erp.fulfilment.lifecycle import Overdue, PurchaseStatus
from erp.fulfilment.rerouting.watching import anything_due
from erp.orders.lifecycle import HoldReason, OrderStatus
from suppliers.contract import RejectReason, ReportedStatus
from suppliers.models import Reroute
from tests.erp.fulfilment.rerouting.watched import (
    decide_to_reroute,
    ordered,
    record_of,
    run,
    two_suppliers,
    watch,
)
from tests.erp.fulfilment.telling import shipped, tell
from tests.erp.fulfilment.trade import EVERYWHERE, Trade

P, R = PurchaseStatus, ReportedStatus
ASK, AUTO = Reroute.ASK, Reroute.AUTO
pytestmark = EVERYWHERE


def test_silence_is_told_once_and_a_human_is_asked(trade: Trade) -> None:
    two_suppliers(trade)
    order_id = ordered(trade)
    assert watch(trade) == 0

    trade.later(days=2)
    assert (watch(trade), watch(trade)) == (1, 0)

    (purchase,) = trade.purchases()
    assert (purchase.status, purchase.overdue) == (P.SENT, Overdue.ACKNOWLEDGEMENT)
    assert trade.holds(order_id) == [HoldReason.SUPPLIER_OVERDUE]
    assert trade.events(order_id).count("purchase_silent") == 1


def test_an_answer_after_all_takes_the_hold_away(trade: Trade) -> None:
    two_suppliers(trade)
    order_id = ordered(trade)
    trade.later(days=2)
    watch(trade)

    (purchase,) = trade.purchases()
    tell(trade, purchase.reference, R.ACCEPTED)

    assert trade.holds(order_id) == []
    assert trade.read_order(order_id).status is OrderStatus.ALLOCATED
    assert trade.read(purchase.reference).overdue is None


def test_what_was_accepted_and_not_handed_over_is_overdue_too(trade: Trade) -> None:
    two_suppliers(trade)
    order_id = ordered(trade)
    (purchase,) = trade.purchases()
    ship_by = trade.now + timedelta(days=1)
    tell(trade, purchase.reference, R.ACCEPTED, ship_by=ship_by)

    trade.later(days=1, hours=11)
    assert watch(trade) == 0
    trade.later(hours=1)
    assert watch(trade) == 1

    assert trade.read(purchase.reference).overdue is Overdue.HAND_OVER
    assert trade.events(order_id)[-3:] == ["purchase_late", "held", "order_moved"]


def test_what_has_shipped_in_time_is_not_watched_any_more(trade: Trade) -> None:
    two_suppliers(trade)
    order_id = ordered(trade)
    (purchase,) = trade.purchases()
    tell(trade, purchase.reference, R.ACCEPTED, parcels=(shipped(trade, 1),))

    trade.later(days=30)

    assert watch(trade) == 0
    assert trade.holds(order_id) == []


def test_silent_means_cancelled_there_first_and_then_bought_elsewhere(
    trade: Trade,
) -> None:
    two_suppliers(trade)
    order_id = ordered(trade)
    trade.later(days=2)

    watch(trade, AUTO)
    assert trade.statuses() == [P.CANCELLING]
    assert trade.route() == 0
    trade.cancel()
    assert trade.statuses() == [P.CANCELLED]
    run(trade, AUTO)

    assert trade.statuses() == [P.CANCELLED, P.ACCEPTED]
    assert trade.holds(order_id) == []
    assert record_of(trade, order_id)["refusals"] == [
        {
            "line_id": trade.lines(order_id)[0].id,
            "supplier": trade.codes["A"],
            "reference": trade.purchases()[0].reference,
            "why": "overdue",
        }
    ]
    kinds = trade.events(order_id)
    assert [kind for kind in kinds if kind in ("purchase_silent", "rerouted")] == [
        "purchase_silent",
        "rerouted",
    ]


def test_a_supplier_that_does_not_let_go_goes_on_with_a_new_clock(
    trade: Trade,
) -> None:
    two_suppliers(trade)
    order_id = ordered(trade, refuse_cancel=True)
    trade.later(days=2)
    watch(trade, AUTO)
    trade.cancel()

    run(trade, AUTO)

    (purchase,) = trade.purchases()
    assert (purchase.status, purchase.reroutes) == (P.SENT, False)
    assert purchase.clock_at is not None
    assert purchase.clock_at > trade.now
    assert "cancel_refused" in trade.events(order_id)
    trade.later(days=2)
    assert watch(trade, AUTO) == 1


@pytest.mark.parametrize(
    "reason",
    [
        RejectReason.INVENTORY_OUT_OF_STOCK,
        RejectReason.INVALID_SKU,
        RejectReason.INELIGIBLE_PRODUCT,
        RejectReason.ORDER_TOO_LARGE,
        RejectReason.UNDELIVERABLE_DESTINATION,
    ],
)
def test_a_no_that_others_need_not_say_is_routed_on(
    trade: Trade, reason: RejectReason
) -> None:
    two_suppliers(trade)
    order_id = ordered(trade)
    (purchase,) = trade.purchases()
    tell(trade, purchase.reference, R.REJECTED, reason=reason)

    run(trade, AUTO)
    run(trade, AUTO)

    assert trade.statuses() == [P.REJECTED, P.ACCEPTED]
    assert trade.holds(order_id) == []


@pytest.mark.parametrize(
    "reason",
    [
        RejectReason.INCORRECT_ADDRESS,
        RejectReason.INVALID_CONTACT_INFORMATION,
        RejectReason.PAYMENT_DECLINED,
    ],
)
def test_a_no_that_is_ours_to_put_right_waits_for_a_human(
    trade: Trade, reason: RejectReason
) -> None:
    two_suppliers(trade)
    order_id = ordered(trade)
    (purchase,) = trade.purchases()
    tell(trade, purchase.reference, R.REJECTED, reason=reason)

    run(trade, AUTO)
    run(trade, AUTO)

    assert trade.statuses() == [P.REJECTED]
    assert trade.holds(order_id) == [HoldReason.SUPPLIER_REJECTED]


def test_a_store_that_asks_is_asked_after_a_no(trade: Trade) -> None:
    two_suppliers(trade)
    order_id = ordered(trade)
    (purchase,) = trade.purchases()
    tell(trade, purchase.reference, R.REJECTED)

    run(trade)
    assert trade.holds(order_id) == [HoldReason.SUPPLIER_REJECTED]
    decide_to_reroute(trade, order_id)
    run(trade)

    assert trade.statuses() == [P.REJECTED, P.ACCEPTED]
    assert trade.holds(order_id) == []


def test_one_click_reroutes_what_is_overdue(trade: Trade) -> None:
    two_suppliers(trade)
    order_id = ordered(trade)
    trade.later(days=2)
    watch(trade)

    decide_to_reroute(trade, order_id)
    assert trade.holds(order_id) == []
    assert trade.statuses() == [P.CANCELLING]
    run(trade)
    run(trade)

    assert trade.statuses() == [P.CANCELLED, P.ACCEPTED]


def test_a_suppliers_own_rule_counts_before_the_stores(trade: Trade) -> None:
    two_suppliers(trade)
    trade.change_supplier("A", reroute=ASK)
    order_id = ordered(trade)
    trade.later(days=2)

    watch(trade, AUTO)

    assert trade.statuses() == [P.SENT]
    assert trade.holds(order_id) == [HoldReason.SUPPLIER_OVERDUE]


def test_what_nobody_else_can_deliver_is_not_taken_away(trade: Trade) -> None:
    trade.supplier("A")
    trade.offer("A", "X")
    order_id = ordered(trade)
    trade.later(days=2)

    watch(trade, AUTO)

    assert trade.statuses() == [P.SENT]
    assert trade.holds(order_id) == [HoldReason.SUPPLIER_OVERDUE]


def test_with_nobody_left_the_hold_says_so(trade: Trade) -> None:
    trade.supplier("A")
    trade.offer("A", "X")
    order_id = ordered(trade)
    (purchase,) = trade.purchases()
    tell(trade, purchase.reference, R.REJECTED)

    run(trade, AUTO)
    run(trade, AUTO)

    assert trade.holds(order_id) == [HoldReason.NO_OTHER_SUPPLIER]


def test_a_dearer_supplier_is_not_taken_below_the_margin_floor(trade: Trade) -> None:
    trade.supplier("A")
    trade.supplier("B")
    trade.offer("A", "X", unit_cost_cents=400)
    trade.offer("B", "X", unit_cost_cents=1200)
    order_id = ordered(trade)
    trade.later(days=2)

    watch(trade, AUTO)

    assert trade.statuses() == [P.SENT]
    assert trade.holds(order_id) == [HoldReason.SUPPLIER_OVERDUE]


def test_a_wish_to_cancel_that_is_never_answered_is_told_and_nothing_more(
    trade: Trade,
) -> None:
    two_suppliers(trade)
    order_id = ordered(trade)
    trade.later(days=2)
    watch(trade, AUTO)
    trade.trouble("A", "fail", on="cancel", times=None)

    for _ in range(3):
        trade.later(days=2)
        run(trade, AUTO)

    assert trade.statuses() == [P.CANCELLING]
    assert trade.holds(order_id) == [HoldReason.CANCEL_UNANSWERED]
    assert trade.events(order_id).count("cancel_unanswered") == 1


def test_nothing_is_due_before_a_clock_runs_out(trade: Trade) -> None:
    two_suppliers(trade)
    ordered(trade)

    with trade.sessions.reading() as session:
        assert not _due(session, trade)
        trade.later(days=2)
        assert _due(session, trade)


def _due(session: Session, trade: Trade) -> bool:
    return anything_due(session, trade.now)
