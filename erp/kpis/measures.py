"""What a KPI's value is made of: a fraction, how sure it is, and how it is shared out.

Pure. Amounts are whole minor units; a ratio is only ever made to be compared or shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

from inventory.pricing import half_up

PERCENT = 100


class Measured(NamedTuple):
    """A KPI's value: `covered` of `total` cases were known well enough to count.

    A rate counts cases, so its denominator is what is covered; a margin is minor units
    of revenue left (numerator) of all revenue (denominator), its cases are orders.
    """

    numerator: int
    denominator: int
    covered: int
    total: int

    @property
    def percent(self) -> Decimal | None:
        """The value in percent; nothing of nothing is unknown, not 0."""
        if self.denominator <= 0:
            return None
        return Decimal(self.numerator * PERCENT) / Decimal(self.denominator)

    @property
    def coverage_percent(self) -> Decimal | None:
        if self.total <= 0:
            return None
        return Decimal(self.covered * PERCENT) / Decimal(self.total)


NOTHING = Measured(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the true share lies, in percent."""

    low: Decimal
    high: Decimal


def rate(numerator: int, denominator: int, total: int | None = None) -> Measured:
    """A share of counted cases, of `total` there were (default: all were counted)."""
    return Measured(
        numerator, denominator, denominator, denominator if total is None else total
    )


def wilson(
    numerator: int, denominator: int, *, confidence_percent: Decimal
) -> Interval | None:
    """Wilson's score interval of a share, each side held with this confidence.

    Unlike the plain normal interval it stays within 0-100 % and is honest for few cases
    and for shares near 0. None without cases.
    """
    if denominator <= 0:
        return None
    z = NormalDist().inv_cdf(float(confidence_percent) / PERCENT)
    share = numerator / denominator
    spread = z * sqrt(
        share * (1 - share) / denominator + z * z / (4 * denominator * denominator)
    )
    middle = share + z * z / (2 * denominator)
    scale = 1 + z * z / denominator
    return Interval(
        _percent(max(0.0, (middle - spread) / scale)),
        _percent(min(1.0, (middle + spread) / scale)),
    )


def _percent(share: float) -> Decimal:
    return Decimal(str(round(share * PERCENT, 6)))


def shares(whole: int, weights: Sequence[int]) -> list[int]:
    """`whole` shared out in proportion to weights (all alike if they are all 0).

    By the largest remainder, so the parts add up to the whole exactly and each is less
    than one unit off its exact share. Weights are not negative; the whole may be.
    """
    if len(weights) == 1:
        return [whole]
    if not whole:
        return [0] * len(weights)
    weight = sum(weights)
    if not weight:
        return rounded([whole] * len(weights), len(weights))
    return rounded([whole * each for each in weights], weight)


def rounded(numerators: Sequence[int], denominator: int) -> list[int]:
    """Fractions over one denominator as whole units whose sum is the rounded sum.

    Each is rounded down, then the missing units go to the largest remainders, the first
    of equals before the later ones. The sum itself is rounded half up.
    """
    parts = [each // denominator for each in numerators]
    whole = half_up(sum(numerators), denominator)
    missing = whole - sum(parts)
    if missing:
        by_remainder = sorted(
            range(len(parts)), key=lambda at: -(numerators[at] % denominator)
        )
        for at in by_remainder[:missing]:
            parts[at] += 1
    return parts
