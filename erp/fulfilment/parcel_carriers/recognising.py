"""Which carrier a supplier's words mean, and where the parcel can be followed.

What the supplier wrote is never altered. It is compared word by word: a name that is
not on the list is nobody we know, and its parcels cannot be followed.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase
from urllib.parse import quote

from erp.fulfilment.parcel_carriers.directory import CARRIERS, ParcelCarrier

APART = " .,;:_/()&'\u2019\"®™+*#!?<>\t\n\r\u00a0-"  # between words
SAYS_NOTHING = ("", "n a", "na", "none", "unknown", "not known", "tbd", "null")
_PLAIN = str.maketrans(ascii_uppercase + APART, ascii_lowercase + " " * len(APART))
_SPELLED = {spelling: each for each in CARRIERS for spelling in each.spellings}
NAMES = {name: each for name, each in _SPELLED.items() if not name.endswith("*")}
BEGINNINGS = {
    name.removesuffix("*"): each
    for name, each in sorted(_SPELLED.items(), key=lambda found: -len(found[0]))
    if name.endswith("*")
}  # the longest first: of two that fit, it says more


@dataclass(frozen=True, slots=True)
class Tracking:
    """Whether a parcel can be followed, and where."""

    is_told: bool  # both its carrier and its number
    carrier: ParcelCarrier | None
    page: str = ""  # empty: nowhere
    is_odd: bool = False  # the number does not look like one of that carrier


def known_pattern() -> str:
    """What the spellings of all carriers match, small, in any database."""
    exact = (f"{_words(name)}[{APART}]*$" for name in NAMES)
    begun = (f"{_words(name)}([{APART}]|$)" for name in BEGINNINGS)
    return f"^[{APART}]*({'|'.join([*exact, *begun])})"


def nothing_pattern() -> str:
    """What says nothing, as `known_pattern`."""
    return f"^[{APART}]*({'|'.join(map(_words, SAYS_NOTHING))})[{APART}]*$"


def spelled(text: str) -> str:
    """The words alone, small: as two spellings of a name are compared."""
    return " ".join(filter(None, text.translate(_PLAIN).split(" ")))


@lru_cache(maxsize=4096)
def carrier_of(text: str) -> ParcelCarrier | None:
    """The carrier that is meant; None if we know of none by that name."""
    name = spelled(text)
    if name in NAMES:
        return NAMES[name]
    begun = (known for known in BEGINNINGS if f"{name} ".startswith(f"{known} "))
    first = next(begun, None)
    return None if first is None else BEGINNINGS[first]


def tracking(carrier: str, number: str) -> Tracking:
    """Of a parcel, by what its supplier wrote."""
    found = carrier_of(carrier)
    is_told = not {spelled(carrier), spelled(number)}.intersection(SAYS_NOTHING)
    if found is None or not is_told:
        return Tracking(is_told, found)
    plain = re.sub(r"[\s-]", "", number).upper()
    is_odd = bool(found.numbers) and not re.fullmatch(found.numbers, plain)
    page = found.page.format(number=quote(number.strip(), safe=""))
    return Tracking(True, found, page, is_odd)


def _words(name: str) -> str:
    return f"[{APART}]+".join(name.split(" "))
