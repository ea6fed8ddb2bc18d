"""Who delivers what of an order: exactly the cheapest landed cost, with the reasons.

Landed cost is items, order fees, shipping and the expected cost of lateness and
returns. What cannot be done is a named hold, never an exception.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from erp.fulfilment.sourcing.candidates import Candidate, Parcels, Policy, Wanted
from erp.fulfilment.sourcing.solver.assignment import Found, cheapest_parts
from erp.fulfilment.sourcing.solver.filling import Product
from erp.fulfilment.sourcing.solver.market import Market, survey
from erp.fulfilment.sourcing.solver.packing import Part
from erp.fulfilment.sourcing.solver.shortfalls import Shortfall, alone, together
from erp.fulfilment.sourcing.solver.verdicts import Losses, Verdict, verdict
from erp.orders.lifecycle import HoldReason
from inventory.pricing import clears_floor, shipping_cents


@dataclass(frozen=True, slots=True)
class Assignment:
    """Units of one line to ask of one supplier."""

    line_id: int
    offer_id: int
    supplier: str
    supplier_sku: str
    quantity: int
    unit_cost_cents: int


@dataclass(frozen=True, slots=True)
class SupplierTotal:
    """What one purchase order comes to; the expected part is on no invoice."""

    supplier: str
    units: int
    goods_cents: int
    order_fee_cents: int
    shipping_cents: int
    expected_cents: int

    @property
    def landed_cost_cents(self) -> int:
        invoiced = self.goods_cents + self.order_fee_cents + self.shipping_cents
        return invoiced + self.expected_cents


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with an order. Only a ready plan is to be carried out: one held for
    its margin or its parcels carries the assignments a human may still wave through.
    """

    assignments: tuple[Assignment, ...]
    totals: tuple[SupplierTotal, ...]
    shortfalls: tuple[Shortfall, ...]
    verdicts: tuple[Verdict, ...]
    hold: HoldReason | None
    revenue_cents: int
    spent_cents: int
    landed_cost_cents: int | None  # with what was spent before; None: no way found
    margin_cents: int | None
    is_exact: bool  # False: the search met its limit, a cheaper way may exist

    @property
    def is_ready(self) -> bool:
        return self.hold is None


def plan(wanted: Wanted, candidates: Iterable[Candidate], policy: Policy) -> Plan:
    """Choose an offer for every open line, or say what stands in the way."""
    market = survey(wanted, candidates, policy)
    shortfalls = [alone(stall) for stall in market.stalls if not stall.options]
    if shortfalls:
        return _held(wanted, market, policy, shortfalls, is_exact=True)
    products = [
        Product(needs, split=policy.allow_split, limit=policy.search_limit)
        for needs in market.needs()
    ]
    everyone = (1 << len(market.suppliers)) - 1
    shortfalls = [
        shortfall
        for product in products
        if product.cheapest(everyone) is None
        for shortfall in together(product, market)
    ]
    if shortfalls:
        is_exact = all(product.is_exact for product in products)
        return _held(wanted, market, policy, shortfalls, is_exact=is_exact)
    return _routed(wanted, market, products, policy)


def to_record(plan: Plan) -> dict[str, Any]:
    """The plan as it is stored: nothing but JSON's own kinds of values."""
    return {name: _plain(getattr(plan, name)) for name in _NAMES[Plan]}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [
            {name: _plain(getattr(row, name)) for name in _NAMES[type(row)]}
            for row in value
        ]
    return value.value if isinstance(value, StrEnum) else value


def _routed(
    wanted: Wanted, market: Market, products: Sequence[Product], policy: Policy
) -> Plan:
    hold = None
    found = _search(market, products, policy.parcels, policy)
    if found is None:
        hold = HoldReason.SINGLE_PARCEL_IMPOSSIBLE
        found = _search(market, products, Parcels.PREFER, policy)
    assert found is not None
    totals = _totals(found.parts)
    landed = wanted.spent_cents + sum(total.landed_cost_cents for total in totals)
    margin = wanted.revenue_cents - landed
    if hold is None and not clears_floor(
        margin, wanted.revenue_cents, policy.min_margin_bp
    ):
        hold = HoldReason.MARGIN_BELOW_FLOOR
    return Plan(
        assignments=_assignments(market, found.parts),
        totals=totals,
        shortfalls=(),
        verdicts=_verdicts(market, found.parts, policy),
        hold=hold,
        revenue_cents=wanted.revenue_cents,
        spent_cents=wanted.spent_cents,
        landed_cost_cents=landed,
        margin_cents=margin,
        is_exact=found.is_exact,
    )


def _search(
    market: Market, products: Sequence[Product], parcels: Parcels, policy: Policy
) -> Found | None:
    return cheapest_parts(
        products, market.fixed_cents, parcels=parcels, limit=policy.search_limit
    )


def _held(
    wanted: Wanted,
    market: Market,
    policy: Policy,
    shortfalls: list[Shortfall],
    *,
    is_exact: bool,
) -> Plan:
    return Plan(
        assignments=(),
        totals=(),
        shortfalls=tuple(shortfalls),
        verdicts=_verdicts(market, (), policy),
        hold=shortfalls[0].reason,
        revenue_cents=wanted.revenue_cents,
        spent_cents=wanted.spent_cents,
        landed_cost_cents=None,
        margin_cents=None,
        is_exact=is_exact,
    )


def _assignments(market: Market, parts: Sequence[Part]) -> tuple[Assignment, ...]:
    """In the order of the lines, then of the suppliers."""
    places = {stall.line.line_id: at for at, stall in enumerate(market.stalls)}
    ordered = sorted(
        parts, key=lambda p: (places[p.line.line_id], p.option.supplier, p.option[3])
    )
    return tuple(_assignment(part) for part in ordered)


def _assignment(part: Part) -> Assignment:
    candidate = part.option.candidate
    assert candidate.unit_cost_cents is not None
    return Assignment(
        line_id=part.line.line_id,
        offer_id=candidate.offer_id,
        supplier=candidate.supplier,
        supplier_sku=candidate.supplier_sku,
        quantity=part.quantity,
        unit_cost_cents=candidate.unit_cost_cents,
    )


def _totals(parts: Sequence[Part]) -> tuple[SupplierTotal, ...]:
    by_supplier: dict[int, list[Part]] = {}
    for part in parts:
        by_supplier.setdefault(part.option.supplier, []).append(part)
    return tuple(_total(by_supplier[number]) for number in sorted(by_supplier))


def _total(parts: list[Part]) -> SupplierTotal:
    terms = parts[0].option.candidate.terms
    units = sum(part.quantity for part in parts)
    goods = returns = 0
    for part in parts:
        candidate = part.option.candidate
        goods += (candidate.unit_cost_cents or 0) * part.quantity
        returns += candidate.expected_return_cost_cents * part.quantity
    shipping = shipping_cents(
        units,
        first_item_cents=terms.first_item_shipping_cents,
        extra_item_cents=terms.extra_item_shipping_cents,
    )
    assert terms.order_fee_cents is not None
    assert shipping is not None
    return SupplierTotal(
        supplier=terms.supplier,
        units=units,
        goods_cents=goods,
        order_fee_cents=terms.order_fee_cents,
        shipping_cents=shipping,
        expected_cents=returns + terms.expected_lateness_cost_cents,
    )


def _verdicts(
    market: Market, parts: Sequence[Part], policy: Policy
) -> tuple[Verdict, ...]:
    losses = Losses(parts, market.fixed_cents, policy)
    verdicts = []
    for stall in market.stalls:
        options = {option.offer_id: option for option in stall.options}
        for candidate in stall.candidates:
            why = stall.obstacles.get(candidate.offer_id)
            outcome = (
                losses.judge(stall.line, options[candidate.offer_id])
                if why is None
                else (why, 0, None)
            )
            verdicts.append(verdict(stall.line, candidate, outcome, policy))
    return tuple(verdicts)


_NAMES = {
    kind: tuple(field.name for field in fields(kind))
    for kind in (Plan, Assignment, SupplierTotal, Shortfall, Verdict)
}
