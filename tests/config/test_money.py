"""Decimal texts become whole minor units and back, without a float in between."""

import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from config.money import (
    DECIMALS,
    MOST_CENTS,
    MoneyError,
    exponent,
    is_currency,
    to_cents,
    to_text,
)


@pytest.mark.parametrize(
    ("text", "currency", "cents"),
    [
        ("93.90", "USD", 9390),
        ("93.9", "USD", 9390),
        ("93", "USD", 9300),
        ("0", "BRL", 0),
        ("1200", "JPY", 1200),
        ("1200.00", "JPY", 1200),
        ("1.234", "BHD", 1234),
        ("5.5000", "EUR", 550),
    ],
)
def test_an_amount_is_read_by_its_currency(text, currency, cents):
    assert to_cents(text, currency) == cents


@pytest.mark.parametrize(
    ("text", "currency", "words"),
    [
        ("", "USD", "not an amount"),
        ("1,000.00", "USD", "not an amount"),
        ("1e3", "USD", "not an amount"),
        ("NaN", "USD", "not an amount"),
        (" 5", "USD", "not an amount"),
        ("-5.00", "USD", "has a sign"),
        ("5.005", "USD", "more decimals than USD"),
        ("1.000", "EUR", "more decimals"),
        ("5.5", "JPY", "more decimals than JPY"),
        ("99999999999", "USD", "more than can be stored"),
    ],
)
def test_what_is_no_plain_amount_is_refused_with_the_reason(text, currency, words):
    with pytest.raises(MoneyError, match=words):
        to_cents(text, currency)


@given(st.integers(0, MOST_CENTS), st.sampled_from(sorted(DECIMALS)))
def test_an_amount_survives_being_written_and_read(cents, currency):
    assert to_cents(to_text(cents, currency), currency) == cents


def test_a_negative_amount_is_written_with_its_sign():
    assert to_text(-5, "USD") == "-0.05"


def test_every_currency_is_a_real_one_and_made_up_ones_are_not():
    assert set(DECIMALS) <= set(get_global("all_currencies"))
    assert not is_currency("XXX")
    assert not is_currency("usd")
    assert [exponent(code) for code in ("USD", "JPY", "KWD")] == [2, 0, 3]
