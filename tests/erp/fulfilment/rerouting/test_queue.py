"""A paused supplier's queue holds, and goes to others when a human says so."""

from sqlmodel import col, select

from erp.fulfilment.lifecycle import PurchaseStatus, Remark
from erp.fulfilment.models import Attempt, AttemptOutcome
from erp.fulfilment.rerouting.commands import reroute_queue
from suppliers.models import Supplier
from tests.erp.fulfilment.rerouting.watched import ROUTING, run, two_suppliers
from tests.erp.fulfilment.trade import Trade

P = PurchaseStatus


def queued(trade: Trade) -> int:
    """An order whose purchase order waits for A, which is paused then."""
    two_suppliers(trade)
    order_id = trade.order(("X", 1, 1000))
    trade.route()
    trade.change_supplier("A", is_paused=True, paused_because="strike")
    return order_id


def reroute(trade: Trade) -> int:
    with trade.sessions.writing() as session:
        query = select(Supplier).where(col(Supplier.code) == trade.codes["A"])
        paused = session.exec(query).one()
        return reroute_queue(session, paused, ROUTING, trade.now, by="ada")


def test_the_queue_of_a_paused_supplier_holds(trade: Trade) -> None:
    order_id = queued(trade)

    for _ in range(3):
        trade.later(days=1)
        run(trade)

    assert trade.statuses() == [P.QUEUED]
    assert trade.holds(order_id) == []
    trade.change_supplier("A", is_paused=False)
    run(trade)
    assert trade.statuses() == [P.SENT]


def test_one_click_gives_the_queue_to_others(trade: Trade) -> None:
    order_id = queued(trade)

    assert reroute(trade) == 1
    run(trade)

    assert trade.statuses() == [P.CANCELLED, P.ACCEPTED]
    assert trade.purchases()[0].remark is Remark.CANCELLED_BY_HAND
    assert trade.holds(order_id) == []
    assert trade.events(order_id).count("rerouted") == 1
    assert reroute(trade) == 0


def test_what_the_supplier_might_have_after_all_stays_in_its_queue(
    trade: Trade,
) -> None:
    queued(trade)
    (purchase,) = trade.purchases()
    with trade.sessions.writing() as session:
        lost = AttemptOutcome.AMBIGUOUS
        session.add(
            Attempt(
                purchase_order_id=purchase.id,
                number=1,
                started_at=trade.now,
                outcome=lost,
            )
        )

    assert reroute(trade) == 0
    assert trade.statuses() == [P.QUEUED]


def test_what_nobody_else_can_deliver_stays_in_the_queue(trade: Trade) -> None:
    trade.supplier("A")
    trade.offer("A", "X")
    trade.order(("X", 1, 1000))
    trade.route()

    assert reroute(trade) == 0
    assert trade.statuses() == [P.QUEUED]
