"""A paused supplier's queue holds, and goes to others when a human says so."""

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from erp.fulfilment.lifecycle import PurchaseStatus, Remark
from erp.fulfilment.models import Attempt, AttemptOutcome, PurchaseOrder
from erp.fulfilment.rerouting.queues import (
    Moved,
    Stayed,
    Stays,
    by_reason,
    reroute_queue,
)
from erp.orders.lifecycle import HoldReason
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


def reroute(trade: Trade) -> Moved:
    with trade.sessions.writing() as session:
        return reroute_in(session, trade)


def reroute_in(session: Session, trade: Trade) -> Moved:
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

    assert reroute(trade) == (1, [])
    run(trade)

    assert trade.statuses() == [P.CANCELLED, P.ACCEPTED]
    assert trade.purchases()[0].remark is Remark.CANCELLED_BY_HAND
    assert trade.holds(order_id) == []
    assert trade.events(order_id).count("rerouted") == 1
    assert reroute(trade) == (0, [])


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

    assert reroute(trade) == (0, [(purchase.reference, Stays.MAY_BE_THERE)])
    assert trade.statuses() == [P.QUEUED]


def test_what_nobody_else_can_deliver_stays_in_the_queue(trade: Trade) -> None:
    trade.supplier("A")
    trade.offer("A", "X")
    trade.order(("X", 1, 1000))
    trade.route()

    (purchase,) = trade.purchases()
    assert reroute(trade) == (0, [(purchase.reference, HoldReason.NO_OTHER_SUPPLIER)])
    assert trade.statuses() == [P.QUEUED]


def test_reasons_to_stay_come_the_most_frequent_first() -> None:
    stayed = [("1", Stays.BUSY), ("2", HoldReason.SHORTFALL), ("3", Stays.BUSY)]

    grouped = by_reason([Stayed(*each) for each in stayed])

    assert grouped == [(Stays.BUSY, ["1", "3"]), (HoldReason.SHORTFALL, ["2"])]


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_what_is_being_sent_meanwhile_stays_and_the_others_move(trade: Trade) -> None:
    """Its lane has taken it, and has not said so yet: neither waits for the other."""
    two_suppliers(trade)
    for _ in range(2):
        trade.order(("X", 1, 1000))
    trade.route()
    taken, waiting = trade.purchases()

    with trade.sessions.writing() as lane:
        query = select(PurchaseOrder).where(col(PurchaseOrder.id) == taken.id)
        row = lane.exec(query.with_for_update()).one()
        with trade.sessions.writing() as session:
            session.execute(text("SET LOCAL lock_timeout = '3s'"))
            moved = reroute_in(session, trade)
            assert moved == (1, [(taken.reference, Stays.BUSY)])
        row.status = P.SENDING

    assert trade.read(taken.reference).status is P.SENDING
    assert not trade.read(taken.reference).reroutes
    assert trade.read(waiting.reference).status is P.CANCELLED
