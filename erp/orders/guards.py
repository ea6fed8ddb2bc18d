"""Why an order should wait for a human before suppliers are asked. Pure.

What a human has waved through is not found again. Once a supplier was asked, the
questions of admission (age, margin, duplicate) are settled and not put again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from erp.orders.lifecycle import HoldReason
from erp.orders.profit import OfferTerms, Sold, cheapest_landed_cents
from inventory.pricing import clears_floor, margin_cents, revenue_cents

IS_PAID = frozenset({"paid", "partially_refunded"})
MOST_NAMED = 5  # SKUs in one hold's facts
# Universal Postal Union: no postal codes in use there.
NO_POSTAL_CODES = """
AE AG AO AW BI BJ BO BS BW BZ CD CF CG CI CM DJ DM ER FJ GD GM GQ GY HK JM KI KM KN LY
ML MO MR MW NR QA RW SB SC SL SR ST SY TD TG TL TO TV UG VU YE ZW
"""
WITHOUT_POSTAL_CODE = frozenset(NO_POSTAL_CODES.split())

Items = tuple[tuple[str, int], ...]  # (SKU, quantity), sorted
Facts = dict[str, str]  # numbers and names by what they are; each reason has its own


@dataclass(frozen=True, slots=True)
class Customer:
    """Who gets the goods, and where; texts may be empty."""

    email: str
    name: str
    address1: str
    city: str
    postal_code: str
    country: str

    @property
    def by_email(self) -> tuple[str, ...]:
        return (self.email,) if self.email else ()

    @property
    def by_door(self) -> tuple[str, ...]:
        """The name at the door; nothing without a street."""
        door = self.name, self.address1, self.postal_code, self.country
        return tuple(text.casefold() for text in door) if self.address1 else ()

    def is_same(self, other: "Customer") -> bool:
        return bool(
            (self.by_email and self.by_email == other.by_email)
            or (self.by_door and self.by_door == other.by_door)
        )


@dataclass(frozen=True, slots=True)
class LineFacts:
    """Units of a line that still have no supplier, and who offers them."""

    sku: str
    is_known: bool
    quantity: int
    unit_price_cents: int
    discount_cents: int
    named_supplier: str | None
    offers: tuple[OfferTerms, ...]  # live ones; in the order's currency


@dataclass(frozen=True, slots=True)
class Rival:
    """An earlier order of somebody alike that may be this one over again."""

    name: str
    placed_at: datetime
    customer: Customer
    items: Items


@dataclass(frozen=True, slots=True)
class OrderFacts:
    payment: str
    risk: str | None
    currency: str
    shipping_cents: int
    placed_at: datetime
    paid_at: datetime | None
    cancelled_at: datetime | None
    customer: Customer
    lines: tuple[LineFacts, ...]
    items: Items = ()  # all that was ordered
    is_started: bool = False  # some supplier was asked already
    rivals: tuple[Rival, ...] = ()
    waived: frozenset[HoldReason] = frozenset()
    fulfilment: str | None = None  # at the channel


@dataclass(frozen=True, slots=True)
class GuardPolicy:
    max_age: timedelta | None  # since it was paid; None: any age will do
    min_margin_bp: int | None  # basis points of revenue; None: no floor
    duplicate_window: timedelta


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason to wait, with the numbers behind it."""

    reason: HoldReason
    facts: Facts


Guard = Callable[[OrderFacts, GuardPolicy, datetime], Facts | None]


def judge(facts: OrderFacts, policy: GuardPolicy, now: datetime) -> tuple[Finding, ...]:
    """Every reason to wait, in the order a human would ask."""
    return tuple(
        Finding(reason, found)
        for reason, guard in GUARDS.items()
        if reason not in facts.waived
        and not (facts.is_started and reason in ADMISSION)
        and (found := guard(facts, policy, now)) is not None
    )


def unpaid(facts: OrderFacts, _policy: GuardPolicy, _now: datetime) -> Facts | None:
    return None if facts.payment in IS_PAID else {"payment": facts.payment}


def cancelled(facts: OrderFacts, _policy: GuardPolicy, _now: datetime) -> Facts | None:
    when = facts.cancelled_at
    return None if when is None else {"cancelled_at": when.isoformat()}


def fulfilled(facts: OrderFacts, _policy: GuardPolicy, _now: datetime) -> Facts | None:
    """Somebody else sent it, or a part: bought once more, it would arrive twice."""
    return {"fulfilment": facts.fulfilment} if facts.fulfilment else None


def fraud_risk(facts: OrderFacts, _policy: GuardPolicy, _now: datetime) -> Facts | None:
    return {"risk": facts.risk} if facts.risk == "high" else None


def too_old(facts: OrderFacts, policy: GuardPolicy, now: datetime) -> Facts | None:
    since = facts.paid_at or facts.placed_at
    if policy.max_age is None or now - since <= policy.max_age:
        return None
    days = "paid_days" if facts.paid_at else "placed_days"
    return {days: str((now - since).days), "limit_days": str(policy.max_age.days)}


def unknown_sku(
    facts: OrderFacts, _policy: GuardPolicy, _now: datetime
) -> Facts | None:
    return _named([line.sku for line in facts.lines if not line.is_known])


def incomplete_address(
    facts: OrderFacts, _policy: GuardPolicy, _now: datetime
) -> Facts | None:
    if not facts.lines:
        return None  # nothing is left to be sent anywhere
    to = facts.customer
    wanted = {"name": to.name, "street": to.address1, "city": to.city}
    wanted |= {"country": to.country}
    if to.country not in WITHOUT_POSTAL_CODE:
        wanted |= {"postal_code": to.postal_code}
    missing = [what for what, text in wanted.items() if not text.strip()]
    return {"missing": ", ".join(missing)} if missing else None


def cost_unknown(
    facts: OrderFacts, _policy: GuardPolicy, _now: datetime
) -> Facts | None:
    return _named([x.sku for x in facts.lines if x.is_known and _lacks_cost(x)])


def margin_below_floor(
    facts: OrderFacts, policy: GuardPolicy, _now: datetime
) -> Facts | None:
    cost = cheapest_landed_cents([Sold(x.quantity, _usable(x)) for x in facts.lines])
    revenue = revenue_cents(
        [(line.unit_price_cents, line.quantity) for line in facts.lines],
        discount_cents=sum(line.discount_cents for line in facts.lines),
        shipping_charged_cents=facts.shipping_cents,
    )
    margin = margin_cents(revenue, cost)
    if margin is None or clears_floor(margin, revenue, policy.min_margin_bp):
        return None
    return margin_facts(margin, revenue, facts.currency, policy.min_margin_bp)


def margin_facts(
    margin_cents: int, of_cents: int, currency: str, floor_bp: int | None
) -> Facts:
    """Both amounts in minor units of the order's currency, the floor in bp."""
    return {
        "margin_cents": str(margin_cents),
        "revenue_cents": str(of_cents),
        "currency": currency,
        "floor_bp": str(floor_bp or 0),
    }


def possible_duplicate(
    facts: OrderFacts, policy: GuardPolicy, _now: datetime
) -> Facts | None:
    for rival in facts.rivals:
        if (
            rival.items == facts.items
            and facts.placed_at - rival.placed_at <= policy.duplicate_window
            and facts.customer.is_same(rival.customer)
        ):
            minutes = (facts.placed_at - rival.placed_at) // timedelta(minutes=1)
            return {"order": rival.name, "minutes": str(minutes)}
    return None


GUARDS: dict[HoldReason, Guard] = {
    HoldReason.UNPAID: unpaid,
    HoldReason.CANCELLED_AT_CHANNEL: cancelled,
    HoldReason.FULFILLED_AT_CHANNEL: fulfilled,
    HoldReason.FRAUD_RISK: fraud_risk,
    HoldReason.TOO_OLD: too_old,
    HoldReason.UNKNOWN_SKU: unknown_sku,
    HoldReason.INCOMPLETE_ADDRESS: incomplete_address,
    HoldReason.COST_UNKNOWN: cost_unknown,
    HoldReason.MARGIN_BELOW_FLOOR: margin_below_floor,
    HoldReason.POSSIBLE_DUPLICATE: possible_duplicate,
}
ADMISSION = frozenset(
    {
        HoldReason.FULFILLED_AT_CHANNEL,
        HoldReason.TOO_OLD,
        HoldReason.MARGIN_BELOW_FLOOR,
        HoldReason.POSSIBLE_DUPLICATE,
    }
)


def _usable(line: LineFacts) -> tuple[OfferTerms, ...]:
    """The offers it may go to; routing says so if a named supplier has none."""
    named = tuple(x for x in line.offers if x.supplier == line.named_supplier)
    return named or line.offers


def _lacks_cost(line: LineFacts) -> bool:
    return not any(offer.is_known for offer in _usable(line))


def _named(skus: list[str]) -> Facts | None:
    if not skus:
        return None
    named = {"skus": ", ".join(skus[:MOST_NAMED])}
    more = len(skus) - MOST_NAMED
    return named | {"more": str(more)} if more > 0 else named
