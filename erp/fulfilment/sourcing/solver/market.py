"""Which candidates each line may use, and what keeps the others out."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from erp.fulfilment.sourcing.candidates import (
    Candidate,
    Policy,
    Wanted,
    WantedLine,
    Why,
    is_cost_known,
    obstacle,
)
from erp.fulfilment.sourcing.solver.packing import Need, Option

UNKNOWN_LEAD_DAYS = 10_000  # slower than any that is known


@dataclass(slots=True)
class Stall:
    """A line with all offers for its product: usable ones, and obstacles of others."""

    line: WantedLine
    candidates: list[Candidate]
    options: list[Option] = field(default_factory=list)
    obstacles: dict[int, Why] = field(default_factory=dict)  # offer → what it is


@dataclass(slots=True)
class Market:
    stalls: list[Stall]
    suppliers: list[str]  # codes; their place is their number
    fixed_cents: list[int]  # what each costs once, if anything is asked of it

    def needs(self) -> list[list[Need]]:
        """The lines by product, in the order of the lines."""
        by_sku: dict[str, list[Need]] = {}
        for stall in self.stalls:
            need = Need(stall.line, stall.options)
            by_sku.setdefault(stall.line.sku, []).append(need)
        return list(by_sku.values())


def survey(wanted: Wanted, candidates: Iterable[Candidate], policy: Policy) -> Market:
    """Set the candidates beside the lines; their order makes no difference."""
    by_sku: dict[str, list[Candidate]] = {line.sku: [] for line in wanted.lines}
    terms: dict[str, Candidate] = {}  # a supplier's are the same on all its offers
    for candidate in candidates:
        if candidate.sku in by_sku:
            by_sku[candidate.sku].append(candidate)
            if is_cost_known(candidate):
                terms.setdefault(candidate.supplier, candidate)
    for offers in by_sku.values():
        offers.sort(key=lambda offer: (offer.supplier, offer.offer_id))
    suppliers = sorted(terms)
    numbers = {supplier: number for number, supplier in enumerate(suppliers)}
    options = {
        offer.offer_id: _option(offer, numbers[offer.supplier])
        for offers in by_sku.values()
        for offer in offers
        if is_cost_known(offer)
    }
    stalls = [
        _stall(line, by_sku[line.sku], options, wanted.country, policy)
        for line in wanted.lines
    ]
    return Market(stalls, suppliers, [_fixed_cents(terms[code]) for code in suppliers])


def _stall(
    line: WantedLine,
    candidates: list[Candidate],
    options: dict[int, Option],
    country: str,
    policy: Policy,
) -> Stall:
    stall = Stall(line, candidates)
    for candidate in candidates:
        why = obstacle(line, candidate, country, policy)
        if why is None:
            stall.options.append(options[candidate.offer_id])
        else:
            stall.obstacles[candidate.offer_id] = why
    stall.options.sort()  # offers differ in their id, so candidates never compare
    return stall


def _option(candidate: Candidate, number: int) -> Option:
    extra_item = candidate.terms.extra_item_shipping_cents
    assert candidate.unit_cost_cents is not None
    assert extra_item is not None
    return Option(
        candidate.unit_cost_cents + extra_item + candidate.expected_return_cost_cents,
        UNKNOWN_LEAD_DAYS
        if candidate.lead_time_days is None
        else candidate.lead_time_days,
        number,
        candidate.offer_id,
        candidate.free_quantity or 0,
        candidate,
    )


def _fixed_cents(candidate: Candidate) -> int:
    """What stays of a purchase order's cost after each unit's share is taken out."""
    terms = candidate.terms
    assert terms.order_fee_cents is not None
    assert terms.first_item_shipping_cents is not None
    assert terms.extra_item_shipping_cents is not None
    first_item = terms.first_item_shipping_cents - terms.extra_item_shipping_cents
    return terms.order_fee_cents + first_item + terms.expected_lateness_cost_cents
