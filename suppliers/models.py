"""The supplier as we deal with it: how to reach it, on what terms, and its pauses."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Column
from sqlmodel import Field, SQLModel


class Supplier(SQLModel, table=True):
    """An account row. Without a `kind` it has no connection: its orders wait."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)
    name: str
    city: str = ""
    province: str = ""
    country: str = ""
    language: str = ""  # of what we write to it, as in LANGUAGES; empty: the store's
    kind: str | None = None  # a dialect of suppliers.registry
    base_url: str = ""
    sealed_token: str = ""  # sealed by config.secrets; never shown
    # what else its dialect must know, as `suppliers.registry.OPTIONS` describes it
    options: dict[str, object] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )
    allow_private: bool = False  # may its address be on this machine or network
    currency: str = Field(max_length=3)
    order_fee_cents: int = Field(default=0, sa_type=BigInteger)
    # terms: the first unit of a purchase order
    shipping_first_cents: int = Field(default=0, sa_type=BigInteger)
    # each further unit
    shipping_extra_cents: int = Field(default=0, sa_type=BigInteger)
    handling_days: int = 3  # calendar days to hand over, if it names no ship-by itself
    ships_to: str = ""  # ISO countries, separated by spaces; empty: everywhere
    is_paused: bool = False
    paused_because: str = ""
    changes_cursor: str | None = None  # how far its change list has been read
    next_poll_at: datetime | None = Field(default=None, index=True)
    poll_failures: int = 0
    last_seen_at: datetime | None = None  # its last readable answer
    last_error: str = ""
    next_stock_read_at: datetime | None = None
    stock_read_at: datetime | None = None
    created_at: datetime
