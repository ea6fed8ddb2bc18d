"""Business days: never a closed one, in the supplier's own days, whatever the clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.fulfilment.clocks import Calendar, Clock, clock_of, closed_days_in, due
from erp.fulfilment.public_holidays import public_holidays

BERLIN, JERUSALEM = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Jerusalem")
ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC",
        "Europe/Berlin",
        "Asia/Jerusalem",
        "America/Havana",  # changes its clocks at midnight
        "Australia/Lord_Howe",  # by half an hour
        "Pacific/Apia",
    )
]
FIRST = datetime(2025, 12, 1, tzinfo=UTC)


def moments() -> st.SearchStrategy[datetime]:
    minutes = st.integers(0, 3 * 365 * 24 * 60)
    return minutes.map(lambda n: FIRST + timedelta(minutes=n))


def calendars() -> st.SearchStrategy[Calendar]:
    days = st.dates(date(2025, 12, 1), date(2029, 1, 1))
    return st.builds(
        Calendar,
        zone=st.sampled_from(ZONES),
        workdays=st.frozensets(st.integers(1, 7), min_size=1),
        cut_off=st.none() | st.times(),
        country=st.sampled_from(["", "DE-BY", "IL"]),
        closed_days=st.frozensets(days, max_size=10),
    )


def local_day(due_at: datetime, calendar: Calendar) -> date:
    return (due_at - timedelta(microseconds=1)).astimezone(calendar.zone).date()


@given(moments(), st.integers(0, 10), calendars())
def test_nothing_is_due_on_a_closed_day(
    moment: datetime, days: int, calendar: Calendar
) -> None:
    due_at = due(moment, days, calendar)

    assert due_at > moment
    assert due_at.tzinfo is UTC
    assert calendar.is_open(local_day(due_at, calendar))


@given(moments(), moments(), st.integers(0, 10), calendars())
def test_what_comes_later_is_never_due_earlier(
    one: datetime, other: datetime, days: int, calendar: Calendar
) -> None:
    earlier, later = sorted((one, other))

    assert due(earlier, days, calendar) <= due(later, days, calendar)


@given(moments(), st.integers(0, 10), calendars())
def test_more_days_are_more_time_by_one_open_day_each(
    moment: datetime, days: int, calendar: Calendar
) -> None:
    first, then = due(moment, days, calendar), due(moment, days + 1, calendar)

    between = (local_day(then, calendar) - local_day(first, calendar)).days
    opened = [
        day
        for number in range(1, between + 1)
        if calendar.is_open(day := local_day(first, calendar) + timedelta(days=number))
    ]
    assert opened == [local_day(then, calendar)]


MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "days", "calendar", "until"),
    [
        (MONDAY, 1, Calendar(), (2026, 3, 3)),
        (MONDAY, 0, Calendar(), (2026, 3, 2)),
        (MONDAY, 5, Calendar(), (2026, 3, 9)),
        (MONDAY + timedelta(days=5), 1, Calendar(), (2026, 3, 10)),
        (MONDAY, 1, Calendar(cut_off=time(8)), (2026, 3, 4)),
        (MONDAY, 1, Calendar(cut_off=time(10)), (2026, 3, 3)),
        (MONDAY, 1, Calendar(closed_days=frozenset({date(2026, 3, 3)})), (2026, 3, 4)),
        (
            datetime(2026, 12, 23, 9, tzinfo=UTC),
            1,
            Calendar(country="DE"),
            (2026, 12, 24),
        ),
        (
            datetime(2026, 12, 24, 9, tzinfo=UTC),
            1,
            Calendar(country="DE"),
            (2026, 12, 28),
        ),
    ],
    ids=[
        "the next day",
        "the same day",
        "over a weekend",
        "from a Saturday, which is Monday's",
        "after the cut-off",
        "before the cut-off",
        "a day it closed",
        "before a holiday",
        "over Christmas and a weekend",
    ],
)
def test_days_are_counted_as_the_supplier_works(
    moment: datetime, days: int, calendar: Calendar, until: tuple[int, int, int]
) -> None:
    assert local_day(due(moment, days, calendar), calendar) == date(*until)


def test_a_week_may_begin_on_sunday() -> None:
    clock = clock_of(1, 3, "15:00", "Asia/Jerusalem", "71234", "IL", "")
    thursday = datetime(2026, 3, 5, 14, tzinfo=UTC)  # 16:00 there

    assert clock.acknowledge_by(thursday) == datetime(2026, 3, 9, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        (datetime(2026, 3, 27, 9, tzinfo=UTC), datetime(2026, 3, 30, 22, tzinfo=UTC)),
        (datetime(2026, 10, 23, 9, tzinfo=UTC), datetime(2026, 10, 26, 23, tzinfo=UTC)),
    ],
    ids=["clocks go forward", "clocks go back"],
)
def test_a_day_ends_at_midnight_there_though_clocks_change(
    moment: datetime, until: datetime
) -> None:
    assert due(moment, 1, Calendar(zone=BERLIN)) == until


def test_closed_days_may_be_written_as_ranges() -> None:
    found = closed_days_in("2026-12-24..2026-12-26  2027-01-01")

    assert sorted(found) == [
        date(2026, 12, 24),
        date(2026, 12, 25),
        date(2026, 12, 26),
        date(2027, 1, 1),
    ]


@pytest.mark.parametrize(
    "text", ["soon", "2026-12-26..2026-12-24", "2026-01-01..2027-06-01"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text.replace(".", r"\.")):
        closed_days_in(text)


@pytest.mark.parametrize(
    "columns",
    [
        ("", "Mars/Olympus", "12345", "", ""),
        ("", "UTC", "", "", ""),
        ("", "UTC", "128", "", ""),
        ("25:00", "UTC", "12345", "", ""),
        ("", "UTC", "12345", "", "2020-01-01..2020-12-31 2021-01-01..2021-12-31"),
    ],
    ids=["zone", "no workday", "a ninth day", "cut-off", "closed for years"],
)
def test_a_supplier_that_never_works_has_no_clock(columns: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"."):
        clock_of(1, 3, *columns)


@pytest.mark.parametrize("country", ["XX", "DE-XX", "de"])
def test_an_unknown_country_is_refused(country: str) -> None:
    with pytest.raises(ValueError, match="no "):
        public_holidays(country, 2026)


def test_a_clock_knows_both_days() -> None:
    clock = Clock(acknowledge_days=1, handling_days=3, calendar=Calendar())

    assert clock.acknowledge_by(MONDAY) == datetime(2026, 3, 4, tzinfo=UTC)
    assert clock.ship_by(MONDAY) == datetime(2026, 3, 6, tzinfo=UTC)
