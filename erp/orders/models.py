"""What customers asked of us."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from config.database import one_of, stored_by_value
from erp.orders.lifecycle import HoldReason, LineStatus, NextStep, OrderStatus

LONGEST_WORD = 40  # of a name, as it is looked for
# Beginnings of words are a range of them: only so on every database.
SORTED_BY_CODE = String(LONGEST_WORD).with_variant(
    String(LONGEST_WORD, collation="C"), "postgresql"
)


class Payment(StrEnum):
    """The channel's word on the money."""

    PENDING = "pending"
    AUTHORIZED = "authorized"
    PARTLY_PAID = "partially_paid"
    PAID = "paid"
    PARTLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"


class Fulfilment(StrEnum):
    """What was sent of an order before it came to us."""

    PARTIAL = "partial"
    FULFILLED = "fulfilled"


class Risk(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Channel(SQLModel, table=True):
    """Where we sell."""

    code: str = Field(primary_key=True, max_length=40)
    name: str


class Contact(SQLModel, table=True):
    """A customer's address, in its own table so that it can be redacted in time."""

    __table_args__ = (
        Index(
            "ix_contact_kept",
            "id",
            sqlite_where=text("redacted_at IS NULL"),
            postgresql_where=text("redacted_at IS NULL"),
        ),
        Index(
            "ix_contact_redact_again_at",
            "redact_again_at",
            sqlite_where=text("redact_again_at IS NOT NULL"),
            postgresql_where=text("redact_again_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    name: str
    email: str = Field(default="", index=True)
    phone: str = ""
    company: str = ""
    address1: str
    address2: str = ""
    city: str
    postal_code: str
    province: str = ""
    country: str = Field(max_length=2)
    redacted_at: datetime | None = None
    redact_again_at: datetime | None = None  # something was heard of its order since


class ContactWord(SQLModel, table=True):
    """A word of a customer's name, to find it by; goes with the name."""

    __tablename__ = "contact_word"
    __table_args__ = (
        Index("ix_contact_word_word", "word", "contact_id"),
        {"sqlite_with_rowid": False},
    )

    contact_id: int = Field(foreign_key="contact.id", primary_key=True)
    word: str = Field(sa_column=Column(SORTED_BY_CODE, primary_key=True))


class Order(SQLModel, table=True):
    __tablename__ = "customer_order"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        one_of("status", OrderStatus),
        one_of("next_step", NextStep),
        one_of("payment", Payment),
        one_of("risk", Risk),
        one_of("fulfilment", Fulfilment),
        Index("ix_customer_order_status_placed", "status", "placed_at"),
        Index("ix_customer_order_channel_placed", "channel", "placed_at"),
        Index(
            "ix_customer_order_due",
            "next_step",
            "id",
            sqlite_where=text("next_step IS NOT NULL"),
            postgresql_where=text("next_step IS NOT NULL"),
        ),
        Index("ix_customer_order_email_key", "email_key", "placed_at"),
        Index("ix_customer_order_door_key", "door_key", "placed_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(foreign_key="channel.code", max_length=40)
    external_id: str = Field(max_length=120)  # the channel's own id
    name: str = Field(index=True, max_length=120)  # what the customer knows: #1001
    status: OrderStatus = Field(sa_column=stored_by_value(OrderStatus))
    next_step: NextStep | None = Field(
        default=None, sa_column=stored_by_value(NextStep, nullable=True)
    )
    payment: Payment = Field(sa_column=stored_by_value(Payment))
    risk: Risk | None = Field(
        default=None, sa_column=stored_by_value(Risk, nullable=True)
    )
    fulfilment: Fulfilment | None = Field(  # at the channel; None: nothing was told
        default=None, sa_column=stored_by_value(Fulfilment, nullable=True)
    )
    currency: str = Field(max_length=3)
    subtotal_cents: int = Field(sa_type=BigInteger)  # the lines, before discount
    discount_cents: int = Field(default=0, sa_type=BigInteger)
    # what the customer paid for shipping
    shipping_cents: int = Field(default=0, sa_type=BigInteger)
    tax_cents: int = Field(default=0, sa_type=BigInteger)
    total_cents: int = Field(sa_type=BigInteger, index=True)
    contact_id: int = Field(foreign_key="contact.id", index=True)
    # of the customer, the goods and their price: equal for an order over again
    email_key: int | None = Field(default=None, sa_type=BigInteger)
    door_key: int | None = Field(default=None, sa_type=BigInteger)
    placed_at: datetime = Field(index=True)
    paid_at: datetime | None = None
    cancelled_at: datetime | None = None  # at the channel
    received_at: datetime = Field(index=True)


class OrderLine(SQLModel, table=True):
    __tablename__ = "order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        one_of("status", LineStatus),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint(
            "cancelled_quantity >= 0 AND cancelled_quantity <= quantity",
            name="cancelled_within",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="customer_order.id")
    position: int
    sku: str = Field(max_length=80)  # as the channel wrote it
    product_id: int | None = Field(
        default=None, foreign_key="product.id", index=True
    )  # None: unknown SKU
    title: str
    quantity: int
    cancelled_quantity: int = 0
    unit_price_cents: int = Field(sa_type=BigInteger)
    discount_cents: int = Field(default=0, sa_type=BigInteger)  # of the whole line
    named_supplier: str | None = None  # a supplier code; the line goes there or is held
    status: LineStatus = Field(sa_column=stored_by_value(LineStatus))


class Hold(SQLModel, table=True):
    """An order waiting for a human; one open hold for each reason."""

    __table_args__ = (
        one_of("reason", HoldReason),
        Index(
            "uq_hold_open",
            "order_id",
            "reason",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_hold_open_reason",
            "reason",
            "order_id",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="customer_order.id", index=True)
    reason: HoldReason = Field(sa_column=stored_by_value(HoldReason))
    # the numbers and names behind it, all as texts: the pages put them into words
    facts: dict[str, str] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )
    opened_at: datetime
    closed_at: datetime | None = Field(default=None, index=True)
    closed_by: str | None = None
    is_waived: bool = False  # a human decided; never held for this again


class OrderEvent(SQLModel, table=True):
    """The order's timeline: rows are only ever added. `kind` names a sentence."""

    __tablename__ = "order_event"

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="customer_order.id", index=True)
    at: datetime
    kind: str = Field(max_length=60)
    actor: str = "system"
    facts: dict[str, str] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )
