"""Single values out of an answer: each is read strictly, or said to be wrong."""

import re
from collections.abc import Mapping
from typing import TypeVar

from config.money import MoneyError, to_cents
from suppliers.dialects.declared.expressions import Json

V = TypeVar("V")
DIGITS = re.compile("[0-9]{1,15}")
CURRENCY = re.compile("[A-Z]{3}")


def word(found: Json) -> str:
    """A word of theirs, be it text, a number or a truth; as it stands in a map."""
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, str | int):
        return str(found)
    raise ValueError("is no word")


def name(found: Json) -> str:
    if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
        raise ValueError("is no text" if found is not None else "is not there")
    return str(found)


def text(found: Json) -> str:
    return "" if found is None or found == "" else name(found)


def mapped(found: Json, words: Mapping[str, V], otherwise: V | None = None) -> V:
    """What a word of theirs means. A word that is in no map means nothing."""
    if found is None:
        raise ValueError("is not there")
    said = word(found)
    if said in words:
        return words[said]
    if otherwise is None:
        raise ValueError("says a word that the map does not have")
    return otherwise


def units(found: Json) -> int:
    """A count: a whole number, or its digits."""
    if isinstance(found, float) and found.is_integer() and found >= 0:
        return int(found)
    if isinstance(found, str) and DIGITS.fullmatch(found):
        return int(found)
    if isinstance(found, bool) or not isinstance(found, int) or found < 0:
        raise ValueError("is no count" if found is not None else "is not there")
    return found


def cents(found: Json, currency: str | None, money: str) -> int:
    """An amount in minor units, from what the declaration says it is written in."""
    if money == "cents":
        return units(found)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        raise ValueError("is no amount")
    if currency is None:
        raise ValueError("has no currency")
    try:
        # The shortest digits that make this float are those the supplier wrote.
        return to_cents(str(found), currency)
    except MoneyError as error:
        raise ValueError("is no amount with the decimals of its currency") from error


def currency(found: Json) -> str:
    if not isinstance(found, str) or not CURRENCY.fullmatch(found):
        raise ValueError("is no currency code")
    return found


def elements(found: Json) -> list[Json]:
    if found is None:
        return []
    if not isinstance(found, list):
        raise ValueError("is no list")
    return found
