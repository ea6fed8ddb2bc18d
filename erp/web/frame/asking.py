"""What a list's address asks for: words, choices, days, and the pages around it."""

from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import request, url_for

from erp.web.frame.context import erp
from erp.web.frame.labels import label

LONGEST_SEARCH = 200  # longer than any name or number we keep

Choice = TypeVar("Choice", bound=StrEnum)


def words(name: str = "q") -> str:
    """A search as it was typed, without the blanks around it."""
    return request.args.get(name, "").strip()[:LONGEST_SEARCH].replace("\0", "")


def choice(name: str, kind: type[Choice]) -> Choice | None:
    """One of the known values; anything else in the address asks for nothing."""
    try:
        return kind(request.args.get(name, ""))
    except ValueError:
        return None


def choices(name: str, kind: type[Choice]) -> tuple[Choice, ...]:
    """Several of the known values, from a repeated parameter."""
    known = {member.value: member for member in kind}
    return tuple(known[text] for text in request.args.getlist(name) if text in known)


def day_start(name: str, *, later_by_days: int = 0) -> datetime | None:
    """Midnight of a day in the store's time zone."""
    try:
        day = datetime.strptime(request.args.get(name, ""), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        day += timedelta(days=later_by_days)
    except (ValueError, OverflowError):
        return None
    zone = ZoneInfo(erp().settings.store.time_zone)
    return datetime.combine(day, time_of_day.min, zone).astimezone(UTC)


def day(name: str) -> date | None:
    """A day as it was typed, in no time zone."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def moment(name: str) -> datetime | None:
    """An exact moment, as our own links carry one."""
    try:
        at = datetime.fromisoformat(request.args.get(name, ""))
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def options(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """The members of an enum, as the choices of a form."""
    return [(member.value, label(member)) for member in kind]


def again(endpoint: str) -> str:
    """Another view's address, asked for the same things as this one."""
    kept: dict[str, Any] = {name: request.args.getlist(name) for name in request.args}
    return url_for(endpoint, **kept)
