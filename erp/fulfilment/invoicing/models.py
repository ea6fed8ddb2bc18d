"""Suppliers' invoices, line by line, as they were billed."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from config.database import one_of, stored_by_value
from erp.fulfilment.invoicing.lifecycle import InvoiceStatus, LineKind


class SupplierInvoice(SQLModel, table=True):
    """One invoice; a supplier gives no number twice."""

    __tablename__ = "supplier_invoice"
    __table_args__ = (
        UniqueConstraint("supplier_id", "number"),
        one_of("status", InvoiceStatus),
        CheckConstraint("total_cents >= 0", name="total_not_negative"),
        Index("ix_supplier_invoice_status_entered", "status", "entered_at"),
        Index(
            "ix_supplier_invoice_changed",
            "changed_at",
            sqlite_where=text("changed_at IS NOT NULL"),
            postgresql_where=text("changed_at IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    supplier_id: int = Field(foreign_key="supplier.id")
    number: str = Field(max_length=80)
    currency: str = Field(max_length=3)
    issued_on: date
    total_cents: int = Field(sa_type=BigInteger)
    status: InvoiceStatus = Field(sa_column=stored_by_value(InvoiceStatus))
    note: str = ""  # why it was disputed, accepted or rejected
    entered_at: datetime = Field(index=True)
    entered_by: str  # an account's e-mail address, or "supplier"
    decided_at: datetime | None = None
    decided_by: str = ""
    # what it bills changed since it was compared, or since a human decided about it
    changed_at: datetime | None = None
    attachment_id: int | None = Field(
        default=None, foreign_key="attachment.id", index=True
    )


class SupplierInvoiceLine(SQLModel, table=True):
    """One billed line. What it refers to is kept as it was written, known or not."""

    __tablename__ = "supplier_invoice_line"
    __table_args__ = (
        UniqueConstraint("invoice_id", "position"),
        one_of("kind", LineKind),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("unit_cost_cents >= 0", name="cost_not_negative"),
    )

    id: int | None = Field(default=None, primary_key=True)
    invoice_id: int = Field(foreign_key="supplier_invoice.id")
    position: int
    kind: LineKind = Field(sa_column=stored_by_value(LineKind))
    purchase_reference: str = Field(default="", max_length=32)
    # None: the supplier has no such purchase order of ours
    purchase_order_id: int | None = Field(
        default=None, foreign_key="purchase_order.id", index=True
    )
    supplier_sku: str = Field(default="", max_length=80)
    quantity: int
    unit_cost_cents: int = Field(sa_type=BigInteger)  # in the invoice's currency
    # named no purchase order: this is the part of it that we laid on this one
    is_shared: bool = False
