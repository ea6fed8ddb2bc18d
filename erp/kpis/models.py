"""KPI readings: a value is always kept with its numerator and denominator."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from config.database import one_of, stored_by_value


class Kpi(StrEnum):
    LATE_HAND_OVER = "late_hand_over"
    LATE_DELIVERY = "late_delivery"
    RETURN_RATE = "return_rate"
    GROSS_MARGIN = "gross_margin"


class ScopeKind(StrEnum):
    OVERALL = "overall"
    SUPPLIER = "supplier"
    PRODUCT = "product"
    CHANNEL = "channel"


class Reading(SQLModel, table=True):
    """A KPI of one scope at a moment, over the window that ended then.

    Rates count cases; the gross margin counts minor units of the store's currency.
    `covered` of `total` cases were known well enough to be counted.
    """

    __table_args__ = (
        UniqueConstraint("kpi", "scope_kind", "scope_key", "at"),
        one_of("kpi", Kpi),
        one_of("scope_kind", ScopeKind),
        Index(
            "uq_reading_newest",
            "kpi",
            "scope_kind",
            "scope_key",
            unique=True,
            sqlite_where=text("is_newest = 1"),  # as queries say it there
            postgresql_where=text("is_newest"),
        ),
        Index(
            "ix_reading_within_day",
            "at",
            sqlite_where=text("closes_day = 0"),
            postgresql_where=text("NOT closes_day"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    kpi: Kpi = Field(sa_column=stored_by_value(Kpi))
    scope_kind: ScopeKind = Field(sa_column=stored_by_value(ScopeKind))
    scope_key: str = Field(default="", max_length=80)  # code or SKU; "" overall
    at: datetime
    window_days: int
    numerator: int = Field(sa_type=BigInteger)
    denominator: int = Field(sa_type=BigInteger)
    covered: int
    total: int
    is_newest: bool = True  # of its KPI and scope; at most one row is
    closes_day: bool = True  # the last of its UTC day so far: it outlives the others
