"""What an order brings: what is not cancelled, at its prices, less its discounts.

Without tax. An order's own discount lies on its lines since it came in, so that units
which are cancelled take their part of it with them.
"""

from collections.abc import Sequence

from erp.orders.models import Order, OrderLine
from inventory.pricing import part_cents, revenue_cents


def kept_units(line: OrderLine) -> int:
    return line.quantity - line.cancelled_quantity


def kept_goods_cents(lines: Sequence[OrderLine]) -> int:
    return sum(line.unit_price_cents * kept_units(line) for line in lines)


def kept_discount_cents(lines: Sequence[OrderLine]) -> int:
    return sum(
        part_cents(line.discount_cents, kept_units(line), of=line.quantity)
        for line in lines
    )


def order_revenue_cents(
    order: Order, lines: Sequence[OrderLine], *, refunded_cents: int = 0
) -> int:
    """What the customer pays, in the order's currency."""
    return revenue_cents(
        [(line.unit_price_cents, kept_units(line)) for line in lines],
        discount_cents=kept_discount_cents(lines),
        shipping_charged_cents=order.shipping_cents,
        refunded_cents=refunded_cents,
    )
