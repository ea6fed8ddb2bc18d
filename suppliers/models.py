"""The supplier as we deal with it: how to reach it, on what terms, and how it does."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, Column, Index, text
from sqlmodel import Field, SQLModel

from config.database import one_of, stored_by_value
from suppliers.health import Circuit, OpenedBecause


class Reroute(StrEnum):
    """What becomes of units whose supplier is overdue or said no."""

    ASK = "ask"  # a human decides
    AUTO = "auto"  # another supplier is asked, once this one has let go


class Supplier(SQLModel, table=True):
    """An account row. Without a `kind` it has no connection: its orders wait."""

    __table_args__ = (one_of("reroute", Reroute),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)
    name: str
    city: str = ""
    province: str = ""
    country: str = ""
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
    # its clocks, in business days: to answer, and to hand over if it names no ship-by
    acknowledge_days: int = 1
    handling_days: int = 3
    cut_off: str = ""  # as 15:00: what comes later counts as of the next business day
    time_zone: str = "UTC"
    workdays: str = "12345"  # Monday is 1
    calendar: str = ""  # whose public holidays it keeps: DE, or DE-BY; empty: none
    closed_days: str = ""  # 2026-12-24, or 2026-12-24..2027-01-02, with spaces between
    reroute: Reroute | None = Field(  # None: as the store does
        default=None, sa_column=stored_by_value(Reroute, nullable=True)
    )
    ships_to: str = ""  # ISO countries, separated by spaces; empty: everywhere
    is_paused: bool = False
    paused_because: str = ""
    # when this connection took the place of another one; None: it is the first
    connected_at: datetime | None = None
    changes_cursor: str | None = None  # how far its change list has been read
    next_poll_at: datetime | None = Field(default=None, index=True)
    poll_failures: int = 0
    last_seen_at: datetime | None = None  # its last readable answer
    last_error: str = ""
    next_stock_read_at: datetime | None = None
    stock_read_at: datetime | None = None
    # which state of its feed its offers show, and as of when: see `inventory.marks`
    stock_mark: str = ""
    stock_marked_at: datetime | None = None
    # what it allows; None: it named no limit
    calls_per_minute: int | None = None
    burst: int | None = None  # calls at once, after a quiet time
    error_budget_percent: int | None = None  # of calls that may go wrong
    poll_seconds: int | None = None  # between two polls; None: as the store has it
    created_at: datetime


class SupplierHealth(SQLModel, table=True):
    """How often a supplier was called and how that went: see `suppliers.health`.

    There is none as long as nothing is limited and nothing has gone wrong.
    """

    __tablename__ = "supplier_health"
    __table_args__ = (one_of("circuit", Circuit),)

    supplier_id: int = Field(foreign_key="supplier.id", primary_key=True)
    ready_at: datetime | None = None  # no call before; made of what follows
    spent_until: datetime | None = None
    not_before: datetime | None = None
    circuit: Circuit = Field(default=Circuit.CLOSED, sa_column=stored_by_value(Circuit))
    open_until: datetime | None = None
    openings: int = 0
    window_since: datetime | None = None
    window_calls: int = 0
    window_failures: int = 0


class SupplierOutage(SQLModel, table=True):
    """One time a supplier's circuit was open, from the first failure to an answer."""

    __tablename__ = "supplier_outage"
    __table_args__ = (
        one_of("because", OpenedBecause),
        Index(
            "uq_supplier_outage_open",
            "supplier_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    supplier_id: int = Field(foreign_key="supplier.id", index=True)
    since: datetime
    because: OpenedBecause = Field(sa_column=stored_by_value(OpenedBecause))
    detail: str = ""  # what the last call came to
    probes: int = 0  # calls since, to see whether it is back
    ended_at: datetime | None = None
    told_at: datetime | None = None  # when the owner was told of it
    end_told_at: datetime | None = None  # and that it is over
