"""What goods cost when they arrive and what an order leaves, in whole cents.

Whatever depends on an unknown is None, never zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

BASIS_POINTS = 10_000  # of one: floors are stored as whole hundredths of a percent
MILLION = 1_000_000  # rates of exchange are stored as whole millionths


@dataclass(frozen=True, slots=True)
class Rate:
    """Minor units of our currency for one minor unit of theirs, as a fraction."""

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        if self.numerator <= 0 or self.denominator <= 0:
            raise ValueError(f"no rate of exchange: {self}")

    @classmethod
    def of(cls, rate: Decimal) -> Self:
        """The fraction a decimal rate stands for, exactly."""
        if not rate.is_finite():
            raise ValueError(f"no rate of exchange: {rate}")
        return cls(*rate.as_integer_ratio())


def convert(cents: int | None, rate: Rate | None) -> int | None:
    """An amount in our currency, rounded half up; without a rate it is unknown."""
    if cents is None or rate is None:
        return None
    return half_up(cents * rate.numerator, rate.denominator)


def half_up(numerator: int, denominator: int) -> int:
    """A fraction as the nearest whole unit, halves upwards."""
    return (2 * numerator + denominator) // (2 * denominator)


def shipping_cents(
    units: int, *, first_item_cents: int | None, extra_item_cents: int | None
) -> int | None:
    """One parcel's shipping: the first unit at one price, each further at another."""
    if units == 0:
        return 0
    if first_item_cents is None or extra_item_cents is None:
        return None
    return first_item_cents + extra_item_cents * (units - 1)


def landed_cost_cents(
    items: Iterable[tuple[int | None, int]],
    *,
    order_fee_cents: int | None,
    shipping_cents: int | None,
) -> int | None:
    """What (unit cost, quantity) pairs cost us with fee and shipping."""
    if order_fee_cents is None or shipping_cents is None:
        return None
    total = order_fee_cents + shipping_cents
    for unit_cost_cents, quantity in items:
        if unit_cost_cents is None:
            return None
        total += unit_cost_cents * quantity
    return total


def revenue_cents(
    lines: Iterable[tuple[int, int]],
    *,
    discount_cents: int = 0,
    shipping_charged_cents: int = 0,
    refunded_cents: int = 0,
) -> int:
    """What (unit price, quantity) pairs bring, with all the customer paid or got."""
    goods = sum(unit_price_cents * quantity for unit_price_cents, quantity in lines)
    return goods - discount_cents + shipping_charged_cents - refunded_cents


def part_cents(cents: int, units: int, *, of: int) -> int:
    """Some units' part of an amount that all of them share, rounded half up."""
    return half_up(cents * units, of)


def margin_cents(revenue_cents: int, landed_cost_cents: int | None) -> int | None:
    """What is left of the revenue; unknown as long as the cost is."""
    return None if landed_cost_cents is None else revenue_cents - landed_cost_cents


def margin_ratio(margin_cents: int | None, revenue_cents: int) -> float | None:
    """The margin as a share of the revenue; without revenue there is no share."""
    if margin_cents is None or revenue_cents <= 0:
        return None
    return margin_cents / revenue_cents


def clears_floor(
    margin_cents: int, revenue_cents: int, min_margin_bp: int | None
) -> bool:
    """Whether a margin is at or above the floor, compared without rounding."""
    if min_margin_bp is None:
        return True
    return margin_cents * BASIS_POINTS >= min_margin_bp * revenue_cents
