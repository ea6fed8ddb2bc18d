"""The least an order can cost, before it is routed. Pure.

Stock and destination are routing's business: this only finds orders that would not
earn their floor even at the best prices on offer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from inventory.pricing import landed_cost_cents, shipping_cents

MOST_COMBINATIONS = 256  # above, a lower bound will do: routing reckons exactly


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """One supplier's price for one product; None is unknown."""

    supplier: str
    unit_cost_cents: int | None
    order_fee_cents: int | None
    first_item_shipping_cents: int | None
    extra_item_shipping_cents: int | None

    @property
    def is_known(self) -> bool:
        return None not in (
            self.unit_cost_cents,
            self.order_fee_cents,
            self.first_item_shipping_cents,
            self.extra_item_shipping_cents,
        )


@dataclass(frozen=True, slots=True)
class Sold:
    quantity: int
    offers: tuple[OfferTerms, ...]


def cheapest_landed_cents(lines: Sequence[Sold]) -> int | None:
    """The cheapest way to buy all lines, or less; None if a line has no known cost."""
    choices = [
        [(offer, line.quantity) for offer in line.offers if offer.is_known]
        for line in lines
    ]
    if not all(choices) or not choices:
        return None
    if prod(map(len, choices)) > MOST_COMBINATIONS:
        return sum(min(_goods(*each) for each in choice) for choice in choices)
    return min(_landed(chosen) for chosen in product(*choices))


def _goods(offer: OfferTerms, quantity: int) -> int:
    return (offer.unit_cost_cents or 0) * quantity


def _landed(chosen: Sequence[tuple[OfferTerms, int]]) -> int:
    by_supplier: dict[str, list[tuple[OfferTerms, int]]] = {}
    for offer, quantity in chosen:
        by_supplier.setdefault(offer.supplier, []).append((offer, quantity))
    return sum(_purchase(items) for items in by_supplier.values())


def _purchase(items: Sequence[tuple[OfferTerms, int]]) -> int:
    """One purchase order: the goods, one fee, one parcel."""
    terms = items[0][0]
    cost = landed_cost_cents(
        [(offer.unit_cost_cents, quantity) for offer, quantity in items],
        order_fee_cents=terms.order_fee_cents,
        shipping_cents=shipping_cents(
            sum(quantity for _, quantity in items),
            first_item_cents=terms.first_item_shipping_cents,
            extra_item_cents=terms.extra_item_shipping_cents,
        ),
    )
    assert cost is not None, "only offers whose cost is known are chosen"
    return cost
