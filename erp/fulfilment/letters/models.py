"""The letters of suppliers, as they came in."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

LONGEST_ID = 250
LONGEST_LINE = 500
LONGEST_TEXT = 20_000


class SupplierLetter(SQLModel, table=True):
    """One mail; without a purchase order if it names none of that supplier's."""

    __tablename__ = "supplier_letter"
    __table_args__ = (
        UniqueConstraint("supplier_id", "letter_id"),
        Index(
            "ix_supplier_letter_unread",
            "received_at",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    supplier_id: int = Field(foreign_key="supplier.id")
    purchase_order_id: int | None = Field(
        default=None, foreign_key="purchase_order.id", index=True
    )
    letter_id: str = Field(max_length=LONGEST_ID)
    sender: str
    subject: str
    text: str
    is_returned: bool = False  # our own mail, which could not be delivered
    received_at: datetime
    kept_at: datetime
    read_at: datetime | None = None  # at once, if a program understood all of it
    read_by: str = ""
