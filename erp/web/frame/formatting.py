"""Numbers, money and moments as people read them. What is unknown is never a zero."""

import re
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from functools import lru_cache

from babel.core import Locale
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
)
from babel.units import format_unit

from config.money import exponent

UNKNOWN = "—"
LATIN_SIGN = re.compile(r"[A-Z]\W$")  # US$ after an amount
LEFT_TO_RIGHT = "\u200e"  # keeps the $ of US$ at its right side
SECONDS, MINUTES, HOURS = 60, 60, 24  # of a minute, an hour, a day
TWO_DAYS = 2 * HOURS * MINUTES  # shorter ones are said in hours


@lru_cache(maxsize=20_000)  # lists show the same prices again and again
def money(cents: int | None, currency: str, locale: Locale) -> str:
    """Minor units as an amount: 123456 USD is $1,234.56, 500 JPY is ¥500."""
    if cents is None:
        return UNKNOWN
    amount = Decimal(cents).scaleb(-exponent(currency))
    words = _signed(format_currency(amount, currency, locale=locale), locale)
    return words + LEFT_TO_RIGHT if LATIN_SIGN.search(words) else words


def number(value: int | float | Decimal | None, locale: Locale) -> str:
    if value is None:
        return UNKNOWN
    return _signed(format_decimal(value, locale=locale), locale)


def percent(numerator: int | None, denominator: int | None, locale: Locale) -> str:
    """A share with one decimal; nothing of nothing is unknown, not 0 %."""
    if numerator is None or not denominator:
        return UNKNOWN
    share = Decimal(numerator) / Decimal(denominator)
    pattern = locale.percent_formats[None].pattern.replace("0%", "0.0%")
    return _signed(format_percent(share, format=pattern, locale=locale), locale)


def moment(at: datetime | None, zone: tzinfo, locale: Locale) -> str:
    if at is None:
        return UNKNOWN
    local = at.astimezone(zone)
    pattern = str(locale.datetime_formats["medium"])  # Arabic has a comma of its own
    clock = _clock(local.hour, local.minute, locale)
    return pattern.format(clock, _date(local.date(), locale))


def day(on: datetime | date | None, zone: tzinfo, locale: Locale) -> str:
    if on is None:
        return UNKNOWN
    local = on.astimezone(zone).date() if isinstance(on, datetime) else on
    return _date(local, locale)


def span(length: timedelta | None, locale: Locale) -> str:
    """A length of time in its largest unit; short ones in seconds."""
    if length is None:
        return UNKNOWN
    if abs(length) < timedelta(seconds=10):
        seconds = round(length.total_seconds(), 2)
        return str(format_unit(seconds, "second", length="short", locale=locale))
    return str(format_timedelta(length, locale=locale))


def length(took: timedelta | None, locale: Locale) -> str:
    """A length of time to one decimal, so that two of them can be compared."""
    if took is None:
        return UNKNOWN
    minutes = Decimal(took // timedelta(seconds=1)) / SECONDS
    unit, count = (
        ("minute", minutes)
        if minutes < MINUTES
        else ("hour", minutes / MINUTES)
        if minutes < TWO_DAYS
        else ("day", minutes / MINUTES / HOURS)
    )
    return str(format_unit(round(count, 1), unit, length="short", locale=locale))


def every(seconds: int, locale: Locale) -> str:
    """How often something happens: “5 minutes”, “90 seconds”."""
    unit = (
        "hour" if seconds % 3600 == 0 else "minute" if seconds % 60 == 0 else "second"
    )
    count = seconds // {"hour": 3600, "minute": 60, "second": 1}[unit]
    return str(format_unit(count, unit, locale=locale))


def days(count: int, locale: Locale) -> str:
    """So many days, never rounded to weeks: “10 days”."""
    length, never = timedelta(days=count), float("inf")
    return str(format_timedelta(length, "day", threshold=never, locale=locale))


def ago(at: datetime | None, now: datetime, locale: Locale) -> str:
    """“3 hours ago”, “in 2 days”."""
    if at is None:
        return UNKNOWN
    return str(format_timedelta(at - now, add_direction=True, locale=locale))


def _signed(number: str, locale: Locale) -> str:
    """With the minus of the language, which stays before the number in any text."""
    return number.replace("-", locale.number_symbols["latn"]["minusSign"])


# A list shows the same few days, and no day has more than 1,440 minutes: each is put
# into words once.
@lru_cache(maxsize=4_000)
def _date(on: date, locale: Locale) -> str:
    return str(format_date(on, "medium", locale))


@lru_cache(maxsize=2 * 1_440)
def _clock(hour: int, minute: int, locale: Locale) -> str:
    return str(format_time(time(hour, minute), "HH:mm", locale=locale))
