"""Runs jobs: one leader, one run for each slot, every failure written down."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, func, select, update

from config.database import Sessions
from erp.bootstrap import Erp
from erp.jobs.models import JobRequest, JobRun, Lease, RunOutcome
from erp.jobs.pipeline import JOBS, Job

log = logging.getLogger(__name__)

LEADER = "scheduler"
LEASE = timedelta(seconds=20)  # a leader that is silent so long has lost its place
LONGEST_ERROR = 2_000  # characters kept of a failure


@dataclass(frozen=True, slots=True)
class Health:
    """Whether somebody leads and ticks, and the jobs whose newest run failed."""

    failing: tuple[str, ...]
    is_ticking: bool


def slot_of(now: datetime, every_seconds: int) -> str:
    """The name of the slot a moment falls into, the same for every scheduler."""
    start = int(now.timestamp()) // every_seconds * every_seconds
    return str(start)


def tick(erp: Erp, job: Job, *, asked: bool = False, slot: str | None = None) -> bool:
    """Run a job for the present slot; false if there was nothing to do.

    A slot that another scheduler has taken is not run again. `asked` by a human it
    runs in a slot of its own, even without visible work. Peers name theirs.
    """
    now = erp.clock()
    with erp.sessions.reading() as session:
        if not asked and job.is_due and not job.is_due(session, now):
            return False
    if asked:
        slot = f"asked {now.isoformat()}"
    run_id = _start(erp.sessions, job, slot or slot_of(now, job.every(erp)), now)
    if run_id is None:
        return False
    _run(erp, job, run_id)
    return True


def lead(session: Session, holder: str, now: datetime) -> bool:
    """Take or renew the leadership; false while somebody else holds it."""
    _mind_the_clock(session, now)
    renewed = session.exec(
        update(Lease)
        .where(
            col(Lease.name) == LEADER,
            (col(Lease.holder) == holder) | (col(Lease.until) < now),
        )
        .values(holder=holder, until=now + LEASE)
    )
    if renewed.rowcount:
        return True
    if session.get(Lease, LEADER):
        return False
    try:
        with session.begin_nested():
            session.add(Lease(name=LEADER, holder=holder, until=now + LEASE))
    except IntegrityError:
        return False
    return True


def resign(session: Session, holder: str, now: datetime) -> None:
    """Give the leadership up, so that another need not wait for the lease to end."""
    session.exec(
        update(Lease)
        .where(col(Lease.name) == LEADER, col(Lease.holder) == holder)
        .values(until=now - timedelta(seconds=1))
    )


def request_run(session: Session, job: str, now: datetime, *, by: str) -> None:
    """Ask the leader to run a job soon. Raises KeyError for a job there is not."""
    known = {each.name for each in JOBS}
    if job not in known:
        raise KeyError(job)
    session.merge(JobRequest(job=job, requested_at=now, requested_by=by))


def is_asked(session: Session) -> bool:
    """Whether a human has asked for a run."""
    return session.exec(select(JobRequest.job).limit(1)).first() is not None


def take_requests(session: Session) -> list[Job]:
    """The jobs humans asked for; each request is taken once."""
    asked = {row.job for row in session.exec(select(JobRequest)).all()}
    session.exec(delete(JobRequest).where(col(JobRequest.job).in_(asked)))
    return [job for job in JOBS if job.name in asked]


def newest_runs(session: Session) -> Mapping[str, JobRun]:
    """The newest run of each job that has had one."""
    newest = select(func.max(JobRun.id)).group_by(col(JobRun.job))
    runs = session.exec(select(JobRun).where(col(JobRun.id).in_(newest)))
    return {run.job: run for run in runs}


def health(session: Session, now: datetime) -> Health:
    """How the scheduler does; it is ticking while its leader's lease is alive."""
    lease = session.get(Lease, LEADER)
    failing = tuple(
        sorted(
            name
            for name, run in newest_runs(session).items()
            if run.outcome is RunOutcome.FAILED
        )
    )
    return Health(
        failing=failing,
        is_ticking=lease is not None and lease.until > now,
    )


def _mind_the_clock(session: Session, now: datetime) -> None:
    """A lease that ends later than any can: the clock was set back. Then neither that
    lease nor slots which are yet to come may keep anybody from working."""
    ended = session.exec(
        update(Lease)
        .where(col(Lease.name) == LEADER, col(Lease.until) > now + 2 * LEASE)
        .values(until=now - timedelta(seconds=1))
    )
    if ended.rowcount:
        log.warning("the clock was set back to %s", now)
        to_come = (col(JobRun.started_at) > now) & col(JobRun.ended_at).is_not(None)
        session.exec(delete(JobRun).where(to_come))


def _start(sessions: Sessions, job: Job, slot: str, now: datetime) -> int | None:
    run = JobRun(job=job.name, slot=slot, started_at=now, outcome=RunOutcome.STARTED)
    try:
        with sessions.writing() as session:
            session.add(run)
            session.flush()
            return run.id
    except IntegrityError:
        return None


def _run(erp: Erp, job: Job, run_id: int) -> None:
    """The one place where anything may fail: it is logged and kept with the run."""
    did, error = 0, ""
    try:
        did = job.run(erp)
    except Exception as failure:
        log.exception("job failed job=%s", job.name)
        error = f"{type(failure).__name__}: {failure}"[:LONGEST_ERROR]
    with erp.sessions.writing() as session:
        run = session.get_one(JobRun, run_id)
        run.ended_at = erp.clock()
        run.outcome = RunOutcome.FAILED if error else RunOutcome.DONE
        run.did = did
        run.error = error
