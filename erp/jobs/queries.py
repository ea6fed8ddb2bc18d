"""Runs of jobs as the pages ask for them."""

from sqlmodel import Session, col, select

from erp.jobs.models import JobRequest, JobRun

NEWEST = 50  # runs on a job's page


def newest_runs_of(session: Session, job: str) -> list[JobRun]:
    """The newest runs of one job, the last one first."""
    query = select(JobRun).where(JobRun.job == job)
    return list(session.exec(query.order_by(col(JobRun.id).desc()).limit(NEWEST)))


def requested_jobs(session: Session) -> frozenset[str]:
    """The jobs somebody asked for and nobody has taken up yet."""
    return frozenset(session.exec(select(JobRequest.job)))
