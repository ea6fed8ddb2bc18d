"""A row nobody can read, as after a broken disk or another program's hand."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.sourcing.candidates import Parcels
from erp.fulfilment.sourcing.purchasing import RoutingRules, route_some
from erp.orders.checking import check_some
from erp.orders.guards import GuardPolicy
from erp.orders.holds import release
from erp.orders.lifecycle import HoldReason, NextStep, OrderStatus
from erp.orders.models import Hold, Order, OrderEvent
from erp.orders.sparing import spare_the_others
from tests.factories import (
    make_contact,
    make_offer,
    make_order,
    make_product,
    make_supplier,
)

POLICY = GuardPolicy(timedelta(days=3), 0, timedelta(hours=24))
RULES = RoutingRules(timedelta(days=2), Parcels.PREFER, False, 0, 0)


def check(sessions, now):
    return check_some(sessions, POLICY, now)


def route(sessions, now):
    return route_some(sessions, RULES, now)


STEPS = pytest.mark.parametrize(
    ("step", "owed"),
    [(check, NextStep.CHECK), (route, NextStep.ROUTE)],
    ids=["checking", "routing"],
)


@pytest.fixture
def three(sessions):
    """`three(step)`: the ids of three orders that are owed a step; the second one's
    line cannot be read."""

    def made(owed):
        with sessions.writing() as session:
            supplier = make_supplier(session, "S1")
            make_offer(session, make_product(session, "A"), supplier, quantity=9)
            people = [make_contact(session, name=n, email=n) for n in "abc"]
            ids = [make_order(session, next_step=owed, contact=c).id for c in people]
        spoil(sessions, ids[1], "moon")
        return ids

    return made


def spoil(sessions, order_id, status):
    with sessions.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        connection.execute(
            text("UPDATE order_line SET status = :status WHERE order_id = :order"),
            {"status": status, "order": order_id},
        )
        connection.commit()
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")


def orders_of(sessions, ids):
    with sessions.reading() as session:
        return [session.get(Order, each) for each in ids]


@STEPS
def test_one_order_that_cannot_be_read_does_not_stop_the_others(
    three, step, owed, sessions, now
):
    ids = three(owed)
    assert step(sessions, now) == 3
    first, culprit, last = orders_of(sessions, ids)
    assert first.next_step is not owed
    assert last.next_step is not owed
    assert (culprit.status, culprit.next_step) == (OrderStatus.HELD, None)
    with sessions.reading() as session:
        hold = session.exec(select(Hold).where(Hold.order_id == ids[1])).one()
        event = session.exec(
            select(OrderEvent).where(OrderEvent.order_id == ids[1])
        ).one()
    assert (hold.reason, hold.closed_at) == (HoldReason.NOT_PROCESSED, None)
    assert (event.kind, event.facts) == ("held", {"reason": "not_processed"})
    assert step(sessions, now) == 0


def test_the_others_are_bought(three, sessions, now):
    ids = three(NextStep.ROUTE)
    route(sessions, now)
    with sessions.reading() as session:
        bought = session.exec(select(PurchaseOrder.order_id)).all()
    assert set(bought) == {ids[0], ids[2]}


def test_a_human_may_let_it_be_tried_once_more(three, sessions, now):
    ids = three(NextStep.CHECK)
    check(sessions, now)
    spoil(sessions, ids[1], "open")
    with sessions.writing() as session:
        release(session, session.get(Order, ids[1]), now, by="ada")
    assert check(sessions, now) == 1
    order = orders_of(sessions, ids)[1]
    assert (order.status, order.next_step) == (OrderStatus.RECEIVED, NextStep.ROUTE)


def test_a_database_that_is_away_is_no_orders_fault(three, sessions, now):
    ids = three(NextStep.CHECK)

    def away(_only):
        raise OperationalError("SELECT 1", {}, Exception("the disk is full"))

    with pytest.raises(OperationalError):
        spare_the_others(sessions, NextStep.CHECK, away, now, limit=200)
    assert {each.next_step for each in orders_of(sessions, ids)} == {NextStep.CHECK}
