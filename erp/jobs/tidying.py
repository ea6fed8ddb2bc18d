"""Forgets what has served: old runs, old answers, old sessions, crowded readings."""

from sqlmodel import Session, col, delete, select

from erp.jobs.models import JobRun

KEPT_RUNS = 200  # of each job


def forget_old_runs(session: Session) -> int:
    """Keep the newest runs of each job; how many were forgotten."""
    forgotten = 0
    for name in session.exec(select(JobRun.job).distinct()).all():
        oldest = session.exec(
            select(JobRun.id)
            .where(col(JobRun.job) == name)
            .order_by(col(JobRun.id).desc())
            .offset(KEPT_RUNS)
            .limit(1)
        ).first()
        if oldest is not None:
            old = (col(JobRun.job) == name) & (col(JobRun.id) <= oldest)
            forgotten += session.exec(delete(JobRun).where(old)).rowcount
    return forgotten
