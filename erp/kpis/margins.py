"""What one order leaves, and which supplier and product it came from.

Pure. Revenue is the goods at their prices, less discounts, plus the shipping charged,
less settled refunds, without tax. Cost is the goods at the unit costs of the live
purchase orders, their fees and their shipping, less what suppliers credit for returns;
what an invoice that counts bills for them takes the place of what was agreed.
Of what was rejected or cancelled only what such an invoice bills is a cost.
Cancelled units that nobody bought bring and cost nothing, and take their part of the
discounts with them.

What belongs to no single line is shared by `measures.shares`, so that parts add up to
their whole exactly: shipping charged over the lines by their goods; a refund and a
credit over the lines that came back, by the goods that came back; a line over its
suppliers by units; a purchase order's fee and shipping over its lines by their cost. If
any rate of exchange is unknown, or a unit has no supplier yet, the
order's margin is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from erp.kpis.measures import rounded, shares
from inventory.pricing import MILLION, part_cents


@dataclass(slots=True)
class Bought:
    """Units of an order line at one supplier, as one purchase order line."""

    purchase_id: int
    supplier: str
    units: int
    unit_cost_cents: int  # in the purchase order's currency
    billed_cents: int | None = None  # of all of them; None: as agreed

    @property
    def cost_cents(self) -> int:
        billed = self.billed_cents
        return self.units * self.unit_cost_cents if billed is None else billed


@dataclass(slots=True)
class Sold:
    """An order line."""

    product: str
    ordered_units: int
    units: int  # that are not cancelled
    price_cents: int
    discount_cents: int  # of all ordered units
    bought: list[Bought] = field(default_factory=list)


@dataclass(slots=True)
class Purchase:
    """The part of a purchase order's cost that belongs to no line."""

    extra_cents: int  # fee and shipping
    rate_millionths: int | None  # the order's currency per unit of its own


@dataclass(slots=True)
class CameBack:
    """A settled return: units by order line id."""

    refund_cents: int
    credit_cents: int  # from the supplier
    units: dict[int, int]


@dataclass(slots=True)
class Sale:
    """An order with all its money, in its own currency but for the purchases."""

    lines: dict[int, Sold]  # by order line id
    shipping_cents: int
    purchases: dict[int, Purchase]
    returns: list[CameBack]
    rate_millionths: int | None  # the store's currency per unit of the order's


@dataclass(slots=True)
class Part:
    """What one supplier's units of one product brought and cost."""

    supplier: str
    product: str
    revenue_cents: int
    cost_cents: int


def parts(sale: Sale) -> list[Part] | None:
    """The order by supplier and product, in the store's currency; None: unknown."""
    if sale.rate_millionths is None or not _is_fully_bought(sale):
        return None
    costs = _costs(sale)
    if costs is None:
        return None
    own = _revenue_and_credit(sale, costs)
    if sale.rate_millionths == MILLION:
        return own
    return _converted(own, sale.rate_millionths)


def _is_fully_bought(sale: Sale) -> bool:
    return all(
        sum(each.units for each in line.bought) >= line.units
        for line in sale.lines.values()
    )


def _costs(sale: Sale) -> dict[int, list[int]] | None:
    """Cost of each line's purchases, as they stand; None: a rate is unknown."""
    costs = {line_id: [0] * len(sold.bought) for line_id, sold in sale.lines.items()}
    places: dict[int, list[tuple[int, int, int]]] = {}
    for line_id, sold in sale.lines.items():
        for at, each in enumerate(sold.bought):
            place = (line_id, at, each.cost_cents)
            places.setdefault(each.purchase_id, []).append(place)
    for purchase_id, found in places.items():
        purchase = sale.purchases[purchase_id]
        if purchase.rate_millionths is None:
            return None
        goods = [cost for _, _, cost in found]
        extra = shares(purchase.extra_cents, goods)
        whole = [a + b for a, b in zip(goods, extra, strict=True)]
        if purchase.rate_millionths != MILLION:
            whole = rounded([c * purchase.rate_millionths for c in whole], MILLION)
        for (line_id, at, _), cost in zip(found, whole, strict=True):
            costs[line_id][at] = cost
    return costs


def _revenue_and_credit(sale: Sale, costs: dict[int, list[int]]) -> list[Part]:
    revenue, credit = _by_line(sale)
    found = []
    for line_id, sold in sale.lines.items():
        weights = [each.units for each in sold.bought]
        if not weights:
            continue  # a line cancelled in full
        brought = shares(revenue[line_id], weights)
        credited = shares(credit.get(line_id, 0), weights)
        for at, each in enumerate(sold.bought):
            cost = costs[line_id][at] - credited[at]
            found.append(Part(each.supplier, sold.product, brought[at], cost))
    return found


def _by_line(sale: Sale) -> tuple[dict[int, int], dict[int, int]]:
    """Revenue of every line, and the credit of those that came back."""
    live = {line_id: sold for line_id, sold in sale.lines.items() if sold.bought}
    goods = [sold.units * sold.price_cents for sold in live.values()]
    shipping = shares(sale.shipping_cents, goods) if live else []
    revenue = {
        line_id: cents + more - _kept_discount_cents(sold)
        for (line_id, sold), cents, more in zip(
            live.items(), goods, shipping, strict=True
        )
    }
    credit: dict[int, int] = {}
    for each in sale.returns:
        back = [line_id for line_id in each.units if line_id in live] or list(live)
        weights = [each.units.get(i, 0) * live[i].price_cents for i in back]
        refunds = shares(each.refund_cents, weights)
        credits = shares(each.credit_cents, weights)
        for at, line_id in enumerate(back):
            revenue[line_id] -= refunds[at]
            credit[line_id] = credit.get(line_id, 0) + credits[at]
    return revenue, credit


def _kept_discount_cents(sold: Sold) -> int:
    if sold.units == sold.ordered_units:
        return sold.discount_cents
    return part_cents(sold.discount_cents, sold.units, of=sold.ordered_units)


def _converted(own: list[Part], rate_millionths: int) -> list[Part]:
    revenue = rounded([p.revenue_cents * rate_millionths for p in own], MILLION)
    cost = rounded([p.cost_cents * rate_millionths for p in own], MILLION)
    return [
        Part(p.supplier, p.product, revenue[at], cost[at]) for at, p in enumerate(own)
    ]
