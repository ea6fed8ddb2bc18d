"""What exists and what sells: products, suppliers' offers for them, daily demand."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel


class Product(SQLModel, table=True):
    """One sellable SKU."""

    id: int | None = Field(default=None, primary_key=True)
    sku: str = Field(unique=True, max_length=80)
    title: str
    category: str = ""
    weight_grams: int | None = None
    created_at: datetime


class Offer(SQLModel, table=True):
    """One supplier's way to deliver one product. What it never said is NULL, not 0."""

    __table_args__ = (
        UniqueConstraint("supplier_id", "supplier_sku"),
        UniqueConstraint("product_id", "supplier_id"),
        CheckConstraint("unit_cost_cents >= 0", name="cost_not_negative"),
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
    )

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id")
    supplier_id: int = Field(foreign_key="supplier.id")
    supplier_sku: str = Field(max_length=80)
    unit_cost_cents: int | None = Field(default=None, sa_type=BigInteger)
    currency: str = Field(max_length=3)
    quantity: int | None = None  # as the supplier reported it
    lead_time_days: int | None = None
    as_of: datetime  # the feed's own moment, else when it was read
    is_listed: bool = True  # False: gone from the last whole feed, so stale


class DailyDemand(SQLModel, table=True):
    """Units ordered of a product on a day in a channel; written with each order."""

    __tablename__ = "daily_demand"

    product_id: int = Field(foreign_key="product.id", primary_key=True)
    day: date = Field(primary_key=True)
    channel: str = Field(primary_key=True, max_length=40)
    units: int = Field(sa_type=BigInteger)


class ExchangeRate(SQLModel, table=True):
    """How many units of `currency` one unit of `base` bought on a day, in millionths.

    A rate that is not here is unknown, never 1.
    """

    __tablename__ = "exchange_rate"
    __table_args__ = (CheckConstraint("rate_millionths > 0", name="rate_positive"),)

    base: str = Field(primary_key=True, max_length=3)
    currency: str = Field(primary_key=True, max_length=3)
    day: date = Field(primary_key=True)
    rate_millionths: int = Field(sa_type=BigInteger)
