"""What a cell means, by declaration. What it does not say is None, never zero. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from config.money import exponent
from config.spreadsheets import FORMULA_STARTS
from suppliers.dialects.csvfeed.options import DecimalSign
from suppliers.dialects.rest_messages import MOST_CENTS, MOST_UNITS

# A formula that keeps a spreadsheet from eating zeros: ="00123"
KEPT_AS_TEXT = re.compile('="([^"]*)"')
SPACES = " \u00a0\u2009\u202f'\u2019"  # what stands between thousands, beside , and .


def _written_with(point: str, group: str) -> re.Pattern[str]:
    whole = rf"\d{{1,15}}|\d{{1,3}}(?:[{SPACES}{group}]\d{{3}}){{1,4}}"
    return re.compile(
        rf"(?P<sign>-?)(?P<whole>{whole})(?:[{point}](?P<part>\d{{0,15}}))?"
    )


NUMBERS = {
    DecimalSign.POINT: _written_with(".", group=","),
    DecimalSign.COMMA: _written_with(",", group="."),
}
LONGEST_NUMBER = 60  # characters, spaces around it included
FIGURES_KEPT = 1 << 14  # in a list of 100,000 rows few figures are new
NOT_A_DIGIT = re.compile(r"\D")


def plain(cell: str) -> str:
    """A cell's text without the space and the spreadsheet's wrapping around it."""
    text = cell.strip()
    if text.startswith("'") and text[1:2] in FORMULA_STARTS:
        return text[1:]
    if not text.startswith("="):
        return text
    wrapped = KEPT_AS_TEXT.fullmatch(text)
    return wrapped[1].strip() if wrapped else text


def word(cell: str) -> str:
    """A cell as declared words are compared: whatever its case and spacing."""
    return " ".join(cell.split()).casefold()


def number(cell: str, decimal: DecimalSign) -> Decimal | None:
    """A number written with this decimal sign; None if it is no such number."""
    return _number(cell, decimal) if len(cell) <= LONGEST_NUMBER else None


def units(cell: str, words: Mapping[str, int], decimal: DecimalSign) -> int | None:
    """How many, by a declared word or as a whole number; less than none is none."""
    by_word = words.get(word(cell))
    if by_word is not None:
        return by_word
    found = number(cell, decimal)
    if found is None or found % 1 or found > MOST_UNITS:
        return None
    return max(int(found), 0)


def cents(cell: str, currency: str, decimal: DecimalSign) -> int | None:
    """An amount in whole minor units, rounded half up; None if it cannot be read."""
    return _cents(cell, currency, decimal) if len(cell) <= LONGEST_NUMBER else None


def moment(cell: str, written: str, zone: ZoneInfo) -> datetime:
    """A moment in this format (empty: ISO 8601); a day is its beginning.

    Raises ValueError if it cannot be read or cannot be meant.
    """
    text = plain(cell)
    if written:
        found = datetime.strptime(text, written)  # noqa: DTZ007  the zone follows
    else:
        found = datetime.fromisoformat(text)
    if not 1970 < found.year < 2200:
        raise ValueError("a moment no supplier can mean")
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


@lru_cache(FIGURES_KEPT)
def _number(cell: str, decimal: DecimalSign) -> Decimal | None:
    found = NUMBERS[decimal].fullmatch(plain(cell))
    if found is None:
        return None
    whole = NOT_A_DIGIT.sub("", found["whole"])
    return Decimal(f"{found['sign']}{whole}.{found['part'] or 0}")


@lru_cache(FIGURES_KEPT)
def _cents(cell: str, currency: str, decimal: DecimalSign) -> int | None:
    found = number(cell, decimal)
    if found is None or found < 0:
        return None
    minor = int(found.scaleb(exponent(currency)).quantize(Decimal(1), ROUND_HALF_UP))
    return minor if minor <= MOST_CENTS else None
