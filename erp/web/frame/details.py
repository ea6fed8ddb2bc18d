"""Details our own code wrote down, in the reader's language.

Attempts and suppliers keep what went wrong in plain English. Here our own sentences
are known again by their shape; what a supplier or a person wrote stays as it is.
"""

import re
from datetime import datetime
from enum import StrEnum

from erp.orders.models import Fulfilment, Payment, Risk
from erp.web.frame import i18n
from erp.web.frame.labels import label
from erp.web.frame.words import N_, _, listed

SHAPES = (
    (r"it does not look orders up", N_("it does not look orders up")),
    (r"it answered for another order", N_("it answered for another order")),
    (r"its list of changes stands still", N_("its list of changes stands still")),
    (r"its answer is too large", N_("its answer is too large")),
    (
        r"it answered (?P<status>\d+): it refuses our credentials",
        N_("it answered %(status)s: it refuses our credentials"),
    ),
    (r"it answered (?P<status>\d+)", N_("it answered %(status)s")),
    (r"the address cannot be read", N_("the address cannot be read")),
    (r"the endpoint was turned off", N_("the endpoint was turned off")),
    (
        r"its secret cannot be opened: make a new one",
        N_("its secret cannot be opened: make a new one"),
    ),
    (
        r"Server disconnected without sending a response\.",
        N_("it hung up without an answer"),
    ),
    (r"(\[Errno \d+\] )?Connection refused", N_("it takes no connections")),
    (r"no connection in time", N_("no connection in time")),
    (
        r"all our connections to it are busy",
        N_("all our connections to it are busy"),
    ),
    (r"no answer in time", N_("no answer in time")),
    (
        r"it did not take the request in time",
        N_("it did not take the request in time"),
    ),
)
SHAPED = tuple((re.compile(shape), words) for shape, words in SHAPES)
PARTS = {
    "payment": N_("payment"),
    "paid_at": N_("time of payment"),
    "cancelled_at": N_("cancellation"),
    "risk": N_("risk"),
    "fulfilment": N_("what was sent already"),
    "ship_to": N_("address"),
    "supplier": N_("named supplier"),
    "name": N_("name"),
    "kind": N_("kind"),
    "base_url": N_("web address"),
    "allow_private": N_("own network"),
    "currency": N_("currency"),
    "order_fee_cents": N_("fee"),
    "shipping_first_cents": N_("shipping of the first unit"),
    "shipping_extra_cents": N_("shipping of each further unit"),
    "handling_days": N_("days to hand over"),
    "acknowledge_days": N_("days to answer"),
    "cut_off": N_("cut-off"),
    "time_zone": N_("time zone"),
    "workdays": N_("workdays"),
    "calendar": N_("public holidays"),
    "closed_days": N_("closed days"),
    "reroute": N_("re-routing"),
    "ships_to": N_("destinations"),
    "calls_per_minute": N_("calls in a minute"),
    "burst": N_("calls at once"),
    "error_budget_percent": N_("tolerated errors"),
    "poll_seconds": N_("seconds between questions"),
    "options": N_("way of working"),
    "token": N_("token"),
}
# Values that stand in details as they are stored; no two of them are spelt alike.
MEMBERS: dict[str, StrEnum] = {
    each.value: each for each in (*Payment, *Risk, *Fulfilment)
}
CHANGE = re.compile(r"(?P<field>\w+): (?P<before>.+?) → (?P<after>.+)")


def told(detail: str) -> str:
    """A detail in the reader's language; what we did not write ourselves as it is."""
    return ours(detail) or detail


def ours(detail: str) -> str | None:
    """One of our own sentences in the reader's language; None if it is not ours."""
    for shape, words in SHAPED:
        found = shape.fullmatch(detail)
        if found:
            return _(words, **found.groupdict())
    return None


def changed(what: str) -> str:
    """What was changed, field by field: “payment: pending → paid, ship_to”."""
    return listed(_change(each) for each in what.split(", "))


def became(before: str, after: str) -> str:
    """One value after another, with an arrow that points the way lines run."""
    return _("%(before)s → %(after)s", before=before, after=after)


def _change(words: str) -> str:
    found = CHANGE.fullmatch(words)
    if not found:
        return _part(words)
    before, after = _value(found["before"]), _value(found["after"])
    return f"{_part(found['field'])}: {became(before, after)}"


def _part(name: str) -> str:
    return _(PARTS[name]) if name in PARTS else name


def _value(text: str) -> str:
    if text in MEMBERS:
        return label(MEMBERS[text])
    try:
        return str(i18n.moment(datetime.fromisoformat(text)).striptags())
    except ValueError:
        return text
