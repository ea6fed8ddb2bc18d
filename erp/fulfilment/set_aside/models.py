"""Reports that broke one of our rules, as they were heard."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from config.database import one_of, stored_by_value

LONGEST_REFERENCE = 200
LONGEST_WHY = 500


class Standing(StrEnum):
    WAITING = "waiting"
    APPLIED = "applied"  # tried again, it went well
    DISMISSED = "dismissed"  # a human has seen to it


class SetAsideReport(SQLModel, table=True):
    """One report; heard again, it is the same row, and stays decided."""

    __tablename__ = "set_aside_report"
    __table_args__ = (
        one_of("standing", Standing),
        UniqueConstraint("supplier_id", "digest"),
        Index(
            "ix_set_aside_report_waiting",
            "supplier_id",
            sqlite_where=text("standing = 'waiting'"),
            postgresql_where=text("standing = 'waiting'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    supplier_id: int = Field(foreign_key="supplier.id")
    purchase_order_id: int | None = Field(  # None: it names none of that supplier's
        default=None, foreign_key="purchase_order.id", index=True
    )
    reference: str = Field(max_length=LONGEST_REFERENCE)  # as it names ours
    digest: str = Field(max_length=64)  # of the report, by which it is known again
    report: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))
    why: str = Field(max_length=LONGEST_WHY)  # what it broke when last tried
    heard_at: datetime
    last_heard_at: datetime
    times_heard: int = 1
    standing: Standing = Field(
        default=Standing.WAITING, sa_column=stored_by_value(Standing)
    )
    decided_at: datetime | None = None
    decided_by: str = ""
