"""When to try again: pure, with chance handed in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from config.options import Forwarding

Chance = Callable[[], float]  # between 0 and 1
SHORTEST_WAIT = timedelta(seconds=1)  # a throttled supplier is never asked at once


@dataclass(frozen=True, slots=True)
class RetryRules:
    """How long each wait may be, and when a human takes over."""

    first: timedelta
    longest: timedelta
    max_attempts: int
    lease: timedelta
    settle: timedelta

    @classmethod
    def of(cls, forwarding: Forwarding) -> "RetryRules":
        return cls(
            first=timedelta(seconds=forwarding.first_retry_seconds),
            longest=timedelta(seconds=forwarding.longest_retry_seconds),
            max_attempts=forwarding.max_attempts,
            lease=timedelta(seconds=forwarding.lease_seconds),
            settle=timedelta(seconds=forwarding.settle_seconds),
        )


def wait(rules: RetryRules, attempts: int, chance: Chance) -> timedelta:
    """Capped exponential back-off with half jitter: never less than half of it.

    Full jitter may come out near zero, which a throttled supplier takes amiss.
    """
    doublings = min(max(attempts - 1, 0), 20)
    full = min(rules.longest, rules.first * float(1 << doublings))
    return full * (0.5 + chance() / 2)


def wait_as_told(
    rules: RetryRules, attempts: int, retry_after: timedelta | None, chance: Chance
) -> timedelta:
    """What the supplier asked for, with a floor, a ceiling and jitter on top."""
    if retry_after is None:
        return max(SHORTEST_WAIT, wait(rules, attempts, chance))
    told = min(max(retry_after, SHORTEST_WAIT), rules.longest)
    return told + rules.first * chance()
