"""Rates of exchange from a list: one row for each pair of currencies and day."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError
from sqlmodel import Session

from erp.channels.listing_rows import STRICT, Currency, known_values, row_problems
from erp.channels.reading import Problem, Row
from inventory.catalog import Change
from inventory.models import ExchangeRate
from inventory.pricing import MILLION

MOST = Decimal(10_000_000)  # no currency is worth so many of another


def _millionths(text: object) -> object:
    """A decimal such as 5.4321, kept in millionths."""
    try:
        rate = Decimal(str(text))
    except InvalidOperation:
        rate = Decimal(0)
    is_usable = rate.is_finite() and 0 < rate < MOST
    millionths = int(rate * MILLION) if is_usable else 0
    if millionths == 0:
        raise PydanticCustomError(
            "rate", "must be what one unit of the base costs, such as 5.4321"
        )
    return millionths


class RateRow(BaseModel):
    """One unit of `base` cost `rate` units of `currency` on `day`."""

    model_config = STRICT

    base: Currency
    currency: Currency
    day: date
    rate: Annotated[int, BeforeValidator(_millionths)] = Field(gt=0)


def read_rate(row: Row) -> RateRow | tuple[Problem, ...]:
    try:
        return RateRow.model_validate(known_values(row, RateRow))
    except ValidationError as error:
        return row_problems(row, error)


def upsert_rates(session: Session, rows: Sequence[RateRow]) -> list[Change]:
    """Store rates; a rate told again for its day replaces the one before."""
    return [_upsert(session, row) for row in rows]


def _upsert(session: Session, row: RateRow) -> Change:
    known = session.get(ExchangeRate, (row.base, row.currency, row.day))
    if known is None:
        session.add(
            ExchangeRate(
                base=row.base,
                currency=row.currency,
                day=row.day,
                rate_millionths=row.rate,
            )
        )
        return Change.CREATED
    if known.rate_millionths == row.rate:
        return Change.UNCHANGED
    known.rate_millionths = row.rate
    return Change.UPDATED
