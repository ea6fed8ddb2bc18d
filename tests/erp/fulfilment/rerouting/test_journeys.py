"""From a customer's order to its delivery, past a supplier that fails, over HTTP."""

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.orders.lifecycle import OrderStatus
from suppliers.contract import RejectReason
from suppliers.models import Reroute
from tests.erp.fulfilment.rerouting.watched import ordered, run, two_suppliers
from tests.erp.fulfilment.trade import EVERYWHERE, Trade

P, AUTO = PurchaseStatus, Reroute.AUTO
pytestmark = EVERYWHERE


def live_on(trade: Trade, hours: int) -> None:
    for _ in range(hours // 6):
        trade.later(hours=6)
        run(trade, AUTO)


def test_after_a_no_the_second_supplier_delivers(trade: Trade) -> None:
    two_suppliers(trade, acknowledge_after=0)
    out = RejectReason.INVENTORY_OUT_OF_STOCK
    order_id = ordered(trade, acknowledged_at=trade.now, reject=out)

    live_on(trade, 24)

    assert trade.statuses() == [P.REJECTED, P.DELIVERED]
    assert trade.read_order(order_id).status is OrderStatus.DELIVERED
    assert trade.everything_counted() == [(1, 1), (1, 1)]


def test_after_silence_the_first_lets_go_and_the_second_delivers(
    trade: Trade,
) -> None:
    two_suppliers(trade)
    order_id = ordered(trade)

    live_on(trade, 96)

    assert trade.statuses() == [P.CANCELLED, P.DELIVERED]
    assert trade.read_order(order_id).status is OrderStatus.DELIVERED
    assert trade.everything_counted() == [(1, 1), (1, 1)]


def test_a_silent_supplier_that_does_not_let_go_delivers_itself(trade: Trade) -> None:
    two_suppliers(trade)
    order_id = ordered(
        trade,
        refuse_cancel=True,
        acknowledged_at=trade.now.replace(day=5),
        shipped_at=trade.now.replace(day=6),
        delivered_at=trade.now.replace(day=7),
    )

    live_on(trade, 144)

    assert trade.statuses() == [P.DELIVERED]
    assert trade.read_order(order_id).status is OrderStatus.DELIVERED
    assert "cancel_refused" in trade.events(order_id)
    assert trade.everything_counted() == [(1, 1)]
