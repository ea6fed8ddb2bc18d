"""The form of a supplier's clocks: what was typed, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time

from erp.fulfilment.clocks import clock_of, closed_days_in, zone_called
from erp.fulfilment.public_holidays import public_holidays
from erp.fulfilment.rerouting.terms import ClockTerms
from erp.web.frame.words import N_, _
from suppliers.models import Reroute, Supplier

MOST_DAYS = 365
LONGEST_TEXT = 2000
ANY_YEAR = 2026  # whose holidays tell whether a country is known
WEEK = (
    ("7", N_("Sunday")),
    ("1", N_("Monday")),
    ("2", N_("Tuesday")),
    ("3", N_("Wednesday")),
    ("4", N_("Thursday")),
    ("5", N_("Friday")),
    ("6", N_("Saturday")),
)


@dataclass(slots=True)
class ClockForm:
    """`typed` goes back onto the page as it came; `terms` are there without errors."""

    typed: dict[str, str]
    workdays: str
    errors: dict[str, str] = field(default_factory=dict)
    terms: ClockTerms | None = None


def of(supplier: Supplier) -> ClockForm:
    return ClockForm(
        {
            "acknowledge_days": str(supplier.acknowledge_days),
            "handling_days": str(supplier.handling_days),
            "cut_off": supplier.cut_off,
            "time_zone": supplier.time_zone,
            "calendar": supplier.calendar,
            "closed_days": supplier.closed_days,
            "reroute": supplier.reroute.value if supplier.reroute else "",
        },
        supplier.workdays,
    )


def read(typed: Mapping[str, str], workdays: Sequence[str]) -> ClockForm:
    """What was typed, judged; terms only if nothing is wrong."""
    known = [number for number, _words in WEEK if number in workdays]
    form = ClockForm({name: t.strip() for name, t in typed.items()}, "".join(known))
    terms = ClockTerms(
        acknowledge_days=_days(form, "acknowledge_days"),
        handling_days=_days(form, "handling_days"),
        cut_off=_cut_off(form),
        time_zone=_zone(form),
        workdays="".join(sorted(form.workdays)),
        calendar=_calendar(form),
        closed_days=_closed_days(form),
        reroute=_reroute(form),
    )
    if not form.workdays:
        form.errors["workdays"] = _("Tick at least one day.")
    if not form.errors:
        form.terms = _checked(form, terms)
    return form


def _checked(form: ClockForm, terms: ClockTerms) -> ClockTerms | None:
    """All together must leave days on which the supplier works."""
    try:
        clock_of(
            terms.acknowledge_days,
            terms.handling_days,
            terms.cut_off,
            terms.time_zone,
            terms.workdays,
            terms.calendar,
            terms.closed_days,
        )
    except ValueError:
        form.errors["closed_days"] = _("At most 366 days in all.")
        return None
    return terms


def _days(form: ClockForm, name: str) -> int:
    text = form.typed.get(name, "")
    if text.isascii() and text.isdecimal() and int(text[:4]) <= MOST_DAYS:
        return int(text[:4])
    form.errors[name] = _("A whole number of days, at most 365.")
    return 0


def _cut_off(form: ClockForm) -> str:
    text = form.typed.get("cut_off", "")
    try:
        return time.fromisoformat(text).strftime("%H:%M") if text else ""
    except ValueError:
        form.errors["cut_off"] = _("A time such as 15:00, or nothing.")
        return ""


def _zone(form: ClockForm) -> str:
    name = form.typed.get("time_zone", "")
    try:
        zone_called(name)
    except ValueError:
        form.errors["time_zone"] = _("Not a time zone, such as Asia/Jerusalem.")
    return name


def _calendar(form: ClockForm) -> str:
    code = form.typed.get("calendar", "").upper()
    try:
        public_holidays(code, ANY_YEAR)
    except ValueError:
        form.errors["calendar"] = _("We know no holidays of this country or part.")
    return code


def _closed_days(form: ClockForm) -> str:
    text = " ".join(form.typed.get("closed_days", "").split())
    try:
        closed_days_in(text[:LONGEST_TEXT])
    except ValueError as error:
        form.errors["closed_days"] = _("Not a day: %(text)s", text=str(error)[:40])
        return ""
    if len(text) > LONGEST_TEXT:
        form.errors["closed_days"] = _("At most 366 days in all.")
    return text


def _reroute(form: ClockForm) -> Reroute | None:
    text = form.typed.get("reroute", "")
    return Reroute(text) if text in set(Reroute) else None
