"""The links, how often each is used, and the files that came in through them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel


class PageLink(SQLModel, table=True):
    """A secret that opens one purchase order; only its SHA-256 is kept.

    Each attempt to send a purchase order makes its own: who knows which mail arrived.
    """

    __tablename__ = "page_link"

    id: int | None = Field(default=None, primary_key=True)
    purchase_order_id: int = Field(foreign_key="purchase_order.id", index=True)
    secret_hash: str = Field(unique=True, max_length=64)
    made_at: datetime
    made_by: str  # an account's e-mail address, or "system"
    expires_at: datetime
    revoked_at: datetime | None = None
    opened_at: datetime | None = None  # last


class PageVisits(SQLModel, table=True):
    """How often somebody came within a window: by one link, or from one address."""

    __tablename__ = "page_visits"

    visitor: str = Field(primary_key=True, max_length=80)
    since: datetime = Field(index=True)  # when the window opened
    visits: int


class Attachment(SQLModel, table=True):
    """A file a supplier gave us; its bytes lie in the data folder by their hash."""

    __table_args__ = (
        UniqueConstraint("supplier_id", "purchase_order_id", "sha256"),
        CheckConstraint("size_bytes > 0", name="size_positive"),
    )

    id: int | None = Field(default=None, primary_key=True)
    supplier_id: int = Field(foreign_key="supplier.id", index=True)
    # None: it is not about one of them alone
    purchase_order_id: int | None = Field(
        default=None, foreign_key="purchase_order.id", index=True
    )
    sha256: str = Field(max_length=64)
    name: str = Field(max_length=200)  # as it was given, without its folder
    media_type: str = Field(max_length=80)  # by its bytes, whatever was said
    size_bytes: int
    attached_at: datetime
    attached_by: str
