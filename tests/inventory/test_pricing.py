"""Costs, margins and rates: whole cents, and unknown stays unknown."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.pricing import (
    Rate,
    clears_floor,
    convert,
    landed_cost_cents,
    margin_cents,
    margin_ratio,
    revenue_cents,
    shipping_cents,
)


def test_landed_cost_is_items_fee_and_shipping():
    items = [(1_000, 2), (250, 3)]
    assert landed_cost_cents(items, order_fee_cents=50, shipping_cents=400) == 3_200


@pytest.mark.parametrize(
    ("items", "fee", "shipping"),
    [([(None, 1), (5, 1)], 0, 0), ([(5, 1)], None, 0), ([(5, 1)], 0, None)],
    ids=["an item", "the fee", "the shipping"],
)
def test_a_landed_cost_with_an_unknown_part_is_unknown(items, fee, shipping):
    assert (
        landed_cost_cents(items, order_fee_cents=fee, shipping_cents=shipping) is None
    )


@pytest.mark.parametrize(
    ("units", "cents"), [(0, 0), (1, 300), (4, 450)], ids=["none", "one", "several"]
)
def test_shipping_is_one_price_for_the_first_unit_and_another_for_the_next(
    units, cents
):
    assert shipping_cents(units, first_item_cents=300, extra_item_cents=50) == cents


def test_shipping_of_an_unknown_tariff_is_unknown():
    assert shipping_cents(1, first_item_cents=None, extra_item_cents=0) is None


def test_revenue_is_lines_and_shipping_less_discounts_and_refunds():
    assert (
        revenue_cents(
            [(1_000, 2), (500, 1)],
            discount_cents=300,
            shipping_charged_cents=200,
            refunded_cents=500,
        )
        == 1_900
    )


def test_margin_is_what_is_left_and_unknown_while_the_cost_is():
    assert margin_cents(1_900, 1_520) == 380
    assert margin_ratio(380, 1_900) == 0.2
    assert margin_cents(1_900, None) is None
    assert margin_ratio(None, 1_900) is None


def test_without_revenue_there_is_no_ratio():
    assert margin_ratio(-500, 0) is None


def test_the_floor_is_compared_without_rounding():
    assert clears_floor(2_000, 10_000, 2_000)
    assert not clears_floor(1_999, 10_000, 2_000)
    assert clears_floor(-5, 100, None)


def test_a_loss_without_revenue_is_below_any_floor():
    assert not clears_floor(-500, 0, 0)


def test_an_amount_without_a_rate_is_unknown():
    assert convert(100, None) is None
    assert convert(None, Rate(1, 1)) is None


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity"])
def test_what_is_no_rate_is_refused(rate):
    with pytest.raises(ValueError, match="no rate"):
        Rate.of(Decimal(rate))


@given(
    st.integers(0, 10**9),
    st.decimals("0.000001", "99999", places=6, allow_nan=False),
)
def test_a_conversion_is_the_nearest_cent_and_a_half_goes_up(cents, rate):
    converted = convert(cents, Rate.of(rate))
    off = converted - cents * Fraction(rate)
    assert Fraction(-1, 2) < off <= Fraction(1, 2)
