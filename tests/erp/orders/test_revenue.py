"""What an order brings once some of it is cancelled."""

import pytest

from erp.orders.models import Order, OrderLine
from erp.orders.revenue import order_revenue_cents

ORDER = Order(shipping_cents=500, discount_cents=450)


def line(quantity, cancelled, discount_cents, unit_price_cents=1000):
    return OrderLine(
        quantity=quantity,
        cancelled_quantity=cancelled,
        discount_cents=discount_cents,
        unit_price_cents=unit_price_cents,
    )


@pytest.mark.parametrize(
    ("lines", "revenue_cents"),
    [
        ([line(2, 0, 300), line(1, 0, 150)], 3000 - 450 + 500),
        ([line(2, 0, 300), line(1, 1, 150)], 2000 - 300 + 500),
        ([line(2, 1, 300), line(1, 0, 150)], 2000 - 150 - 150 + 500),
        ([line(2, 2, 300), line(1, 1, 150)], 500),
    ],
    ids=["all is kept", "a line is cancelled", "a unit is cancelled", "all is"],
)
def test_what_is_cancelled_takes_its_discount_with_it(lines, revenue_cents):
    assert order_revenue_cents(ORDER, lines) == revenue_cents


def test_refunds_are_taken_off():
    assert order_revenue_cents(ORDER, [line(1, 0, 0)], refunded_cents=200) == 1300
