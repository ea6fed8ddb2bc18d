from datetime import timedelta

import pytest

from erp.fulfilment.lifecycle import PurchaseStatus, ReturnReason, ReturnStatus
from erp.fulfilment.models import PurchaseOrderLine, Return, ReturnLine
from erp.kpis.facts import late_delivery, late_hand_over, return_rate
from erp.kpis.measures import rate
from erp.kpis.models import ScopeKind
from erp.kpis.scopes import OVERALL, Window
from erp.orders.models import Order
from tests.factories import (
    NOW,
    make_offer,
    make_order,
    make_product,
    make_purchase_order,
    make_supplier,
    order_lines,
)

P = PurchaseStatus
DAY = timedelta(days=1)
MONTH = Window(NOW - 30 * DAY, NOW)
EVERYTHING = Window(None, NOW)


@pytest.fixture
def session(sessions):
    with sessions.writing() as session:
        yield session


def bought(
    session, status=P.DELIVERED, *, supplier="S1", lines=(("A", 1, 1000),), **at
):
    """A purchase order whose moments are given in days from now."""
    channel = at.pop("channel", "web")
    order = make_order(session, lines, channel=channel)
    moments = {name: value and NOW + value * DAY for name, value in at.items()}
    return make_purchase_order(
        session, order, make_supplier(session, supplier), status, **moments
    )


@pytest.mark.parametrize(
    ("status", "ship_by", "handed_over_at", "counted"),
    [
        (P.SHIPPED, -5, -4, rate(1, 1)),
        (P.SHIPPED, -5, -5, rate(0, 1)),
        (P.SHIPPED, 2, -1, rate(0, 1)),
        (P.ACCEPTED, -1, None, rate(1, 1)),
        (P.ACCEPTED, 1, None, None),
        (P.CANCELLED, -1, None, None),
        (P.REJECTED, -1, None, None),
        (P.CANCELLED, -9, -5, None),
        (P.SHIPPED, -40, -5, None),
        (P.ACCEPTED, None, None, rate(0, 0, 1)),
        (P.SENT, None, None, rate(0, 0, 1)),
        (P.UNKNOWN, None, None, rate(0, 0, 1)),
        (P.QUEUED, None, None, None),
    ],
    ids=[
        "handed over late",
        "handed over at the last moment",
        "handed over before it was due",
        "overdue and not handed over",
        "not due yet",
        "cancelled",
        "rejected",
        "cancelled after a late hand-over",
        "due before the window",
        "accepted without a promise",
        "never answered",
        "perhaps never placed",
        "not asked for yet",
    ],
)
def test_a_purchase_order_counts_as_late_by_its_ship_by(
    session, status, ship_by, handed_over_at, counted
):
    bought(session, status, ship_by=ship_by, handed_over_at=handed_over_at)

    assert late_hand_over(session, MONTH).get(OVERALL) == counted


@pytest.mark.parametrize(
    ("delivered_at", "deliver_by", "counted"),
    [
        (-1, -2, rate(1, 1)),
        (-1, -1, rate(0, 1)),
        (-1, None, rate(0, 0, 1)),
        (None, -2, None),
        (-31, -32, None),
    ],
    ids=["late", "on the dot", "nothing promised", "never arrived", "long ago"],
)
def test_a_delivery_counts_by_its_own_moment(
    session, delivered_at, deliver_by, counted
):
    bought(session, delivered_at=delivered_at, deliver_by=deliver_by)

    assert late_delivery(session, MONTH).get(OVERALL) == counted


def test_every_scope_has_its_own_count(session):
    bought(session, supplier="S1", ship_by=-5, handed_over_at=-4)
    bought(session, supplier="S1", ship_by=-5, handed_over_at=-6, channel="shop")
    two = (("A", 1, 1000), ("B", 1, 1000), ("B", 1, 1000))
    bought(session, supplier="S2", ship_by=-5, handed_over_at=-4, lines=two)

    assert late_hand_over(session, MONTH) == {
        OVERALL: rate(2, 3),
        (ScopeKind.SUPPLIER, "S1"): rate(1, 2),
        (ScopeKind.SUPPLIER, "S2"): rate(1, 1),
        (ScopeKind.CHANNEL, "web"): rate(2, 2),
        (ScopeKind.CHANNEL, "shop"): rate(0, 1),
        (ScopeKind.PRODUCT, "A"): rate(2, 3),
        (ScopeKind.PRODUCT, "B"): rate(1, 1),
    }


def give_back(session, purchase, units, status=ReturnStatus.REQUESTED, *, line=0):
    from_order = Return(
        reference=f"R-{purchase.id}-{status}-{units}-{line}",
        order_id=purchase.order_id,
        status=status,
        reason=ReturnReason.DAMAGED,
        requested_at=NOW,
    )
    session.add(from_order)
    session.flush()
    lines = order_lines(session, session.get(Order, purchase.order_id))
    session.add(
        ReturnLine(
            return_id=from_order.id, order_line_id=lines[line].id, quantity=units
        )
    )
    session.flush()


def test_a_part_that_comes_back_counts_by_its_units(session):
    lines = (("A", 5, 1000), ("B", 5, 1000))
    purchase = bought(session, lines=lines, delivered_at=-3)
    give_back(session, purchase, 2)

    found = return_rate(session, MONTH)

    assert found[OVERALL] == rate(2, 10)
    assert found[ScopeKind.PRODUCT, "A"] == rate(2, 5)
    assert found[ScopeKind.PRODUCT, "B"] == rate(0, 5)
    assert found[ScopeKind.SUPPLIER, "S1"] == rate(2, 10)


def test_a_refused_return_does_not_count(session):
    purchase = bought(session, delivered_at=-3)
    give_back(session, purchase, 1, ReturnStatus.REFUSED)

    assert return_rate(session, MONTH)[OVERALL] == rate(0, 1)


def test_a_unit_comes_back_only_once(session):
    purchase = bought(session, delivered_at=-3)
    give_back(session, purchase, 1, ReturnStatus.SETTLED)
    give_back(session, purchase, 1, ReturnStatus.REQUESTED)

    assert return_rate(session, MONTH)[OVERALL] == rate(1, 1)


def test_a_return_belongs_to_the_window_of_its_delivery(session):
    give_back(session, bought(session, delivered_at=-45), 1)

    assert OVERALL not in return_rate(session, MONTH)
    assert return_rate(session, EVERYTHING)[OVERALL] == rate(1, 1)


def test_a_line_shared_by_two_suppliers_comes_back_from_both_in_proportion(session):
    order = make_order(session, (("A", 4, 1000),))
    for part, (code, units) in enumerate((("S1", 3), ("S2", 1))):
        purchase = make_purchase_order(
            session,
            order,
            make_supplier(session, code),
            P.DELIVERED,
            lines=[],
            delivered_at=NOW - DAY,
        )
        share_line(session, purchase, order, code, units, part)
    give_back(session, purchase, 2)

    found = return_rate(session, MONTH)

    assert found[OVERALL] == rate(2, 4)
    assert found[ScopeKind.SUPPLIER, "S1"] == rate(2, 3)
    assert found[ScopeKind.SUPPLIER, "S2"] == rate(0, 1)


def share_line(session, purchase, order, code, units, part):
    product = make_product(session, "A")
    offer = make_offer(session, product, make_supplier(session, code))
    (line,) = order_lines(session, order)
    session.add(
        PurchaseOrderLine(
            purchase_order_id=purchase.id,
            order_line_id=line.id,
            offer_id=offer.id,
            part=part,
            supplier_sku=offer.supplier_sku,
            quantity=units,
            unit_cost_cents=500,
        )
    )
    session.flush()
