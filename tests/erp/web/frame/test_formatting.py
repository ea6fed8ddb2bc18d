"""Numbers and moments as people read them, in their language and the store's zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.core import Locale

from erp.web.frame import formatting

EN, HE, AR = Locale.parse("en"), Locale.parse("he"), Locale.parse("ar")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
MARKS = str.maketrans("", "", "\u200e\u200f\xa0\u202f")


@pytest.mark.parametrize(
    ("cents", "currency", "words"),
    [
        (123456, "USD", "$1,234.56"),
        (-500, "USD", "-$5.00"),
        (0, "USD", "$0.00"),
        (500, "JPY", "¥500"),
        (12345, "BHD", "BHD12.345"),
        (None, "USD", "—"),
    ],
)
def test_money_has_the_decimals_of_its_currency(cents, currency, words):
    assert formatting.money(cents, currency, EN).translate(MARKS) == words


@pytest.mark.parametrize(
    ("numerator", "denominator", "words"),
    [(1, 9, "11.1%"), (0, 9, "0.0%"), (0, 0, "—"), (None, 9, "—"), (-1, 4, "-25.0%")],
)
def test_a_share_of_nothing_is_unknown(numerator, denominator, words):
    assert formatting.percent(numerator, denominator, EN) == words


def test_a_moment_is_told_in_the_time_of_the_store():
    late = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
    assert formatting.moment(late, SAO_PAULO, EN) == "Mar 2, 2026, 22:30"
    assert formatting.day(late, SAO_PAULO, EN) == "Mar 2, 2026"
    assert formatting.day(date(2026, 3, 3), SAO_PAULO, EN) == "Mar 3, 2026"
    assert "במרץ" in formatting.day(late, SAO_PAULO, HE)


def test_arabic_has_its_own_comma_and_the_digits_of_all():
    noon = datetime(2026, 3, 2, 12, 5, tzinfo=UTC)
    words = formatting.moment(noon, UTC, AR).translate(MARKS)
    assert words == "02/03/2026\u060c 12:05"
    assert formatting.money(123456, "USD", AR).translate(MARKS) == "1,234.56US$"
    assert formatting.money(-5, "USD", AR) == "\u200f\u200e-0.05\xa0US$\u200e"
    assert formatting.number(1234567, AR) == "1,234,567"
    assert formatting.percent(1, 3, AR) == "33.3%"


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        (EN, ["1 day", "2 days", "10 days", "14 days", "100 days"]),
        (HE, ["1 יום", "יומיים", "10 ימים", "14 ימים", "100 ימים"]),
        (AR, ["يوم", "يومان", "10 أيام", "14 يومًا", "100 يوم"]),
    ],
    ids=["English", "Hebrew", "Arabic"],
)
def test_days_are_counted_as_each_language_does(locale, words):
    told = [formatting.days(each, locale) for each in (1, 2, 10, 14, 100)]
    assert told == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(milliseconds=120), "0.12 sec"),
        (timedelta(seconds=90), "2 minutes"),
        (timedelta(days=3), "3 days"),
        (None, "—"),
    ],
)
def test_a_length_of_time_is_told_roughly(length, words):
    assert formatting.span(length, EN) == words


def test_how_long_ago_is_told_in_the_language():
    now = datetime(2026, 3, 3, tzinfo=UTC)
    assert formatting.ago(now - timedelta(hours=3), now, EN) == "3 hours ago"
    assert formatting.ago(now - timedelta(hours=3), now, HE) == "לפני 3 שעות"
    assert formatting.ago(None, now, EN) == "—"


@pytest.mark.parametrize(
    ("seconds", "words"), [(5, "5 seconds"), (300, "5 minutes"), (7200, "2 hours")]
)
def test_how_often_is_told_in_the_largest_whole_unit(seconds, words):
    assert formatting.every(seconds, EN) == words
