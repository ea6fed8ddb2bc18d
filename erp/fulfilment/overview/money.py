"""What an order brings and costs, as far as it is known. Unknown stays None."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from erp.fulfilment.invoicing.costs import ActualCost
from erp.fulfilment.lifecycle import DEAD, ReturnStatus
from erp.fulfilment.models import PurchaseOrder, Return
from erp.orders.lifecycle import LineStatus
from erp.orders.models import Order, OrderLine
from erp.orders.revenue import (
    kept_discount_cents,
    kept_goods_cents,
    kept_units,
    order_revenue_cents,
)
from inventory.pricing import MILLION, Rate, convert, margin_cents, margin_ratio


@dataclass(frozen=True, slots=True)
class Money:
    """All in the order's currency; costs are None while a rate or a supplier lacks."""

    goods_cents: int
    discount_cents: int
    shipping_charged_cents: int
    refunded_cents: int
    revenue_cents: int
    items_cost_cents: int | None
    fees_cents: int | None
    shipping_cost_cents: int | None
    supplier_credit_cents: int
    cost_cents: int | None
    margin_cents: int | None
    margin_ratio: float | None
    is_whole: bool  # False: some units have no supplier yet, so cost is still to come
    is_billed: bool = False  # some of the cost is by an invoice, not as agreed


def money_of(
    order: Order,
    lines: Sequence[OrderLine],
    purchases: Iterable[PurchaseOrder],
    returns: Iterable[Return],
    billed: Mapping[int, ActualCost] = MappingProxyType({}),
) -> Money:
    """Revenue less discounts and refunds, less the cost of live purchase orders.

    `billed` holds what is known of their true cost, by purchase order id; one that was
    rejected or cancelled costs what is billed for it.
    """
    costly = [
        each for each in purchases if each.status not in DEAD or each.id in billed
    ]
    settled = [each for each in returns if each.status is ReturnStatus.SETTLED]
    refunded = sum(each.refund_cents or 0 for each in settled)
    credit = sum(each.supplier_credit_cents or 0 for each in settled)
    revenue = order_revenue_cents(order, lines, refunded_cents=refunded)
    is_whole = bool(costly) and not any(_lacks_supplier(each) for each in lines)
    items, fees, shipping = _costs(costly, billed, is_whole)
    whole = _added((items, fees, shipping), is_whole)
    cost = None if whole is None else whole - credit
    margin = margin_cents(revenue, cost)
    return Money(
        goods_cents=kept_goods_cents(lines),
        discount_cents=kept_discount_cents(lines),
        shipping_charged_cents=order.shipping_cents,
        refunded_cents=refunded,
        revenue_cents=revenue,
        items_cost_cents=items,
        fees_cents=fees,
        shipping_cost_cents=shipping,
        supplier_credit_cents=credit,
        cost_cents=cost,
        margin_cents=margin,
        margin_ratio=margin_ratio(margin, revenue),
        is_whole=is_whole,
        is_billed=any(each.id in billed for each in costly),
    )


def _costs(
    costly: Sequence[PurchaseOrder], billed: Mapping[int, ActualCost], is_whole: bool
) -> tuple[int | None, int | None, int | None]:
    """Items, fees and shipping in the order's currency."""
    costs = [(_cost(each, billed), _rate(each)) for each in costly]
    items = (convert(cost.items_cents, rate) for cost, rate in costs)
    fees = (convert(cost.fee_cents, rate) for cost, rate in costs)
    shipping = (convert(cost.shipping_cents, rate) for cost, rate in costs)
    return _added(items, is_whole), _added(fees, is_whole), _added(shipping, is_whole)


def _cost(purchase: PurchaseOrder, billed: Mapping[int, ActualCost]) -> ActualCost:
    """As billed; else as agreed, its items together."""
    return billed.get(purchase.id or 0) or ActualCost(
        purchase.order_fee_cents,
        purchase.shipping_cost_cents,
        purchase.items_cost_cents,
    )


def _lacks_supplier(line: OrderLine) -> bool:
    return line.status is LineStatus.OPEN and kept_units(line) > 0


def _rate(purchase: PurchaseOrder) -> Rate | None:
    millionths = purchase.rate_millionths
    return Rate(millionths, MILLION) if millionths else None


def _added(parts: Iterable[int | None], is_whole: bool) -> int | None:
    """A sum; unknown if a part is unknown or some are still to come."""
    total = 0
    for part in parts:
        if part is None:
            return None
        total += part
    return total if is_whole else None
