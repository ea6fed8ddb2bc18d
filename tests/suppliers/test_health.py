"""How often a supplier may be called, and whether at all, by the rules alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suppliers.health import (
    FEWEST_CALLS,
    FEWEST_IN_BUDGET,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    WINDOW,
    Circuit,
    Health,
    Heard,
    Limits,
    OpenedBecause,
    hear,
    ready_at,
    take,
    throttle,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LEASE = timedelta(minutes=2)
MINUTE = timedelta(minutes=1)
FREE = Limits()
A, F = Heard.ANSWERED, Heard.FAILED


def listened(
    heard: list[Heard], limits: Limits = FREE, since: Health | None = None
) -> tuple[Health, OpenedBecause | None]:
    """What is known after these calls, a second apart; why it opened, if it did."""
    health, because = since or Health(), None
    for number, each in enumerate(heard):
        now = NOON + timedelta(seconds=number)
        health, opened = hear(health, limits, each, now, is_probe=False)
        because = because or opened
    return health, because


@given(
    calls=st.integers(1, 600),
    burst=st.none() | st.integers(1, 900),
    moves=st.lists(st.tuples(st.integers(0, 90_000), st.integers(1, 50)), max_size=80),
)
def test_no_minute_however_cut_has_more_calls_than_allowed(
    calls: int, burst: int | None, moves: list[tuple[int, int]]
) -> None:
    limits, health, now = Limits(calls, burst), Health(), NOON
    made: list[datetime] = []
    for milliseconds, wanted in moves:
        now += timedelta(milliseconds=milliseconds)
        health, taken = take(health, limits, wanted, now, LEASE)
        assert taken <= min(wanted, limits.most_at_once)
        made += [now] * taken
    for start in made:
        assert sum(start <= each < start + MINUTE for each in made) <= calls


@given(calls=st.integers(1, 600), burst=st.none() | st.integers(1, 900))
def test_whoever_comes_when_it_is_ready_gets_a_call(
    calls: int, burst: int | None
) -> None:
    limits, health = Limits(calls, burst), Health()
    health, first = take(health, limits, 10_000, NOON, LEASE)
    ready = ready_at(health, limits)

    assert first == limits.most_at_once
    assert take(health, limits, 1, ready - timedelta(microseconds=1), LEASE)[1] == 0
    assert take(health, limits, 5, ready, LEASE)[1] == 1


def test_without_a_limit_everything_goes_out() -> None:
    assert take(Health(), FREE, 500, NOON, LEASE) == (Health(), 500)


@pytest.mark.parametrize(
    ("heard", "because"),
    [
        ([F] * FEWEST_CALLS, OpenedBecause.FAILING),
        ([F] * (FEWEST_CALLS - 1), None),
        ([F, F, A, A, A, A], None),
        ([F, A, F, A, F, F], OpenedBecause.FAILING),
        ([A] * 50 + [F] * (FEWEST_CALLS - 1), None),
        ([Heard.THROTTLED] * 50, None),
        ([A, Heard.SHUT_OUT], OpenedBecause.SHUT_OUT),
    ],
    ids=[
        "all fail",
        "too few to say",
        "most are well",
        "half fail",
        "few after good days",
        "busy is not broken",
        "one refusal of our credentials",
    ],
)
def test_a_circuit_opens_on_a_share_of_failures(
    heard: list[Heard], because: OpenedBecause | None
) -> None:
    health, opened = listened(heard)

    assert opened is because
    assert (health.circuit is Circuit.OPEN) == (because is not None)


def test_failures_that_lie_far_apart_open_nothing() -> None:
    health = Health()
    for number in range(20):
        at = NOON + number * (WINDOW + MINUTE)
        health, _ = hear(health, FREE, F, at, is_probe=False)

    assert health.circuit is Circuit.CLOSED


@pytest.mark.parametrize(
    ("good", "bad", "because"),
    [
        (FEWEST_IN_BUDGET - 4, 3, None),
        (FEWEST_IN_BUDGET - 3, 3, OpenedBecause.OVER_BUDGET),
        (60, 3, None),
        (57, 3, OpenedBecause.OVER_BUDGET),
    ],
)
def test_a_budget_for_errors_is_kept(
    good: int, bad: int, because: OpenedBecause | None
) -> None:
    budget = Limits(error_budget_percent=5)

    assert listened([A] * good + [F] * bad, budget)[1] is because


def test_being_throttled_spends_the_budget() -> None:
    budget = Limits(error_budget_percent=5)

    heard = [A] * 47 + [Heard.THROTTLED] * 3
    assert listened(heard, budget)[1] is OpenedBecause.OVER_BUDGET


def test_an_open_circuit_lets_one_probe_out_and_waits_longer_each_time() -> None:
    health, _ = listened([F] * FEWEST_CALLS)
    pauses = []
    for _ in range(8):
        opened_at = now = health.open_until
        assert take(health, FREE, 9, now - timedelta(seconds=1), LEASE)[1] == 0
        health, probes = take(health, FREE, 9, now, LEASE)
        assert (probes, health.circuit) == (1, Circuit.HALF_OPEN)
        assert take(health, FREE, 9, now + LEASE / 2, LEASE)[1] == 0
        health, _ = hear(health, FREE, F, now, is_probe=True)
        pauses.append(health.open_until - opened_at)

    assert pauses[:3] == [2 * FIRST_PAUSE, 4 * FIRST_PAUSE, 8 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE


def test_a_probe_that_died_with_its_process_is_followed_by_another() -> None:
    health, _ = listened([F] * FEWEST_CALLS)
    now = health.open_until
    health, _ = take(health, FREE, 1, now, LEASE)

    assert take(health, FREE, 5, now + LEASE, LEASE)[1] == 1


@pytest.mark.parametrize("heard", [A, Heard.THROTTLED], ids=str)
def test_an_answer_to_the_probe_closes_it(heard: Heard) -> None:
    health, _ = listened([F] * FEWEST_CALLS)
    now = health.open_until
    health, _ = take(health, FREE, 1, now, LEASE)
    health, _ = hear(health, FREE, heard, now, is_probe=True)

    assert health.circuit is Circuit.CLOSED
    assert take(health, FREE, 7, now, LEASE)[1] == 7


@given(heard=st.lists(st.sampled_from(Heard), max_size=30))
def test_calls_from_before_it_opened_change_nothing(heard: list[Heard]) -> None:
    health, _ = listened([F] * FEWEST_CALLS)

    assert listened(heard, since=health) == (health, None)


def test_refused_credentials_are_not_tried_often() -> None:
    health, _ = listened([Heard.SHUT_OUT])

    assert health.open_until - NOON == LONGEST_PAUSE


@given(
    first=st.integers(0, 900),
    second=st.integers(0, 900),
    calls=st.none() | st.integers(1, 60),
)
def test_what_it_asked_for_is_kept_whatever_else_is_known(
    first: int, second: int, calls: int | None
) -> None:
    limits = Limits(calls)
    asked = [NOON + timedelta(seconds=each) for each in (first, second)]
    health = throttle(throttle(Health(), asked[0]), asked[1])

    assert ready_at(health, limits) == max(asked)
    assert take(health, limits, 1, max(asked), LEASE)[1] == 1
