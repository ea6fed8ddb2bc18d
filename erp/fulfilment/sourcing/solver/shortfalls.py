"""What an order lacks, and the one reason a human can act on."""

from dataclasses import dataclass

from erp.fulfilment.sourcing.candidates import Why
from erp.fulfilment.sourcing.solver.filling import Product
from erp.fulfilment.sourcing.solver.market import Market, Stall
from erp.orders.lifecycle import HoldReason

LACKING = frozenset({Why.OUT_OF_STOCK, Why.STOCK_UNKNOWN, Why.STALE})  # only for now


@dataclass(frozen=True, slots=True)
class Shortfall:
    line_id: int
    missing_quantity: int
    reason: HoldReason


def alone(stall: Stall) -> Shortfall:
    """What a line lacks that no candidate can serve."""
    whole = stall.line.quantity
    there = [
        candidate.free_quantity or 0
        for candidate in stall.candidates
        if stall.obstacles[candidate.offer_id] is Why.OUT_OF_STOCK
    ]
    missing = whole - max(there, default=0)
    return Shortfall(stall.line.line_id, missing, _reason(stall))


def together(product: Product, market: Market) -> list[Shortfall]:
    """What lines of one product lack that only together want too much."""
    stalls = {stall.line.line_id: stall for stall in market.stalls}
    return [
        Shortfall(line.line_id, missing, _reason(stalls[line.line_id]))
        for line, missing in product.missing()
    ]


def _reason(stall: Stall) -> HoldReason:
    obstacles = set(stall.obstacles.values())
    paused = HoldReason.SUPPLIER_PAUSED if Why.PAUSED in obstacles else None
    if Why.COST_UNKNOWN in obstacles:
        return HoldReason.COST_UNKNOWN
    if stall.line.named_supplier is not None and stall.candidates:
        return paused or HoldReason.NAMED_SUPPLIER_UNAVAILABLE
    if not stall.options and Why.REFUSED_BEFORE in obstacles:
        return HoldReason.NO_OTHER_SUPPLIER
    if stall.options or obstacles & LACKING:
        return HoldReason.SHORTFALL
    return paused or HoldReason.NO_OFFER
