"""Tracking numbers in the words of a supplier: by its own patterns, then the usual.

A pattern may be slow by nature, so it runs for a short time only. Pure.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import regex

from suppliers.dialects.email.options import AnswerPattern, TrackingPattern

LONGEST_SEARCH_SECONDS = 0.5  # of one pattern in one mail
LONGEST_SEARCHED = 20_000  # characters
MOST_PARCELS = 200  # in one mail
FLAGS = regex.IGNORECASE | regex.MULTILINE
LARGEST_QUANTITY = 1_000_000


class TooSlow(Exception):
    """A pattern did not come to an end in time."""


@dataclass(slots=True)
class Told:
    """A parcel that a mail tells of."""

    tracking: str
    carrier: str
    reference: str  # empty: that of the mail
    contents: list[tuple[str, int]] = field(default_factory=list)


def parcels_in(text: str, own: Sequence[TrackingPattern], *, usual: bool) -> list[Told]:
    """The parcels, each once. Raises TooSlow."""
    found = _gathered(_by_own_patterns(text, own))
    return found or (_gathered(_by_usual_patterns(text)) if usual else [])


def answer_in(text: str, patterns: Sequence[AnswerPattern]) -> AnswerPattern | None:
    """The first answer whose words are there. Raises TooSlow."""
    for each in patterns:
        if next(_matches(each.pattern, text), None) is not None:
            return each
    return None


def _by_own_patterns(text: str, own: Sequence[TrackingPattern]) -> Iterator[Told]:
    for each in own:
        for match in _matches(each.pattern, text):
            told = {name: (value or "").strip() for name, value in match.items()}
            if told["tracking"]:
                yield Told(
                    tracking=told["tracking"][:100],
                    carrier=(told.get("carrier") or each.carrier)[:100],
                    reference=told.get("reference", ""),
                    contents=_contents(told.get("sku", ""), told.get("quantity", "")),
                )


def _contents(sku: str, quantity: str) -> list[tuple[str, int]]:
    is_number = quantity.isascii() and quantity.isdigit()
    units = int(quantity[:10]) if is_number else 0
    return [(sku, units)] if sku and 0 < units <= LARGEST_QUANTITY else []


def _by_usual_patterns(text: str) -> Iterator[Told]:
    for usual in USUAL:
        for match in _matches(usual.pattern, text):
            number = regex.sub(r"[\s-]", "", match["tracking"] or "").upper()
            if usual.is_one(number):
                yield Told(number, usual.carrier, "")


def _gathered(found: Iterable[Told]) -> list[Told]:
    """One for each parcel, with everything told of its contents."""
    parcels: dict[tuple[str, str], Told] = {}
    for each in found:
        known = parcels.setdefault((each.reference, each.tracking), each)
        if known is not each:
            known.contents += each.contents
        if len(parcels) == MOST_PARCELS:
            break
    return list(parcels.values())


def _matches(pattern: str, text: str) -> Iterator[dict[str, str | None]]:
    """Each match as its named groups. Raises TooSlow."""
    search = regex.compile(pattern, FLAGS)
    try:
        for match in search.finditer(
            text[:LONGEST_SEARCHED], timeout=LONGEST_SEARCH_SECONDS, concurrent=True
        ):
            yield match.groupdict()
    except TimeoutError as error:
        raise TooSlow(f"this pattern takes too long: {pattern}") from error


def _is_ups(number: str) -> bool:
    """The last digit checks the others: each second one counts twice, letters too."""
    body, check = number[2:-1], number[-1]
    values = [int(c) if c.isdigit() else (ord(c) - 63) % 10 for c in body]
    total = sum(values[::2]) + 2 * sum(values[1::2])
    return check.isdigit() and (total + int(check)) % 10 == 0


def _is_postal(number: str) -> bool:
    """S10 of the Universal Postal Union: the ninth digit checks the eight before."""
    digits = [int(each) for each in number[2:11]]
    weights = (8, 6, 4, 2, 3, 5, 9, 7)
    rest = 11 - sum(w * d for w, d in zip(weights, digits, strict=False)) % 11
    return {10: 0, 11: 5}.get(rest, rest) == digits[8]


def _is_any(number: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _Usual:
    carrier: str
    pattern: str
    is_one: Callable[[str], bool] = _is_any


# Numbers that are only digits are believed beside their carrier's name alone.
USUAL = (
    _Usual("UPS", r"\b(?P<tracking>1Z[0-9A-Z]{16})\b", _is_ups),
    _Usual("USPS", r"\b(?P<tracking>9[2-5](?:[ ]?\d{2}){10})\b"),
    _Usual("Post", r"\b(?P<tracking>[A-Z]{2}\d{9}[A-Z]{2})\b", _is_postal),
    _Usual("FedEx", r"\bFedEx\b\D{0,60}(?P<tracking>\d{12}|\d{15}|\d{20})\b"),
    _Usual("DHL", r"\b(?P<tracking>JJD\d{12,20})\b"),
    _Usual("DHL", r"\bDHL\b\D{0,60}(?P<tracking>\d{10,11})\b"),
)
