"""When a notice is tried again: the schedule that Standard Webhooks proposes. Pure."""

from collections.abc import Callable
from datetime import timedelta

Chance = Callable[[], float]  # between 0 and 1
PAUSES = (  # after the first attempt, the second, …; about three days in all
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER = 0.1  # of a pause, on top: what failed together need not come back together
LONGEST_QUIET = timedelta(minutes=5)  # one bad notice must not silence the others


def pause(attempts: int, told: timedelta | None, chance: Chance) -> timedelta | None:
    """How long to wait after so many attempts; None: it was the last one.

    `told` is what the other side asked for; we never come back earlier than that.
    """
    if attempts > len(PAUSES):
        return None
    least = max(PAUSES[attempts - 1], told or timedelta())
    return least + PAUSES[attempts - 1] * (JITTER * chance())


def quiet(waits: timedelta, told: timedelta | None) -> timedelta:
    """How long an endpoint that failed is left alone by all other notices too."""
    return max(min(waits, LONGEST_QUIET), told or timedelta())
