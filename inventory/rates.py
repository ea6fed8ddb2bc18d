"""Rates of exchange. A rate we do not have is unknown, never 1."""

from collections.abc import Collection
from datetime import date

from sqlmodel import Session, col, select

from config.money import exponent
from inventory.models import ExchangeRate
from inventory.pricing import MILLION, Rate, half_up

Pair = tuple[str, str]  # from, to


def newest_rates(
    session: Session, sources: Collection[str], targets: Collection[str], day: date
) -> dict[Pair, Rate]:
    """Minor units of the target for one of the source, as known on a day."""
    rates = {(currency, currency): Rate(1, 1) for currency in targets}
    if set(sources) <= set(targets) and len(targets) == 1:
        return rates
    query = (
        select(ExchangeRate)
        .where(
            col(ExchangeRate.base).in_(sources),
            col(ExchangeRate.currency).in_(targets),
            col(ExchangeRate.day) <= day,
        )
        .order_by(col(ExchangeRate.day))
    )
    for row in session.exec(query):
        rates[row.base, row.currency] = between_minor_units(row)
    return rates


def between_minor_units(row: ExchangeRate) -> Rate:
    """The rate that turns amounts in minor units into one another."""
    return Rate(minor_millionths(row.rate_millionths, row.base, row.currency), MILLION)


def minor_millionths(rate_millionths: int, base: str, currency: str) -> int:
    """A rate is quoted for whole units, and a yen has no cents: the rate, in
    millionths, from minor units of the base to minor units of the currency."""
    scaled: int = rate_millionths * 10 ** exponent(currency)
    whole: int = 10 ** exponent(base)
    return max(half_up(scaled, whole), 1)
