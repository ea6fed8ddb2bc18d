"""The letters of suppliers, as they came in."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from erp.orders.models import SORTED_BY_CODE

LONGEST_ID = 250
LONGEST_LINE = 500
LONGEST_TEXT = 20_000


UNREAD_FIRST = 2**40  # beyond every second there will be


class SupplierLetter(SQLModel, table=True):
    """One mail; without a purchase order if it names none of that supplier's."""

    __tablename__ = "supplier_letter"
    __table_args__ = (
        UniqueConstraint("supplier_id", "letter_id"),
        Index("ix_supplier_letter_place", "place", "id"),
        Index("ix_supplier_letter_supplier_place", "supplier_id", "place", "id"),
        Index(
            "ix_supplier_letter_unread",
            "place",
            "id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
        # only those that have one, lest it serve what looks for those without
        Index(
            "ix_supplier_letter_purchase_order_id",
            "purchase_order_id",
            sqlite_where=text("purchase_order_id IS NOT NULL"),
            postgresql_where=text("purchase_order_id IS NOT NULL"),
        ),
        Index(
            "ix_supplier_letter_lone",
            "place",
            "id",
            sqlite_where=text("purchase_order_id IS NULL"),
            postgresql_where=text("purchase_order_id IS NULL"),
        ),
        Index(
            "ix_supplier_letter_returned",
            "place",
            "id",
            sqlite_where=text("is_returned = 1"),  # as queries say it there
            postgresql_where=text("is_returned"),
        ),
        Index(
            "ix_supplier_letter_kept",
            "received_at",
            sqlite_where=text("redacted_at IS NULL"),
            postgresql_where=text("redacted_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    supplier_id: int = Field(foreign_key="supplier.id")
    purchase_order_id: int | None = Field(default=None, foreign_key="purchase_order.id")
    letter_id: str = Field(max_length=LONGEST_ID)
    sender: str
    subject: str
    text: str
    is_returned: bool = False  # our own mail, which could not be delivered
    received_at: datetime
    kept_at: datetime
    place: int = Field(sa_type=BigInteger)  # in the list: see `place_of`
    read_at: datetime | None = None  # at once, if a program understood all of it
    read_by: str = ""
    redacted_at: datetime | None = None  # its words were taken away


class LetterWord(SQLModel, table=True):
    """A word of a letter's sender or subject, to find it by; goes with them."""

    __tablename__ = "letter_word"
    __table_args__ = (
        Index("ix_letter_word_word", "word", "letter_id"),
        {"sqlite_with_rowid": False},
    )

    letter_id: int = Field(foreign_key="supplier_letter.id", primary_key=True)
    word: str = Field(sa_column=Column(SORTED_BY_CODE, primary_key=True))


def place_of(received_at: datetime, *, is_read: bool) -> int:
    """Unread letters stand before all others, and the newest before older ones."""
    seconds = int(received_at.timestamp())
    return seconds if is_read else seconds + UNREAD_FIRST
