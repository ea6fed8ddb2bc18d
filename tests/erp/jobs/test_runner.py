"""One leader, one run for each slot, and failures that are written down."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from config.settings import load
from erp.bootstrap import Erp, assemble
from erp.jobs.models import JobRun, RunOutcome
from erp.jobs.pipeline import JOBS, Job
from erp.jobs.runner import (
    LEASE,
    health,
    lead,
    request_run,
    resign,
    slot_of,
    take_requests,
    tick,
)
from erp.jobs.tidying import KEPT_RUNS, forget_old_runs

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class MovedClock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock(START)


@pytest.fixture
def erp(tmp_path: Path, clock: MovedClock) -> Iterator[Erp]:
    made = assemble(load(tmp_path, {}), clock)
    yield made
    made.close()


def counting(work: list[int]) -> Job:
    def run(_erp: Erp) -> int:
        work.append(1)
        return 7

    return Job("send_mail", run)


def broken(_erp: Erp) -> int:
    raise RuntimeError("the disk is full")


def runs(erp: Erp) -> list[JobRun]:
    with erp.sessions.reading() as session:
        return list(session.exec(select(JobRun).order_by(col(JobRun.id))))


def test_a_slot_is_run_once_however_many_schedulers_tick(erp: Erp) -> None:
    work: list[int] = []
    assert tick(erp, counting(work))
    assert not tick(erp, counting(work))
    assert len(work) == 1
    assert [run.did for run in runs(erp)] == [7]


def test_the_next_slot_is_run_again(erp: Erp, clock: MovedClock) -> None:
    work: list[int] = []
    tick(erp, counting(work))
    clock.now += timedelta(seconds=erp.settings.jobs.send_mail)
    assert tick(erp, counting(work))
    assert len(work) == 2


def test_a_job_with_nothing_to_do_leaves_no_run(erp: Erp) -> None:
    idle = Job("check_orders", broken, lambda _session, _now: False)
    assert not tick(erp, idle)
    assert runs(erp) == []


def test_what_a_human_asks_for_is_run_at_once_even_without_work(erp: Erp) -> None:
    work: list[int] = []
    idle = Job("check_orders", counting(work).run, lambda _session, _now: False)
    assert tick(erp, idle, asked=True)
    assert len(work) == 1


def test_a_failure_is_written_down_and_the_next_tick_tries_again(
    erp: Erp, clock: MovedClock
) -> None:
    failing = Job("send_mail", broken)
    assert tick(erp, failing)
    (run,) = runs(erp)
    assert run.outcome is RunOutcome.FAILED
    assert "the disk is full" in run.error
    clock.now += timedelta(minutes=1)
    assert tick(erp, failing)


def test_only_one_leads_until_its_lease_has_run_out(erp: Erp) -> None:
    with erp.sessions.writing() as session:
        assert lead(session, "a", START)
        assert not lead(session, "b", START)
        assert lead(session, "a", START + timedelta(seconds=5))
        late = START + timedelta(seconds=6) + LEASE
        assert lead(session, "b", late)
        assert not lead(session, "a", late)


def test_a_clock_that_is_set_back_stops_nobody(erp: Erp, clock: MovedClock) -> None:
    """Neither the leader of an hour that is yet to come, nor its slots."""
    work: list[int] = []
    with erp.sessions.writing() as session:
        assert lead(session, "dead", START)
    tick(erp, counting(work))
    clock.now = START - timedelta(hours=1) - timedelta(seconds=1)
    tick(erp, counting(work))
    clock.now = START - timedelta(hours=2)

    with erp.sessions.writing() as session:
        assert lead(session, "alive", clock.now)
    clock.now = START - timedelta(hours=1)
    assert tick(erp, counting(work))
    assert len(work) == 3


def test_a_leader_that_resigns_makes_way_at_once(erp: Erp) -> None:
    with erp.sessions.writing() as session:
        lead(session, "a", START)
        resign(session, "a", START)
        assert lead(session, "b", START)


def test_health_tells_a_silent_scheduler_and_a_failing_job(erp: Erp) -> None:
    with erp.sessions.writing() as session:
        lead(session, "a", START)
    tick(erp, Job("send_mail", broken))
    with erp.sessions.reading() as session:
        assert health(session, START).is_ticking
        assert health(session, START).failing == ("send_mail",)
        assert not health(session, START + 2 * LEASE).is_ticking


def test_a_request_is_taken_once_and_only_for_a_job_there_is(erp: Erp) -> None:
    with erp.sessions.writing() as session:
        request_run(session, JOBS[0].name, START, by="owner@example.com")
        request_run(session, JOBS[0].name, START, by="owner@example.com")
        with pytest.raises(KeyError):
            request_run(session, "make_tea", START, by="owner@example.com")
        session.flush()
        assert take_requests(session) == [JOBS[0]]
        assert take_requests(session) == []


def test_old_runs_are_forgotten_and_the_newest_are_kept(erp: Erp) -> None:
    with erp.sessions.writing() as session:
        for number in range(KEPT_RUNS + 5):
            session.add(
                JobRun(
                    job="send_mail",
                    slot=str(number),
                    started_at=START,
                    outcome=RunOutcome.DONE,
                )
            )
        session.flush()
        assert forget_old_runs(session) == 5
        session.flush()
    assert min(int(run.slot) for run in runs(erp)) == 5


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_every_job_runs_on_an_empty_store(erp: Erp, job: Job) -> None:
    assert tick(erp, job, asked=True)
    (run,) = runs(erp)
    assert (run.outcome, run.error) == (RunOutcome.DONE, "")


def test_slots_are_the_same_for_every_scheduler() -> None:
    assert slot_of(START, 60) == slot_of(START + timedelta(seconds=59), 60)
    assert slot_of(START, 60) != slot_of(START + timedelta(seconds=60), 60)
