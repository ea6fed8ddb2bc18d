"""Routing the slow way: try everything. Written apart from the code it checks."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import strategies as st

from erp.fulfilment.sourcing.candidates import (
    Candidate,
    Parcels,
    Policy,
    SupplierTerms,
    Wanted,
    WantedLine,
)

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
STALE_AFTER = timedelta(days=2)
Way = tuple[tuple[WantedLine, Candidate, int], ...]


def may_serve(line: WantedLine, offer: Candidate, country: str) -> bool:
    terms = offer.terms
    amounts = (
        offer.unit_cost_cents,
        offer.free_quantity,
        offer.read_at,
        terms.order_fee_cents,
        terms.first_item_shipping_cents,
        terms.extra_item_shipping_cents,
    )
    return (
        offer.sku == line.sku
        and None not in amounts
        and NOW - offer.read_at <= STALE_AFTER
        and not terms.is_paused
        and (terms.countries is None or country in terms.countries)
        and line.named_supplier in (None, offer.supplier)
        and offer.supplier not in line.refused_suppliers
    )


def ways(wanted: Wanted, offers: list[Candidate], policy: Policy) -> Iterator[Way]:
    """Every way to serve every line whole, within stock and the rule on parcels."""
    per_line = []
    for line in wanted.lines:
        usable = [o for o in offers if may_serve(line, o, wanted.country)]
        per_line.append([w for w in shares(line, usable, policy.allow_split) if w])
    for choice in product(*per_line):
        way = tuple(part for parts in choice for part in parts)
        used: Counter[int] = Counter()
        for _, offer, quantity in way:
            used[offer.offer_id] += quantity
        if any(used[o.offer_id] > (o.free_quantity or 0) for _, o, _ in way):
            continue
        if policy.parcels is Parcels.REQUIRE and parcels(way) > 1:
            continue
        yield way


def shares(line: WantedLine, usable: list[Candidate], split: bool) -> list[Way]:
    if not split:
        return [((line, offer, line.quantity),) for offer in usable]
    counts = product(range(line.quantity + 1), repeat=len(usable))
    return [
        tuple((line, o, n) for o, n in zip(usable, count, strict=True) if n)
        for count in counts
        if sum(count) == line.quantity
    ]


def parcels(way: Way) -> int:
    return len({offer.supplier for _, offer, _ in way})


def cost(way: Way) -> int:
    total = 0
    units: Counter[str] = Counter()
    terms = {}
    for _, offer, quantity in way:
        total += quantity * (offer.unit_cost_cents + offer.expected_return_cost_cents)
        units[offer.supplier] += quantity
        terms[offer.supplier] = offer.terms
    for supplier, count in units.items():
        t = terms[supplier]
        total += t.order_fee_cents + t.expected_lateness_cost_cents
        total += t.first_item_shipping_cents
        total += t.extra_item_shipping_cents * (count - 1)
    return total


# Of ten draws one is an obstacle; in a tidy market, none is.
RARELY = st.integers(0, 9).map(lambda drawn: drawn == 7)
NEVER = st.just(False)


@st.composite
def suppliers(draw: st.DrawFn, code: str, odd) -> SupplierTerms:
    extra = draw(st.integers(0, 3))
    return SupplierTerms(
        supplier=code,
        order_fee_cents=None if draw(odd) else draw(st.integers(0, 9)),
        first_item_shipping_cents=extra + draw(st.integers(0, 9)),
        extra_item_shipping_cents=extra,
        expected_lateness_cost_cents=draw(st.integers(0, 3)),
        countries=frozenset({"BR"}) if draw(odd) else None,
        is_paused=draw(odd),
    )


@st.composite
def offers_of(
    draw: st.DrawFn, terms: SupplierTerms, sku: str, offer_id: int, odd
) -> Candidate:
    return Candidate(
        offer_id=offer_id,
        supplier_sku=f"{terms.supplier}-{sku}",
        sku=sku,
        terms=terms,
        unit_cost_cents=None if draw(odd) else draw(st.integers(1, 9)),
        free_quantity=None if draw(odd) else draw(st.sampled_from([9, 4, 3, 2, 1])),
        read_at=NOW - timedelta(days=3) if draw(odd) else NOW,
        lead_time_days=draw(st.sampled_from([None, 1, 2])),
        expected_return_cost_cents=draw(st.integers(0, 2)),
    )


@st.composite
def lines_of(draw: st.DrawFn, line_id: int, skus: list[str], odd) -> WantedLine:
    return WantedLine(
        line_id=line_id,
        sku=draw(st.sampled_from(skus)),
        quantity=draw(st.integers(1, 3)),
        named_supplier="A" if draw(odd) else None,
        refused_suppliers=frozenset({"B"} if draw(odd) else ()),
    )


@st.composite
def markets(draw: st.DrawFn) -> tuple[Wanted, list[Candidate], Policy]:
    """Small instances with every kind of obstacle, and stock that is fought over."""
    odd = draw(st.sampled_from([NEVER, RARELY]))
    split = draw(st.booleans())
    most = 3 if split else 4
    codes = "ABCD"[: draw(st.integers(1, most))]
    skus = ["x", "y", "z"][: draw(st.integers(1, 3))]
    count = draw(st.integers(1, most))
    lines = tuple(draw(lines_of(number, skus, odd)) for number in range(count))
    offers = []
    for code in codes:
        terms = draw(suppliers(code, odd))
        for sku in skus:
            if not draw(odd):
                offers.append(draw(offers_of(terms, sku, len(offers), odd)))
    policy = Policy(
        now=NOW,
        stale_after=STALE_AFTER,
        parcels=draw(st.sampled_from(Parcels)),
        allow_split=split,
    )
    return Wanted(lines, "US", revenue_cents=1_000), offers, policy
