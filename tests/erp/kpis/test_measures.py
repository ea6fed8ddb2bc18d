from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.kpis.measures import Measured, rate, rounded, shares, wilson
from inventory.pricing import half_up

weights = st.lists(st.integers(0, 10_000), min_size=1, max_size=12)


@given(whole=st.integers(-1_000_000, 1_000_000), weights=weights)
def test_shares_add_up_to_the_whole_and_stay_within_a_cent(whole, weights):
    parts = shares(whole, weights)

    assert sum(parts) == whole
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(whole * weight, sum(weights) or 1)
        if not sum(weights):
            exact = Fraction(whole, len(weights))
        assert abs(part - exact) < 1


@given(
    numerators=st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=12),
    denominator=st.integers(1, 10**6),
)
def test_rounding_keeps_the_sum_that_the_whole_rounds_to(numerators, denominator):
    parts = rounded(numerators, denominator)

    assert sum(parts) == half_up(sum(numerators), denominator)
    for part, numerator in zip(parts, numerators, strict=True):
        assert abs(part - Fraction(numerator, denominator)) < 1


@given(whole=st.integers(0, 1000), weights=weights)
def test_nothing_weighs_nothing_and_gets_nothing(whole, weights):
    parts = shares(whole, [*weights, 1, 0])

    assert parts[-1] == 0


def test_the_cent_that_is_left_goes_to_the_largest_remainder():
    assert shares(100, [1, 1, 1]) == [34, 33, 33]
    assert shares(10, [26, 49, 25]) == [3, 5, 2]


@given(
    denominator=st.integers(1, 5000),
    share=st.floats(0, 1),
    confidence=st.sampled_from(["80", "90", "97.5"]),
)
def test_the_interval_holds_the_share_it_was_made_of(denominator, share, confidence):
    numerator = round(share * denominator)
    found = wilson(numerator, denominator, confidence_percent=Decimal(confidence))

    percent = Decimal(numerator * 100) / denominator
    assert 0 <= found.low <= percent + Decimal("0.0001")
    assert percent - Decimal("0.0001") <= found.high <= 100


def test_the_interval_is_the_one_in_the_books():
    found = wilson(331, 2970, confidence_percent=Decimal("97.5"))

    assert (round(found.low, 2), round(found.high, 2)) == (
        Decimal("10.06"),
        Decimal("12.33"),
    )


def test_no_cases_have_no_interval_and_no_percent():
    assert wilson(0, 0, confidence_percent=Decimal(90)) is None
    assert rate(0, 0).percent is None
    assert rate(0, 0).coverage_percent is None


@pytest.mark.parametrize(
    ("measured", "percent", "coverage"),
    [
        (rate(1, 8), Decimal("12.5"), 100),
        (rate(1, 8, 10), Decimal("12.5"), 80),
        (Measured(-50, 200, 1, 4), Decimal(-25), 25),
    ],
    ids=["all known", "some unknown", "a loss"],
)
def test_a_value_says_its_percent_and_its_coverage(measured, percent, coverage):
    assert measured.percent == percent
    assert measured.coverage_percent == coverage
