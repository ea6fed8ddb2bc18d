"""Where a supplier's programs are told, and each notice with how its sending went."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from config.database import one_of, stored_by_value


class NoticeKind(StrEnum):
    """What a supplier is told; the value is what stands in the message."""

    HANDED_OVER = "purchase_order.handed_over"
    CANCEL_REQUESTED = "purchase_order.cancel_requested"
    TEST = "test"


class NoticeStatus(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class DisabledBecause(StrEnum):
    GONE = "gone"  # it answered 410: do not call again
    BY_HAND = "by_hand"


class SupplierEndpoint(SQLModel, table=True):
    """The one address of a supplier that is told, and by which secret it knows us."""

    __tablename__ = "supplier_endpoint"
    __table_args__ = (one_of("disabled_because", DisabledBecause),)

    supplier_id: int = Field(foreign_key="supplier.id", primary_key=True)
    url: str = Field(max_length=500)
    sealed_secret: str  # sealed by config.secrets; shown once, when it is made
    sealed_former_secret: str = ""  # signs as well, for a while
    former_until: datetime | None = None
    created_at: datetime
    quiet_until: datetime | None = None  # it failed, or asked for patience
    disabled_at: datetime | None = None
    disabled_because: DisabledBecause | None = Field(
        default=None, sa_column=stored_by_value(DisabledBecause, nullable=True)
    )


class SupplierNotice(SQLModel, table=True):
    """Something a supplier is told once; `due_at` is also the end of a sender's lease.

    Its message is made of what stands here, so that it is the same however often it is
    sent.
    """

    __tablename__ = "supplier_notice"
    __table_args__ = (
        one_of("kind", NoticeKind),
        one_of("status", NoticeStatus),
        UniqueConstraint("purchase_order_id", "kind", "occurred_at"),
        Index("ix_supplier_notice_newest", "supplier_id", "id"),
        Index(
            "ix_supplier_notice_due",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    message_id: str = Field(unique=True, max_length=40)
    supplier_id: int = Field(foreign_key="supplier_endpoint.supplier_id")
    kind: NoticeKind = Field(sa_column=stored_by_value(NoticeKind))
    purchase_order_id: int | None = Field(  # None: it is about none
        default=None, foreign_key="purchase_order.id"
    )
    occurred_at: datetime
    status: NoticeStatus = Field(sa_column=stored_by_value(NoticeStatus))
    attempts: int = 0
    due_at: datetime | None = None  # None: nothing is owed
    ended_at: datetime | None = None  # delivered or given up
    last_status: int | None = None  # of HTTP; None: no answer, or not tried yet
    last_error: str = ""
