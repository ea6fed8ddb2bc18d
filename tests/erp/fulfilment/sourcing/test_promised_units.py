"""No unit is promised twice, by batches, at once, or by two purchase orders."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from erp.fulfilment.models import PurchaseOrderLine
from erp.fulfilment.sourcing.candidates import Parcels
from erp.fulfilment.sourcing.purchasing import RoutingRules, route_some
from inventory.models import Offer
from tests.erp.fulfilment.sourcing.bought import H, bought
from tests.erp.fulfilment.trade import EVERYWHERE, Trade


@EVERYWHERE
def test_a_batch_does_not_promise_more_than_there_is(trade: Trade) -> None:
    """Pain: overselling."""
    trade.supplier("A")
    trade.offer("A", "X", quantity=5)
    orders = [trade.order(("X", 2, 1000)) for _ in range(3)]

    assert trade.route() == 3

    assert bought(trade) == [("A", 2), ("A", 2)]
    assert [trade.holds(each) for each in orders] == [[], [], [H.SHORTFALL]]


@EVERYWHERE
def test_the_next_batch_remembers_what_the_last_one_promised(trade: Trade) -> None:
    trade.supplier("A")
    trade.offer("A", "X", quantity=3)
    trade.order(("X", 2, 1000))
    trade.route()
    second = trade.order(("X", 2, 1000))
    trade.route()

    assert bought(trade) == [("A", 2)]
    assert trade.holds(second) == [H.SHORTFALL]


@EVERYWHERE
def test_two_routings_at_once_do_not_promise_the_same_units(trade: Trade) -> None:
    """Pain: 12 became 0 and 0 became -2 in the same second."""
    trade.supplier("A")
    trade.offer("A", "X", quantity=10)
    for _ in range(24):
        trade.order(("X", 1, 1000))

    with ThreadPoolExecutor(3) as pool:
        routed = sum(
            pool.map(lambda _: sum(iter(lambda: _route_few(trade), 0)), range(3))
        )

    assert routed == 24
    assert sum(units for _, units in bought(trade)) == 10


def _route_few(trade: Trade) -> int:
    rules = RoutingRules(timedelta(days=14), Parcels.PREFER, False, 0, 0)
    return route_some(trade.sessions, rules, trade.now, limit=4)


def test_stock_read_after_the_purchase_counts_it_already(trade: Trade) -> None:
    trade.supplier("A")
    trade.offer("A", "X", quantity=2)
    trade.order(("X", 2, 1000))
    trade.route()
    trade.later(hours=1)
    trade.change(Offer, col(Offer.id).is_not(None), quantity=2, as_of=trade.now)
    trade.order(("X", 2, 1000))
    trade.route()

    assert bought(trade) == [("A", 2), ("A", 2)]


@EVERYWHERE
def test_never_two_live_purchase_orders_for_the_same_units(trade: Trade) -> None:
    """Pain: the same supplier was ordered from twice."""
    trade.supplier("A")
    trade.purchase("A")
    with trade.sessions.reading() as session:
        row = session.exec(select(PurchaseOrderLine)).one()
        values = row.model_dump(exclude={"id"})

    with pytest.raises(IntegrityError), trade.sessions.writing() as session:
        session.add(PurchaseOrderLine(**values))
    with trade.sessions.writing() as session:
        session.add(PurchaseOrderLine(**(values | {"is_live": False})))
