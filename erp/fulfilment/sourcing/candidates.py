"""What routing is asked and what it may choose from, as plain values.

Money is whole cents of the order's own currency; an amount that cannot be expressed
in it (no cost, no rate of exchange) is None and keeps the offer out, never zero.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from inventory.pricing import shipping_cents
from inventory.stock import is_stale

SEARCH_LIMIT = 200_000  # looks at one product each; together about 0.1 s


class Parcels(StrEnum):
    """How much the number of parcels matters."""

    IGNORE = "ignore"
    PREFER = "prefer"  # of equally cheap ways the one with the fewest
    REQUIRE = "require"  # one supplier for everything, or the order is held


class Why(StrEnum):
    """What became of a candidate for a line."""

    CHOSEN = "chosen"
    SPLIT = "split"  # chosen for a part of the line
    USABLE = "usable"  # nothing against it, but the order as a whole is held
    DEARER = "dearer"
    TIED = "tied"  # as cheap; more parcels, slower, or later in the alphabet
    TAKEN = "taken"  # other lines of this order use its stock up
    MORE_PARCELS = "more_parcels"
    NOT_REACHED = "not_reached"  # the search ended at its limit before trying it
    NOT_NAMED = "not_named"
    REFUSED_BEFORE = "refused_before"
    PAUSED = "paused"
    DESTINATION = "destination"
    STALE = "stale"
    STOCK_UNKNOWN = "stock_unknown"
    OUT_OF_STOCK = "out_of_stock"
    COST_UNKNOWN = "cost_unknown"


@dataclass(frozen=True, slots=True)
class WantedLine:
    line_id: int
    sku: str
    quantity: int
    named_supplier: str | None = None
    refused_suppliers: frozenset[str] = frozenset()  # said no to this line before


@dataclass(frozen=True, slots=True)
class Wanted:
    """The open lines of an order. Revenue and what was spent are the whole order's."""

    lines: tuple[WantedLine, ...]
    country: str  # ISO 3166-1 alpha-2
    revenue_cents: int
    spent_cents: int = 0  # landed cost of its purchase orders that already live


@dataclass(frozen=True, slots=True)
class SupplierTerms:
    """What one purchase order costs at a supplier, whatever is in it."""

    supplier: str
    order_fee_cents: int | None
    first_item_shipping_cents: int | None
    extra_item_shipping_cents: int | None
    expected_lateness_cost_cents: int = 0
    countries: frozenset[str] | None = None  # None: it ships everywhere
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """One offer for one product, as it was known when its feed was last read."""

    offer_id: int
    supplier_sku: str
    sku: str
    terms: SupplierTerms
    unit_cost_cents: int | None
    free_quantity: int | None
    read_at: datetime | None
    lead_time_days: int | None = None
    expected_return_cost_cents: int = 0  # per unit

    @property
    def supplier(self) -> str:
        return self.terms.supplier


@dataclass(frozen=True, slots=True)
class Policy:
    """What the store allows; `now` is the moment the decision is taken."""

    now: datetime
    stale_after: timedelta | None = None
    min_margin_bp: int | None = None  # of revenue
    parcels: Parcels = Parcels.PREFER
    allow_split: bool = False
    search_limit: int = SEARCH_LIMIT


def obstacle(
    line: WantedLine, candidate: Candidate, country: str, policy: Policy
) -> Why | None:
    """The first thing that keeps a candidate from a line; an unknown cost comes last,
    so that it is named only where nothing else stands in the way."""
    return (
        _forbidden(line, candidate, country)
        or _undeliverable(line, candidate, policy)
        or (None if is_cost_known(candidate) else Why.COST_UNKNOWN)
    )


def is_cost_known(candidate: Candidate) -> bool:
    terms = candidate.terms
    return not (
        candidate.unit_cost_cents is None
        or terms.order_fee_cents is None
        or terms.first_item_shipping_cents is None
        or terms.extra_item_shipping_cents is None
    )


def score_cents(line: WantedLine, candidate: Candidate) -> int | None:
    """What the line would cost if this candidate served all of it and nothing else."""
    terms = candidate.terms
    shipping = shipping_cents(
        line.quantity,
        first_item_cents=terms.first_item_shipping_cents,
        extra_item_cents=terms.extra_item_shipping_cents,
    )
    if (
        shipping is None
        or terms.order_fee_cents is None
        or candidate.unit_cost_cents is None
    ):
        return None
    unit = candidate.unit_cost_cents + candidate.expected_return_cost_cents
    fixed = terms.order_fee_cents + terms.expected_lateness_cost_cents
    return unit * line.quantity + shipping + fixed


def _forbidden(line: WantedLine, candidate: Candidate, country: str) -> Why | None:
    terms = candidate.terms
    if line.named_supplier is not None and terms.supplier != line.named_supplier:
        return Why.NOT_NAMED
    if terms.supplier in line.refused_suppliers:
        return Why.REFUSED_BEFORE
    if terms.is_paused:
        return Why.PAUSED
    if terms.countries is not None and country not in terms.countries:
        return Why.DESTINATION
    return None


def _undeliverable(
    line: WantedLine, candidate: Candidate, policy: Policy
) -> Why | None:
    if is_stale(candidate.read_at, policy.now, stale_after=policy.stale_after):
        return Why.STALE
    if candidate.free_quantity is None:
        return Why.STOCK_UNKNOWN
    needed = 1 if policy.allow_split else line.quantity
    return Why.OUT_OF_STOCK if candidate.free_quantity < needed else None
