"""Who should know: open and past alerts, their history, the mails about them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from config.database import one_of, stored_by_value
from erp.alerts.rules import Reason, Severity
from erp.kpis.models import Kpi, ScopeKind


class AlertStatus(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


class EventKind(StrEnum):
    OPENED = "opened"
    WORSENED = "worsened"
    REMINDED = "reminded"
    RESOLVED = "resolved"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    WOKEN = "woken"  # a snooze was ended by hand


class DeliveryStatus(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"  # given up; a human can queue it again


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
    # of the newest reading while open, of the last one once resolved
    numerator: int = Field(sa_type=BigInteger)
    denominator: int = Field(sa_type=BigInteger)
    limit_percent: str  # the limit that was crossed, as text: "8"
    opened_at: datetime = Field(index=True)
    judged_at: datetime  # last time there was enough data to judge it by
    reminded_at: datetime | None = None
    resolved_at: datetime | None = Field(default=None, index=True)
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    snoozed_until: datetime | None = Field(default=None, index=True)


class Bulletin(SQLModel, table=True):
    """What one raising of alerts has to say: one mail to a recipient, however many."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)


class AlertEvent(SQLModel, table=True):
    """The history of an alert; rows are only ever added."""

    __tablename__ = "alert_event"
    __table_args__ = (one_of("kind", EventKind), one_of("reason", Reason))

    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alert.id", index=True)
    bulletin_id: int | None = Field(default=None, foreign_key="bulletin.id", index=True)
    at: datetime
    kind: EventKind = Field(sa_column=stored_by_value(EventKind))
    reason: Reason | None = Field(
        default=None, sa_column=stored_by_value(Reason, nullable=True)
    )
    actor: str = "system"
    numerator: int = Field(sa_type=BigInteger)
    denominator: int = Field(sa_type=BigInteger)
    until: datetime | None = None  # of a snooze


class Delivery(SQLModel, table=True):
    """One mail to one recipient about one bulletin."""

    __table_args__ = (
        one_of("status", DeliveryStatus),
        UniqueConstraint("bulletin_id", "recipient"),
        Index(
            "ix_delivery_due",
            "status",
            "due_at",
            sqlite_where=text("status IN ('queued', 'sending')"),
            postgresql_where=text("status IN ('queued', 'sending')"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    bulletin_id: int = Field(foreign_key="bulletin.id")
    recipient: str
    language: str
    status: DeliveryStatus = Field(sa_column=stored_by_value(DeliveryStatus))
    message_id: str = Field(unique=True)  # the same on every try
    subject: str
    text: str
    html: str
    attempts: int = 0
    refusals: int = 0  # attempts that the server answered with no
    due_at: datetime
    lease_until: datetime | None = None
    created_at: datetime = Field(index=True)
    sent_at: datetime | None = None
    last_error: str = ""
