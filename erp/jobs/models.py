"""What the scheduler ticked, and who may tick."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from config.database import one_of, stored_by_value


class RunOutcome(StrEnum):
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"


class JobRun(SQLModel, table=True):
    """One tick of one job; a slot is run once, however many schedulers there are."""

    __tablename__ = "job_run"
    __table_args__ = (
        UniqueConstraint("job", "slot"),
        one_of("outcome", RunOutcome),
        Index("ix_job_run_newest", "job", "started_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    job: str = Field(max_length=40)
    slot: str = Field(max_length=40)
    started_at: datetime
    ended_at: datetime | None = None
    outcome: RunOutcome = Field(sa_column=stored_by_value(RunOutcome))
    did: int = 0  # units of work
    error: str = ""


class JobRequest(SQLModel, table=True):
    """A human asks for a run now; the leader takes it with its next breath."""

    __tablename__ = "job_request"

    job: str = Field(primary_key=True, max_length=40)
    requested_at: datetime
    requested_by: str


class Lease(SQLModel, table=True):
    """Who leads; a holder that does not renew in time has lost it."""

    name: str = Field(primary_key=True, max_length=40)
    holder: str
    until: datetime
