from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from erp.fulfilment.invoicing.costs import about, actual_costs
from erp.fulfilment.invoicing.deciding import accept
from erp.fulfilment.lifecycle import (
    CostBearer,
    PurchaseStatus,
    ReturnReason,
    ReturnStatus,
)
from erp.fulfilment.models import PurchaseOrderLine, Return, ReturnLine
from erp.fulfilment.overview.money import money_of
from erp.kpis.margin_facts import gross_margin
from erp.kpis.measures import Measured
from erp.kpis.models import ScopeKind
from erp.kpis.scopes import OVERALL, Window
from erp.orders.lifecycle import OrderStatus
from erp.orders.models import Order
from inventory.models import ExchangeRate
from tests.erp.fulfilment.invoicing.billing import billed, extra, item
from tests.factories import (
    NOW,
    make_order,
    make_product,
    make_purchase_order,
    make_supplier,
    order_lines,
)

MONTH = Window(NOW - timedelta(days=30), NOW)
TWO = (("A", 1, 3000), ("B", 1, 1000))


@pytest.fixture
def session(sessions):
    with sessions.writing() as session:
        for sku in ("A", "B"):
            make_product(session, sku)
        yield session


def bought(session, order, supplier="S1", *, lines=None, **given):
    return make_purchase_order(
        session,
        order,
        make_supplier(session, supplier),
        PurchaseStatus.ACCEPTED,
        lines=lines,
        **given,
    )


def margins(session):
    session.flush()
    return gross_margin(session, MONTH, currency="USD")


def test_fees_and_shipping_are_shared_by_cost_and_discounts_by_goods(session):
    order = make_order(session, TWO, discount_cents=100, shipping_cents=500)
    first, second = order_lines(session, order)
    bought(session, order, "S1", lines=[first], order_fee_cents=50)
    bought(session, order, "S2", lines=[second], shipping_cost_cents=200)

    found = margins(session)

    assert found == {
        OVERALL: Measured(4400 - 1250, 4400, 1, 1),
        (ScopeKind.CHANNEL, "web"): Measured(3150, 4400, 1, 1),
        (ScopeKind.SUPPLIER, "S1"): Measured(3300 - 550, 3300, 1, 1),
        (ScopeKind.SUPPLIER, "S2"): Measured(1100 - 700, 1100, 1, 1),
        (ScopeKind.PRODUCT, "A"): Measured(2750, 3300, 1, 1),
        (ScopeKind.PRODUCT, "B"): Measured(400, 1100, 1, 1),
    }


def test_an_order_that_is_not_bought_in_full_is_not_covered(session):
    order = make_order(session, TWO)
    bought(session, order, lines=order_lines(session, order)[:1])

    found = margins(session)

    assert found[OVERALL] == Measured(0, 0, 0, 1)
    assert found[ScopeKind.SUPPLIER, "S1"] == Measured(0, 0, 0, 1)
    assert found[ScopeKind.PRODUCT, "B"] == Measured(0, 0, 0, 1)


def test_a_unit_the_supplier_did_not_accept_is_not_bought(session):
    order = make_order(session, (("A", 2, 1000),))
    purchase = bought(session, order)
    (line,) = purchase_lines(session, purchase)
    line.accepted_quantity = 1

    assert margins(session)[OVERALL] == Measured(0, 0, 0, 1)

    order_lines(session, order)[0].cancelled_quantity = 1

    assert margins(session)[OVERALL] == Measured(500, 1000, 1, 1)


def purchase_lines(session, purchase):
    query = select(PurchaseOrderLine).where(
        PurchaseOrderLine.purchase_order_id == purchase.id
    )
    return session.exec(query).all()


@pytest.mark.parametrize(
    "given",
    [
        {"status": OrderStatus.CANCELLED},
        {"cancelled_at": NOW},
        {"placed_at": NOW - timedelta(days=31)},
    ],
    ids=["cancelled", "cancelled at the channel", "placed before the window"],
)
def test_some_orders_do_not_count_at_all(session, given):
    bought(session, make_order(session, **given))

    assert margins(session) == {}


def settle(session, order, line, *, refund, credit):
    back = Return(
        reference="R-1",
        order_id=order.id,
        status=ReturnStatus.SETTLED,
        reason=ReturnReason.DAMAGED,
        refund_cents=refund,
        supplier_credit_cents=credit,
        cost_bearer=CostBearer.SUPPLIER,
        requested_at=NOW,
    )
    session.add(back)
    session.flush()
    session.add(ReturnLine(return_id=back.id, order_line_id=line.id, quantity=1))
    session.flush()
    return back


def test_a_settled_refund_costs_and_a_credit_gives_back(session):
    order = make_order(session, TWO)
    bought(session, order)
    _, second = order_lines(session, order)
    settle(session, order, second, refund=1000, credit=500)

    found = margins(session)

    assert found[OVERALL] == Measured(4000 - 1000 - 1000 + 500, 3000, 1, 1)
    assert found[ScopeKind.PRODUCT, "A"] == Measured(2500, 3000, 1, 1)
    assert found[ScopeKind.PRODUCT, "B"] == Measured(0, 0, 1, 1)


def test_a_return_that_is_not_settled_has_cost_nothing_yet(session):
    order = make_order(session, TWO)
    bought(session, order)
    settle(session, order, order_lines(session, order)[0], refund=1, credit=0)
    session.exec(update(Return).values(status=ReturnStatus.RECEIVED))

    assert margins(session)[OVERALL] == Measured(3000, 4000, 1, 1)


def test_a_discount_lowers_the_revenue_of_its_own_line(session):
    order = make_order(session, TWO)
    order_lines(session, order)[0].discount_cents = 200
    bought(session, order)

    found = margins(session)

    assert found[OVERALL].denominator == 4000 - 200
    assert found[ScopeKind.PRODUCT, "A"].denominator == 3000 - 200


def test_another_currency_needs_a_rate_of_the_day_or_before(session):
    order = make_order(session, (("A", 1, 1000),), currency="EUR")
    bought(session, order, currency="EUR")
    tomorrow = (NOW + timedelta(days=1)).date()
    session.add(
        ExchangeRate(base="EUR", currency="USD", day=tomorrow, rate_millionths=9)
    )
    session.flush()
    unknown = margins(session)[OVERALL]

    for days, rate_millionths in ((9, 500_000), (3, 2_000_000)):
        day = (NOW - timedelta(days=days)).date()
        session.add(
            ExchangeRate(
                base="EUR", currency="USD", day=day, rate_millionths=rate_millionths
            )
        )
    session.flush()

    assert unknown == Measured(0, 0, 0, 1)
    assert margins(session)[OVERALL] == Measured(1000, 2000, 1, 1)


def test_a_purchase_order_in_another_currency_needs_its_own_rate(session):
    unknown = make_order(session, (("A", 1, 1000),))
    bought(session, unknown, currency="EUR", rate_millionths=None)
    known = make_order(session, (("A", 1, 1000),))
    bought(session, known, currency="EUR", rate_millionths=1_100_000)

    assert margins(session)[OVERALL] == Measured(1000 - 550, 1000, 1, 2)


def test_only_live_purchase_orders_cost_anything(session):
    order = make_order(session, (("A", 1, 1000),))
    make_purchase_order(
        session,
        order,
        make_supplier(session, "S9"),
        PurchaseStatus.REJECTED,
        order_fee_cents=900,
    )
    bought(session, order, "S1")

    found = margins(session)

    assert found[OVERALL] == Measured(500, 1000, 1, 1)
    assert (ScopeKind.SUPPLIER, "S9") not in found


def test_the_order_page_and_the_kpi_reckon_the_same_margin(session):
    lines = (("A", 3, 1000), ("B", 1, 1000))
    order = make_order(session, lines, discount_cents=301, shipping_cents=500)
    first, second = order_lines(session, order)
    first.cancelled_quantity = 1
    second.cancelled_quantity = second.quantity
    purchase = bought(session, order, lines=[first], order_fee_cents=50)
    purchase_line = session.exec(select(PurchaseOrderLine)).one()
    purchase_line.accepted_quantity = first.quantity - 1
    purchase.items_cost_cents = 500 * (first.quantity - 1)

    money = money_of(order, [first, second], [purchase], [])
    found = margins(session)[OVERALL]

    assert (found.numerator, found.denominator) == (
        money.margin_cents,
        money.revenue_cents,
    )


def test_what_is_billed_counts_and_what_is_not_costs_what_was_agreed(session):
    order = make_order(session, (("A", 2, 3000), ("B", 1, 1000)))
    purchase = bought(session, order, order_fee_cents=50, shipping_cost_cents=200)
    one_dear = item(purchase, 1, 600)
    made = billed(session, one_dear, extra(260), extra(99, kind="tax"))

    assert margins(session)[OVERALL] == Measured(7000 - 1750, 7000, 1, 1)

    accept(session, made.invoice, "", NOW, by="op")
    session.flush()

    actual = actual_costs(session, about(col(Order.id) == order.id))
    sheet = money_of(order, order_lines(session, order), [purchase], [], actual)
    assert margins(session)[OVERALL] == Measured(7000 - 1910, 7000, 1, 1)
    assert margins(session)[ScopeKind.PRODUCT, "B"].numerator == 1000 - 597
    assert (sheet.margin_cents, sheet.is_billed) == (7000 - 1910, True)
    assert (sheet.items_cost_cents, sheet.shipping_cost_cents) == (1600, 260)


def test_an_ended_purchase_order_costs_what_is_billed_for_it(session):
    order = make_order(session, (("A", 2, 3000),))
    ended = make_purchase_order(
        session,
        order,
        make_supplier(session, "S1"),
        PurchaseStatus.CANCELLED,
        order_fee_cents=50,
        shipping_cost_cents=70,
    )
    live = bought(session, order, "S2")
    made = billed(session, item(ended, 1, 450), extra(30, ended))

    assert margins(session)[OVERALL] == Measured(6000 - 1000, 6000, 1, 1)

    accept(session, made.invoice, "it was on its way", NOW, by="op")
    session.flush()

    actual = actual_costs(session, about(col(Order.id) == order.id))
    sheet = money_of(order, order_lines(session, order), [ended, live], [], actual)
    assert margins(session)[OVERALL] == Measured(6000 - 1480, 6000, 1, 1)
    assert margins(session)[ScopeKind.SUPPLIER, "S1"].numerator == -480
    assert (sheet.margin_cents, sheet.is_billed) == (6000 - 1480, True)


def test_two_lines_of_one_sku_share_what_is_billed_for_both(session):
    order = make_order(session, (("A", 1, 3000), ("A", 2, 3000)))
    purchase = bought(session, order)
    made = billed(session, item(purchase, 3, 501), item(purchase, 1, 1, sku="Z"))

    accept(session, made.invoice, "", NOW, by="op")

    assert margins(session)[OVERALL] == Measured(9000 - 1504, 9000, 1, 1)
