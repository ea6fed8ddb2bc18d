"""How long a supplier has, counted in its own business days.

A business day is one of its workdays that is neither a public holiday of its country
nor a day it closed itself. What comes after the cut-off counts as of the next one, and
what is due on a day may come until that day ends where the supplier is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from erp.fulfilment.public_holidays import public_holidays

DAY = timedelta(days=1)
MOST_CLOSED_DAYS = 366  # all together: a supplier that is never open has no clock
UTC_ZONE = ZoneInfo("UTC")
WEEK = frozenset(range(1, 8))  # Monday is 1, as in ISO 8601


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a supplier works. Raises ValueError if it never would."""

    zone: ZoneInfo = UTC_ZONE
    workdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    cut_off: time | None = None  # None: the whole day counts
    country: str = ""  # whose public holidays it keeps, as DE or DE-BY; empty: none
    closed_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.workdays or not self.workdays <= WEEK:
            raise ValueError("workdays are numbers from 1 (Monday) to 7, at least one")
        if len(self.closed_days) > MOST_CLOSED_DAYS:
            raise ValueError(f"at most {MOST_CLOSED_DAYS} closed days")

    def is_open(self, day: date) -> bool:
        return (
            day.isoweekday() in self.workdays
            and day not in self.closed_days
            and day not in public_holidays(self.country, day.year)
        )


@dataclass(frozen=True, slots=True)
class Clock:
    """What a supplier has agreed to: days to answer, and days to hand over."""

    acknowledge_days: int
    handling_days: int
    calendar: Calendar

    def acknowledge_by(self, sent_at: datetime) -> datetime:
        return due(sent_at, self.acknowledge_days, self.calendar)

    def ship_by(self, acknowledged_at: datetime) -> datetime:
        return due(acknowledged_at, self.handling_days, self.calendar)


@lru_cache(maxsize=4096)  # a batch has one moment and few calendars
def due(moment: datetime, days: int, calendar: Calendar) -> datetime:
    """The end of the business day so many after the one on which `moment` counts."""
    open_days = _open_days(_counted_day(moment, calendar), calendar)
    for _ in range(days):
        next(open_days)
    return _end_of(next(open_days), calendar.zone)


def closed_days_in(text: str) -> frozenset[date]:
    """Days written as 2026-12-24 or 2026-12-24..2027-01-02, with spaces between them.

    Raises ValueError naming the part that is no day.
    """
    return frozenset(day for part in text.split() for day in _days_of(part))


@lru_cache(maxsize=1024)
def clock_of(
    acknowledge_days: int,
    handling_days: int,
    cut_off: str,
    time_zone: str,
    workdays: str,
    calendar: str,
    closed_days: str,
) -> Clock:
    """The clock as the columns of a supplier tell it. Raises ValueError."""
    return Clock(
        acknowledge_days,
        handling_days,
        Calendar(
            zone=zone_called(time_zone),
            workdays=frozenset(int(digit) for digit in workdays),
            cut_off=time.fromisoformat(cut_off) if cut_off else None,
            country=calendar,
            closed_days=closed_days_in(closed_days),
        ),
    )


def zone_called(name: str) -> ZoneInfo:
    """Raises ValueError if there is no time zone of this name."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError(f"no time zone {name!r}") from error


def _counted_day(moment: datetime, calendar: Calendar) -> date:
    """The supplier's day, open or not, as of which this moment counts."""
    day = moment.astimezone(calendar.zone).date()
    if calendar.cut_off is None:
        return day
    cut_off_at = datetime.combine(day, calendar.cut_off, calendar.zone)
    return day if moment < cut_off_at.astimezone(UTC) else day + DAY


def _open_days(day: date, calendar: Calendar) -> Iterator[date]:
    while True:
        if calendar.is_open(day):
            yield day
        day += DAY


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    """Midnight there, however long that day was."""
    return datetime.combine(day + DAY, time(), zone).astimezone(UTC)


def _days_of(part: str) -> Iterator[date]:
    first, _, last = part.partition("..")
    try:
        day, end = date.fromisoformat(first), date.fromisoformat(last or first)
    except ValueError as error:
        raise ValueError(part) from error
    if not timedelta(0) <= end - day <= MOST_CLOSED_DAYS * DAY:
        raise ValueError(part)
    while day <= end:
        yield day
        day += DAY
