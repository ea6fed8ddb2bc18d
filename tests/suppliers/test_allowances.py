"""Calls are granted to suppliers by rows that all processes share."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from config.database import Sessions, connect
from suppliers.allowances import Grant, forget, grant, listen, spend_one, told
from suppliers.errors import RateLimited, Rejected, ShutOut, Unavailable
from suppliers.health import FEWEST_CALLS, FIRST_PAUSE, Circuit, OpenedBecause
from suppliers.models import SupplierHealth, SupplierOutage
from tests.factories import make_supplier

LEASE = timedelta(minutes=2)
DOWN = Unavailable("S1", "nobody there")


def supplier(sessions: Sessions, code: str = "S1", **given: object) -> int:
    with sessions.writing() as session:
        return make_supplier(session, code, **given).id or 0


def granted(sessions: Sessions, wanted: dict[int, int], now: datetime) -> list[Grant]:
    with sessions.writing() as session:
        return list(grant(session, wanted, now, LEASE).values())


def calls(sessions: Sessions, wanted: dict[int, int], now: datetime) -> list[int]:
    return [each.calls for each in granted(sessions, wanted, now)]


def tell(
    sessions: Sessions, supplier_id: int, answer: object, now: datetime, **given: object
) -> None:
    with sessions.writing() as session:
        listen(session, [told(supplier_id, answer, **given)], now)


def fail(sessions: Sessions, supplier_id: int, now: datetime) -> None:
    for _ in range(FEWEST_CALLS):
        tell(sessions, supplier_id, DOWN, now)


def health(sessions: Sessions) -> list[SupplierHealth]:
    with sessions.reading() as session:
        rows = list(session.exec(select(SupplierHealth)))
        session.expunge_all()
    return rows


def outages(sessions: Sessions) -> list[SupplierOutage]:
    with sessions.reading() as session:
        rows = list(session.exec(select(SupplierOutage)))
        session.expunge_all()
    return rows


def test_nothing_is_written_where_nothing_is_limited_and_all_is_well(
    sessions: Sessions, now: datetime
) -> None:
    one = supplier(sessions)

    assert calls(sessions, {one: 40}, now) == [40]
    tell(sessions, one, "an answer", now, counts=False)
    tell(sessions, one, Rejected("S1", "no such SKU"), now, counts=False)

    assert health(sessions) == []


def test_a_limit_holds_for_one_supplier_and_not_for_another(
    both_sessions: Sessions, now: datetime
) -> None:
    limited = supplier(both_sessions, calls_per_minute=60, burst=3)
    free = supplier(both_sessions, "S2")

    assert calls(both_sessions, {limited: 9, free: 9}, now) == [3, 9]
    assert calls(both_sessions, {limited: 9, free: 9}, now) == [0, 9]
    later = now + timedelta(seconds=60)
    assert calls(both_sessions, {limited: 9}, later) == [3]


def test_processes_never_spend_the_same_call_twice(
    both_sessions: Sessions, now: datetime
) -> None:
    one = supplier(both_sessions, calls_per_minute=60, burst=7)

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: calls(both_sessions, {one: 2}, now), range(12)))

    assert sum(each for (each,) in taken) == 7


def test_of_many_who_race_for_a_probe_one_gets_it(
    both_sessions: Sessions, now: datetime
) -> None:
    one = supplier(both_sessions)
    fail(both_sessions, one, now)
    then = now + FIRST_PAUSE

    with ThreadPoolExecutor(4) as pool:
        found = list(
            pool.map(lambda _: granted(both_sessions, {one: 5}, then), range(8))
        )

    assert sum(each.calls for (each,) in found) == 1
    assert sum(each.is_probe for (each,) in found) == 1


def test_a_restart_does_not_forget_an_open_circuit(
    database_url: str, both_sessions: Sessions, now: datetime
) -> None:
    one = supplier(both_sessions)
    fail(both_sessions, one, now)

    engine = connect(database_url)
    again = Sessions(engine)
    assert calls(again, {one: 5}, now + FIRST_PAUSE / 2) == [0]
    (probe,) = granted(again, {one: 5}, now + FIRST_PAUSE)
    engine.dispose()

    assert (probe.calls, probe.is_probe, probe.counts) == (1, True, True)


def test_an_outage_is_one_row_from_its_opening_to_the_answer(
    both_sessions: Sessions, now: datetime
) -> None:
    one = supplier(both_sessions)
    fail(both_sessions, one, now)
    fail(both_sessions, one, now)
    (outage,) = outages(both_sessions)
    assert (outage.since, outage.because) == (now, OpenedBecause.FAILING)
    assert (outage.detail, outage.ended_at) == ("nobody there", None)

    at = now + FIRST_PAUSE
    granted(both_sessions, {one: 1}, at)
    tell(both_sessions, one, Unavailable("S1", "still away"), at, is_probe=True)
    (outage,) = outages(both_sessions)
    assert (outage.probes, outage.detail) == (1, "still away")

    at = at + 2 * FIRST_PAUSE
    granted(both_sessions, {one: 1}, at)
    tell(both_sessions, one, "an answer", at, is_probe=True)

    (outage,) = outages(both_sessions)
    assert outage.ended_at == at
    (row,) = health(both_sessions)
    assert (row.circuit, row.ready_at) == (Circuit.CLOSED, None)
    assert calls(both_sessions, {one: 6}, at) == [6]


def test_refused_credentials_open_at_once(
    both_sessions: Sessions, now: datetime
) -> None:
    one = supplier(both_sessions)
    tell(both_sessions, one, ShutOut("S1", "it answered 401"), now, counts=False)

    assert calls(both_sessions, {one: 5}, now) == [0]
    (outage,) = outages(both_sessions)
    assert outage.because is OpenedBecause.SHUT_OUT


def test_a_supplier_that_asks_for_patience_gets_it(
    both_sessions: Sessions, now: datetime
) -> None:
    one = supplier(both_sessions)
    until = now + timedelta(seconds=90)
    busy = RateLimited("S1", "it answered 429", timedelta(seconds=90))
    tell(both_sessions, one, busy, now, until=until)

    assert calls(both_sessions, {one: 5}, until - timedelta(seconds=1)) == [0]
    assert calls(both_sessions, {one: 5}, until) == [5]


@pytest.mark.parametrize("limits", [{}, {"calls_per_minute": 1}], ids=["free", "one"])
def test_beginning_anew_forgets_all_of_it(
    sessions: Sessions, now: datetime, limits: dict[str, int]
) -> None:
    one = supplier(sessions, **limits)
    granted(sessions, {one: 1}, now)
    fail(sessions, one, now)

    with sessions.writing() as session:
        forget(session, one, now)

    assert calls(sessions, {one: 1}, now) == [1]
    assert [each.ended_at for each in outages(sessions)] == [now]


def spent(sessions: Sessions, supplier_id: int, now: datetime) -> datetime | None:
    with sessions.writing() as session:
        return spend_one(session, supplier_id, now)


def test_a_humans_question_is_a_call_like_any_other(both_sessions, now):
    one = supplier(both_sessions, calls_per_minute=2, burst=1)
    assert spent(both_sessions, one, now) is None
    assert calls(both_sessions, {one: 5}, now) == [0]

    free_at = spent(both_sessions, one, now)

    assert free_at is not None
    assert free_at > now
    assert calls(both_sessions, {one: 5}, free_at) == [1]
    assert spent(both_sessions, one, free_at) is not None


def test_a_humans_question_waits_as_long_as_the_supplier_asked_for(sessions, now):
    one = supplier(sessions)
    until = now + timedelta(minutes=3)
    tell(sessions, one, RateLimited("S1", "slow down", None), now, until=until)

    assert spent(sessions, one, now) == until
    assert spent(sessions, one, until) is None


def test_a_humans_question_neither_waits_for_a_circuit_nor_moves_it(sessions, now):
    one = supplier(sessions)
    fail(sessions, one, now)
    before = health(sessions)

    assert spent(sessions, one, now) is None

    assert health(sessions) == before
    assert before[0].circuit is Circuit.OPEN


def test_a_humans_question_writes_nothing_where_nothing_is_limited(sessions, now):
    assert spent(sessions, supplier(sessions), now) is None
    assert health(sessions) == []
