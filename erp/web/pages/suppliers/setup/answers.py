"""A real answer beside the declaration that reads it, place by place."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import get_args
from urllib.parse import quote, quote_plus

from config.money import MoneyError, to_text
from erp.web.frame.words import N_, _
from erp.web.pages.suppliers.setup.mistakes import said
from erp.web.pages.suppliers.setup.titles import title
from suppliers.dialects.declared.declaration import Declaration
from suppliers.dialects.declared.expressions import Wrong
from suppliers.dialects.declared.failing import Failure
from suppliers.dialects.declared.preview import Which
from suppliers.dialects.declared.seen import Place, see

HIDDEN = "•••"
SIGNED_IN = re.compile(r"\b(Basic|Bearer) [A-Za-z0-9+/=._~-]{8,}", re.IGNORECASE)
LONGEST_SAMPLE = 200_000  # characters on a page
CALLS: Mapping[str, str] = {
    "look_up": N_("Looking an order up"),
    "submit": N_("Placing an order"),
    "changes": N_("List of changes"),
    "stock": N_("Stock list"),
    "cancel": N_("Cancelling"),
}
WHICH: Mapping[str, Which] = {which: which for which in get_args(Which)}


@dataclass(frozen=True, slots=True)
class Row:
    """One field of the declaration: what stands there, and how it is read."""

    title: str
    number: str  # of the line or parcel, if it is one of several
    path: str
    found: str
    meaning: str
    wrong: str
    when: datetime | None = None  # a meaning that is a moment


@dataclass(frozen=True, slots=True)
class Shown:
    """All that a page shows of an answer."""

    blocks: Sequence[Sequence[Row]] = ()
    count: int = 0
    failure: Failure | None = None
    wrong: Sequence[tuple[str, str]] = ()  # (field, what is wrong)
    absent: str = ""  # that there is no such order
    is_without_stock: bool = False


def shown(options: Mapping[str, object], typed: Mapping[str, str]) -> Shown:
    """The pasted answer as the options read it."""
    sample = typed.get("sample", "").strip()
    call = WHICH.get(typed.get("sample_call", ""), "look_up")
    status = typed.get("sample_status", "")
    code = int(status) if re.fullmatch("[1-5][0-9]{2}", status) else 200
    if not sample:
        return Shown(wrong=[(_("Answer"), _("Paste a real answer, or fetch one."))])
    reference = typed.get("sample_reference", "").strip()
    seen = see(Declaration.model_validate(options), sample, call, code, reference)
    return Shown(
        [[_row(place, block) for place in block] for block in seen.rows],
        seen.count,
        seen.failure,
        [_said(each) for each in seen.wrong],
        _absent(reference) if seen.is_absent else "",
        seen.is_without_stock,
    )


def unsettled(errors: Mapping[str, str]) -> Shown:
    """What must be mended in the form before anything can be read."""
    return Shown(wrong=[(title(path), words) for path, words in errors.items()])


def pretty(body: bytes, token: str) -> str:
    """An answer to be looked at; our credential is not shown, should it come back."""
    text = body.decode(errors="replace").replace("\x00", "")
    with suppress(ValueError, RecursionError):  # else it is shown as it came
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    text = SIGNED_IN.sub(HIDDEN, text)
    if not token:
        return text
    escaped = json.dumps(token, ensure_ascii=False)[1:-1]
    for form in (token, escaped, quote(token, safe=""), quote_plus(token)):
        text = text.replace(form, HIDDEN)
    return text


def _absent(reference: str) -> str:
    """With no reference typed, an order that cannot exist was asked for."""
    if reference:
        return _("It says that there is no such order.")
    return _("It says that there is none, as it should.")


def _said(wrong: Wrong) -> tuple[str, str]:
    return title(f"declared.{wrong.place}"), said(wrong.what)


def _row(place: Place, block: Sequence[Place]) -> Row:
    steps = place.place.split(".")
    numbers = [str(int(step) + 1) for step in steps if step.isdecimal()]
    path = ".".join(["declared", *(step for step in steps if not step.isdecimal())])
    return Row(
        title(path),
        ".".join(numbers),
        path,
        place.found,
        _meaning(place, block),
        said(place.wrong) if place.wrong else "",
        place.meaning if isinstance(place.meaning, datetime) else None,
    )


def _meaning(place: Place, block: Sequence[Place]) -> str:
    told = place.meaning
    if told is None and not place.found:
        return _("unknown")
    if told is None or isinstance(told, datetime):
        return ""
    if isinstance(told, StrEnum):
        return told.value
    if place.place == "stock.unit_cost" and isinstance(told, int):
        return _amount(told, block)
    return str(told)


def _amount(cents: int, block: Sequence[Place]) -> str:
    currency = next((p.meaning for p in block if p.place == "stock.currency"), "")
    try:
        return f"{to_text(cents, str(currency))} {currency}"
    except MoneyError:
        return str(cents)
