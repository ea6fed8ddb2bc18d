"""The links, and how often each is used."""

from datetime import datetime

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
