"""How often a supplier may be called, and whether at all: pure rules.

A bucket of calls keeps us within what it allows in a minute. A circuit opens once too
many calls failed: then nobody calls, until after a while one probe may; its answer
closes the circuit, its failure opens it for longer. What waits meanwhile stays queued.

closed     calls go out, and are counted from the first failure on
open       nothing goes out until `open_until`
half open  one probe is out; `open_until` is when it counts as lost with its process
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

WINDOW = timedelta(minutes=5)  # in which five calls that hang have all failed
FEWEST_CALLS = 5  # below, failures are bad luck
FAILING_BP = 5_000  # half of the calls
FEWEST_IN_BUDGET = 50  # calls before a few errors say anything of a budget
BUDGET_WINDOW = timedelta(hours=1)  # budgets are set for long runs
FIRST_PAUSE = timedelta(seconds=30)  # a restart, or a short hiccup
LONGEST_PAUSE = timedelta(minutes=15)  # then a supplier that is back waits no longer
NEVER = datetime.min.replace(tzinfo=UTC)


class Circuit(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Heard(StrEnum):
    """What a call said about the supplier, whatever it said about an order."""

    ANSWERED = "answered"  # a no in its own words is an answer too
    THROTTLED = "throttled"  # it lives, and wants fewer calls
    FAILED = "failed"
    SHUT_OUT = "shut_out"  # it refuses our credentials: calling on makes it worse


class OpenedBecause(StrEnum):
    FAILING = "failing"
    OVER_BUDGET = "over_budget"
    SHUT_OUT = "shut_out"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a supplier allows; None: it named no limit."""

    calls_per_minute: int | None = None
    burst: int | None = None  # calls at once, after a quiet time
    error_budget_percent: int | None = None  # of calls that may go wrong

    @property
    def most_at_once(self) -> int:
        """A quarter of a minute's calls, unless the supplier says otherwise."""
        calls = self.calls_per_minute or 1
        return min(calls, self.burst or max(1, calls // 4))

    @property
    def interval(self) -> timedelta:
        """Between two calls in the long run.

        Chosen so that in no minute, however it is cut, there are more calls than
        allowed: those at once, and those that come back during it.
        """
        calls = (self.calls_per_minute or 1) - self.most_at_once + 1
        return timedelta(microseconds=-(-60_000_000 // calls))


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of a supplier; as good as nothing while all is well."""

    spent_until: datetime = NEVER  # its bucket is full once this has passed
    not_before: datetime = NEVER  # as it told us, by Retry-After
    circuit: Circuit = Circuit.CLOSED
    open_until: datetime = NEVER
    openings: int = 0  # since it was last well
    window_since: datetime = NEVER
    window_calls: int = 0
    window_failures: int = 0

    @property
    def is_quiet(self) -> bool:
        """Nothing to count: neither trouble nor the end of one."""
        return self.circuit is Circuit.CLOSED and not self.window_calls


def ready_at(health: Health, limits: Limits) -> datetime:
    """From when on a call may go out."""
    ready = health.not_before
    if health.circuit is not Circuit.CLOSED:
        ready = max(ready, health.open_until)
    if limits.calls_per_minute and health.spent_until > NEVER:
        rest = limits.interval * (limits.most_at_once - 1)
        ready = max(ready, health.spent_until - rest)
    return ready


def take(
    health: Health, limits: Limits, wanted: int, now: datetime, lease: timedelta
) -> tuple[Health, int]:
    """How many of the wanted calls may go out now, and what is known then.

    Once an open circuit's time has passed that is one: the probe.
    """
    if wanted < 1 or now < ready_at(health, limits):
        return health, 0
    if health.circuit is not Circuit.CLOSED:
        wanted = 1
        health = replace(health, circuit=Circuit.HALF_OPEN, open_until=now + lease)
    if not limits.calls_per_minute:
        return health, wanted
    spent = max(health.spent_until, now)
    full = now + limits.interval * limits.most_at_once
    taken = min(wanted, (full - spent) // limits.interval)
    return replace(health, spent_until=spent + limits.interval * taken), taken


def spend(
    health: Health, limits: Limits, now: datetime
) -> tuple[Health, datetime | None]:
    """One call whatever the circuit says of it, or from when on it may go out."""
    closed = replace(health, circuit=Circuit.CLOSED)
    spent, calls = take(closed, limits, 1, now, timedelta())
    if not calls:
        return health, ready_at(closed, limits)
    return replace(spent, circuit=health.circuit), None


def hear(
    health: Health, limits: Limits, heard: Heard, now: datetime, *, is_probe: bool
) -> tuple[Health, OpenedBecause | None]:
    """What is known after a call, and why it opens a closed circuit, if it does.

    Calls from before a circuit opened end after it: they tell nothing new.
    """
    if is_probe:
        return _hear_probe(health, heard, now), None
    if health.circuit is not Circuit.CLOSED:
        return health, None
    counted = _count(health, limits, heard, now)
    because = _opens_because(counted, limits, heard)
    if because is None:
        return counted, None
    return _opened(counted, heard, now), because


def throttle(health: Health, until: datetime) -> Health:
    """It asked for patience: nothing goes out before."""
    return replace(health, not_before=max(health.not_before, until))


def _count(health: Health, limits: Limits, heard: Heard, now: datetime) -> Health:
    """Without a budget, counting begins with a failure: nobody counts good days."""
    has_budget = limits.error_budget_percent is not None
    window = BUDGET_WINDOW if has_budget else WINDOW
    if now - health.window_since > window:
        health = replace(
            health, window_since=now, window_calls=0, window_failures=0, openings=0
        )
    fails = heard is Heard.FAILED or (has_budget and heard is Heard.THROTTLED)
    if not fails and not has_budget and not health.window_calls:
        return health
    return replace(
        health,
        window_calls=health.window_calls + 1,
        window_failures=health.window_failures + fails,
    )


def _opens_because(
    health: Health, limits: Limits, heard: Heard
) -> OpenedBecause | None:
    """Why the calls counted so far open a closed circuit, if they do."""
    if heard is Heard.SHUT_OUT:
        return OpenedBecause.SHUT_OUT
    if heard is Heard.ANSWERED:
        return None
    calls, failures_bp = health.window_calls, health.window_failures * 10_000
    if calls >= FEWEST_CALLS and failures_bp >= FAILING_BP * calls:
        return OpenedBecause.FAILING
    budget = limits.error_budget_percent
    if budget is None or calls < FEWEST_IN_BUDGET:
        return None
    return OpenedBecause.OVER_BUDGET if failures_bp >= budget * 100 * calls else None


def _hear_probe(health: Health, heard: Heard, now: datetime) -> Health:
    if heard in (Heard.ANSWERED, Heard.THROTTLED):
        return Health(spent_until=health.spent_until, not_before=health.not_before)
    return _opened(health, heard, now)


def _opened(health: Health, heard: Heard, now: datetime) -> Health:
    """Open, each time for twice as long; of a closed door at once for long."""
    pause = min(FIRST_PAUSE * float(1 << min(health.openings, 10)), LONGEST_PAUSE)
    if heard is Heard.SHUT_OUT:
        pause = LONGEST_PAUSE
    return replace(
        health,
        circuit=Circuit.OPEN,
        open_until=now + pause,
        openings=health.openings + 1,
        window_calls=0,
        window_failures=0,
    )
