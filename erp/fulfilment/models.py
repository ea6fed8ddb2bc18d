"""What we asked of suppliers, what they did, and what came back."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from config.database import one_of, stored_by_value
from erp.fulfilment.lifecycle import (
    CostBearer,
    Overdue,
    PurchaseStatus,
    Remark,
    ReturnReason,
    ReturnStatus,
)
from suppliers.contract import RejectReason, ScanKind


class Decision(SQLModel, table=True):
    """One routing choice: all candidates, their scores, why each lost, data age."""

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="customer_order.id", index=True)
    made_at: datetime
    outcome: str  # "routed" or the hold reason
    record: dict[str, object] = Field(sa_column=Column(JSON, nullable=False))


class PurchaseOrder(SQLModel, table=True):
    """What we ask of one supplier for one order; `reference` goes to the supplier."""

    __tablename__ = "purchase_order"
    __table_args__ = (
        one_of("status", PurchaseStatus),
        one_of("reason", RejectReason),
        one_of("remark", Remark),
        one_of("overdue", Overdue),
        Index(
            "ix_purchase_order_clock",
            "clock_at",
            sqlite_where=text("clock_at IS NOT NULL"),
            postgresql_where=text("clock_at IS NOT NULL"),
        ),
        Index(
            "ix_purchase_order_due",
            "status",
            "due_at",
            sqlite_where=text("due_at IS NOT NULL"),
            postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_purchase_order_short",
            "short_at",
            sqlite_where=text("short_at IS NOT NULL"),
            postgresql_where=text("short_at IS NOT NULL"),
        ),
        Index("ix_purchase_order_status_supplier", "status", "supplier_id"),
        Index("ix_purchase_order_supplier_created", "supplier_id", "created_at"),
        Index("ix_purchase_order_supplier_order", "supplier_id", "order_id"),
        Index(
            "uq_purchase_order_supplier_number",
            "supplier_id",
            "supplier_number",
            unique=True,
            sqlite_where=text("supplier_number IS NOT NULL"),
            postgresql_where=text("supplier_number IS NOT NULL"),
        ),
        Index("ix_purchase_order_status_created", "status", "created_at"),
        Index(
            "ix_purchase_order_unshipped",
            "ship_by",
            "order_id",
            sqlite_where=text("handed_over_at IS NULL AND ended_at IS NULL"),
            postgresql_where=text("handed_over_at IS NULL AND ended_at IS NULL"),
        ),
        # only those that have it, lest it serve what looks for the undelivered
        Index(
            "ix_purchase_order_delivered_at",
            "delivered_at",
            sqlite_where=text("delivered_at IS NOT NULL"),
            postgresql_where=text("delivered_at IS NOT NULL"),
        ),
        Index(
            "ix_purchase_order_undelivered",
            "deliver_by",
            "order_id",
            sqlite_where=text("delivered_at IS NULL AND ended_at IS NULL"),
            postgresql_where=text("delivered_at IS NULL AND ended_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True, max_length=32)
    order_id: int = Field(foreign_key="customer_order.id", index=True)
    supplier_id: int = Field(foreign_key="supplier.id")
    supplier_number: int | None = None  # in the list its supplier reads; None: not yet
    status: PurchaseStatus = Field(sa_column=stored_by_value(PurchaseStatus))
    currency: str = Field(max_length=3)  # the supplier's
    items_cost_cents: int = Field(sa_type=BigInteger)
    order_fee_cents: int = Field(sa_type=BigInteger)
    shipping_cost_cents: int = Field(sa_type=BigInteger)
    # minor units of the order's currency for one of ours; None: unknown
    rate_millionths: int | None = Field(default=None, sa_type=BigInteger)
    rate_day: str | None = None
    attempts: int = 0
    absent_look_ups: int = 0  # times in a row that the supplier said it has none
    asked_at: datetime | None = None  # when it was last looked up to follow it
    due_at: datetime | None = None  # when a step is owed; None: nothing is owed
    lease_until: datetime | None = None  # while `sending`: then the answer counts lost
    supplier_reference: str | None = Field(default=None, index=True)
    reason: RejectReason | None = Field(
        default=None, sa_column=stored_by_value(RejectReason, nullable=True)
    )
    remark: Remark | None = Field(  # ours on what happened last
        default=None, sa_column=stored_by_value(Remark, nullable=True)
    )
    note: str = ""  # the supplier's words on it, or the error's
    cancels_order: bool = False  # once it is cancelled, so are the customer's lines
    created_at: datetime = Field(index=True)
    reroutes: bool = False  # once it has ended, its units are routed on at once
    overdue: Overdue | None = Field(  # the clock that ran out last
        default=None, sa_column=stored_by_value(Overdue, nullable=True)
    )
    # what the supplier owes us next is due; a purchase order that ended by its word is
    # looked at once. None: nothing is owed, or its absence was noted already
    clock_at: datetime | None = None
    short_at: datetime | None = None  # units it did not accept are to be looked at
    sent_at: datetime | None = None
    acknowledge_by: datetime | None = None
    acknowledged_at: datetime | None = None
    ship_by: datetime | None = Field(default=None, index=True)
    deliver_by: datetime | None = None  # promised; None: nobody promised
    handed_over_at: datetime | None = None  # first scan of the last accepted unit
    delivered_at: datetime | None = None
    ended_at: datetime | None = None  # rejected or cancelled


class PurchaseOrderLine(SQLModel, table=True):
    """Units of one order line at one supplier.

    `part` is 0 unless a line is shared; never two live rows for one (line, part).
    """

    __tablename__ = "purchase_order_line"
    __table_args__ = (
        Index(
            "uq_purchase_order_line_live",
            "order_line_id",
            "part",
            unique=True,
            sqlite_where=text("is_live = 1"),  # as queries say it there
            postgresql_where=text("is_live"),
        ),
        Index("ix_purchase_order_line_offer", "offer_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint(
            "accepted_quantity >= 0 AND accepted_quantity <= quantity",
            name="accepted_within",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    purchase_order_id: int = Field(foreign_key="purchase_order.id", index=True)
    order_line_id: int = Field(foreign_key="order_line.id", index=True)
    offer_id: int = Field(foreign_key="offer.id")
    part: int = 0
    is_live: bool = True  # false once the purchase order is rejected or cancelled
    supplier_sku: str = Field(max_length=80)
    quantity: int
    accepted_quantity: int | None = None  # None: not answered line by line yet
    unit_cost_cents: int = Field(sa_type=BigInteger)  # in the purchase order's currency


class AttemptOutcome(StrEnum):
    STARTED = "started"  # committed before the call
    PLACED = "placed"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"  # surely not placed
    RATE_LIMITED = "rate_limited"
    AMBIGUOUS = "ambiguous"
    LOST = "lost"  # our process died with it
    NOT_CALLED = "not_called"  # its turn did not come in time


class Attempt(SQLModel, table=True):
    """One call to place a purchase order."""

    __table_args__ = (
        UniqueConstraint("purchase_order_id", "number"),
        one_of("outcome", AttemptOutcome),
    )

    id: int | None = Field(default=None, primary_key=True)
    purchase_order_id: int = Field(foreign_key="purchase_order.id")
    number: int
    started_at: datetime
    ended_at: datetime | None = None
    outcome: AttemptOutcome = Field(sa_column=stored_by_value(AttemptOutcome))
    detail: str = ""


class Shipment(SQLModel, table=True):
    """One parcel; known by the supplier's shipment id."""

    __table_args__ = (
        UniqueConstraint("purchase_order_id", "shipment_id"),
        one_of("status", ScanKind),
    )

    id: int | None = Field(default=None, primary_key=True)
    purchase_order_id: int = Field(foreign_key="purchase_order.id")
    shipment_id: str = Field(max_length=200)
    carrier: str = ""
    tracking_number: str = Field(default="", index=True)
    status: ScanKind = Field(sa_column=stored_by_value(ScanKind))
    shipped_at: datetime | None = None  # first scan by the carrier, not the label
    delivered_at: datetime | None = None


class ShipmentLine(SQLModel, table=True):
    __tablename__ = "shipment_line"

    shipment_id: int = Field(foreign_key="shipment.id", primary_key=True)
    purchase_order_line_id: int = Field(
        foreign_key="purchase_order_line.id", primary_key=True
    )
    quantity: int


class Scan(SQLModel, table=True):
    """A carrier's event; the same event told twice is one row."""

    __table_args__ = (
        UniqueConstraint("shipment_id", "kind", "at"),
        one_of("kind", ScanKind),
    )

    id: int | None = Field(default=None, primary_key=True)
    shipment_id: int = Field(foreign_key="shipment.id")
    kind: ScanKind = Field(sa_column=stored_by_value(ScanKind))
    at: datetime
    place: str = ""


class Return(SQLModel, table=True):
    __tablename__ = "customer_return"
    __table_args__ = (
        one_of("status", ReturnStatus),
        one_of("reason", ReturnReason),
        one_of("cost_bearer", CostBearer),
        CheckConstraint("refund_cents >= 0", name="refund_not_negative"),
        Index("ix_customer_return_status", "status", "requested_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(unique=True, max_length=32)
    order_id: int = Field(foreign_key="customer_order.id", index=True)
    status: ReturnStatus = Field(sa_column=stored_by_value(ReturnStatus))
    reason: ReturnReason = Field(sa_column=stored_by_value(ReturnReason))
    note: str = ""
    # known once settled
    refund_cents: int | None = Field(default=None, sa_type=BigInteger)
    # what the supplier gives back
    supplier_credit_cents: int | None = Field(default=None, sa_type=BigInteger)
    cost_bearer: CostBearer | None = Field(
        default=None, sa_column=stored_by_value(CostBearer, nullable=True)
    )
    requested_at: datetime = Field(index=True)
    authorised_at: datetime | None = None
    received_at: datetime | None = None
    ended_at: datetime | None = None  # settled or refused


class ReturnLine(SQLModel, table=True):
    __tablename__ = "return_line"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    return_id: int = Field(foreign_key="customer_return.id", primary_key=True)
    order_line_id: int = Field(
        foreign_key="order_line.id", primary_key=True, index=True
    )
    quantity: int
