"""Who should know: open and past alerts, their history, the mails about them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from config.database import one_of, stored_by_value
from erp.kpis.models import Kpi, ScopeKind


class AlertStatus(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


class Severity(StrEnum):
    WARNING = "warning"
    CRITICAL = "critical"


class Alert(SQLModel, table=True):
    """A KPI breach of one scope; at most one is open for it."""

    __table_args__ = (
        one_of("status", AlertStatus),
        one_of("severity", Severity),
        one_of("kpi", Kpi),
        one_of("scope_kind", ScopeKind),
        Index(
            "uq_alert_open",
            "kpi",
            "scope_kind",
            "scope_key",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    kpi: Kpi = Field(sa_column=stored_by_value(Kpi))
    scope_kind: ScopeKind = Field(sa_column=stored_by_value(ScopeKind))
    scope_key: str = Field(default="", max_length=80)
    status: AlertStatus = Field(sa_column=stored_by_value(AlertStatus))
    severity: Severity = Field(sa_column=stored_by_value(Severity))
    numerator: int  # of the newest reading while open, of the last one once resolved
    denominator: int
    limit_percent: str  # the limit that was crossed, as text: "8"
    opened_at: datetime = Field(index=True)
    judged_at: datetime  # the moment of the reading it was last judged by
    reminded_at: datetime | None = None
    resolved_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    snoozed_until: datetime | None = None


class AlertEvent(SQLModel, table=True):
    """The history of an alert; rows are only ever added."""

    __tablename__ = "alert_event"

    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alert.id", index=True)
    at: datetime
    kind: str  # opened, worsened, reminded, acknowledged, snoozed, resolved
    actor: str = "system"
    numerator: int
    denominator: int


class DeliveryStatus(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"  # given up; a human can queue it again


class Delivery(SQLModel, table=True):
    """One mail to one recipient about one event of an alert."""

    __table_args__ = (
        one_of("status", DeliveryStatus),
        UniqueConstraint("alert_event_id", "recipient"),
        Index(
            "ix_delivery_due",
            "status",
            "due_at",
            sqlite_where=text("status IN ('queued', 'sending')"),
            postgresql_where=text("status IN ('queued', 'sending')"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    alert_event_id: int = Field(foreign_key="alert_event.id")
    recipient: str
    language: str
    status: DeliveryStatus = Field(sa_column=stored_by_value(DeliveryStatus))
    message_id: str = Field(unique=True)  # the same on every try
    subject: str
    text: str
    html: str
    attempts: int = 0
    due_at: datetime
    lease_until: datetime | None = None
    created_at: datetime = Field(index=True)
    sent_at: datetime | None = None
    last_error: str = ""
