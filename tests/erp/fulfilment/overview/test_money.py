"""An order's money: what is known is added up, what is not stays unknown."""

import pytest

from erp.fulfilment.lifecycle import PurchaseStatus, ReturnReason, ReturnStatus
from erp.fulfilment.models import Return
from erp.fulfilment.overview.money import money_of
from tests.factories import make_order, make_purchase_order, make_supplier, order_lines


@pytest.fixture
def session(sessions):
    with sessions.writing() as opened:
        yield opened


def _purchase(session, order, status=PurchaseStatus.ACCEPTED, **given):
    terms = {"order_fee_cents": 100, "shipping_cost_cents": 250} | given
    supplier = make_supplier(session)
    return make_purchase_order(session, order, supplier, status, **terms)


def _settled(order, now, refund_cents, credit_cents):
    return Return(
        reference="R-1",
        order_id=order.id,
        status=ReturnStatus.SETTLED,
        reason=ReturnReason.DAMAGED,
        refund_cents=refund_cents,
        supplier_credit_cents=credit_cents,
        requested_at=now,
    )


def test_the_margin_is_revenue_less_all_costs(session):
    order = make_order(
        session, lines=(("A", 2, 2000),), discount_cents=300, shipping_cents=500
    )
    money = money_of(
        order, order_lines(session, order), [_purchase(session, order)], []
    )
    assert money.revenue_cents == 4000 - 300 + 500
    assert money.cost_cents == 2 * 500 + 100 + 250
    assert money.margin_cents == 4200 - 1350
    assert money.margin_ratio == pytest.approx(2850 / 4200)


def test_without_a_purchase_order_the_cost_is_unknown(session):
    order = make_order(session)
    money = money_of(order, order_lines(session, order), [], [])
    assert money.cost_cents is None
    assert money.margin_cents is None
    assert money.revenue_cents == 1000


def test_without_a_rate_the_cost_is_unknown(session):
    order = make_order(session)
    purchase = _purchase(session, order, rate_millionths=None)
    money = money_of(order, order_lines(session, order), [purchase], [])
    assert (money.items_cost_cents, money.margin_cents) == (None, None)


def test_another_currency_is_converted_by_the_rate_that_was_used(session):
    order = make_order(session)
    purchase = _purchase(session, order, rate_millionths=1_100_000)
    money = money_of(order, order_lines(session, order), [purchase], [])
    assert money.cost_cents == 550 + 110 + 275


def test_a_rejected_purchase_order_costs_nothing(session):
    order = make_order(session)
    dead = _purchase(session, order, PurchaseStatus.REJECTED)
    live = _purchase(session, order)
    money = money_of(order, order_lines(session, order), [dead, live], [])
    assert money.cost_cents == 500 + 350


def test_refunds_lower_the_revenue_and_credits_the_cost(session, now):
    order = make_order(session, lines=(("A", 2, 2000),))
    settled = _settled(order, now, 2000, 400)
    money = money_of(
        order, order_lines(session, order), [_purchase(session, order)], [settled]
    )
    assert money.revenue_cents == 4000 - 2000
    assert money.cost_cents == 1350 - 400


def test_a_cancelled_unit_takes_its_part_of_the_discount_with_it(session):
    order = make_order(session, lines=(("A", 2, 2000),), discount_cents=301)
    lines = order_lines(session, order)
    lines[0].cancelled_quantity = 1
    money = money_of(order, lines, [], [])
    assert (money.goods_cents, money.discount_cents) == (2000, 151)
    assert money.revenue_cents == 2000 - 151
