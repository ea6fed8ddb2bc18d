"""Rates convert between minor units; a rate we lack is simply not there."""

from datetime import date

import pytest
from pydantic import ValidationError

from erp.channels.rate_list import RateRow, upsert_rates
from inventory.models import ExchangeRate
from inventory.pricing import convert
from inventory.rates import newest_rates

DAY = date(2026, 3, 2)
RUPIAH = {"base": "USD", "currency": "IDR", "day": "2026-03-02"}


def test_the_newest_rate_up_to_the_day_is_used(sessions):
    with sessions.writing() as session:
        for day, rate in ((1, 200_000), (2, 250_000), (3, 900_000)):
            session.add(
                ExchangeRate(
                    base="BRL",
                    currency="USD",
                    day=date(2026, 3, day),
                    rate_millionths=rate,
                )
            )
    with sessions.reading() as session:
        rates = newest_rates(session, {"BRL", "EUR"}, {"USD"}, DAY)
    assert convert(1000, rates["BRL", "USD"]) == 250
    assert convert(1000, rates["USD", "USD"]) == 1000
    assert ("EUR", "USD") not in rates


def test_a_yen_has_no_cents(sessions):
    with sessions.writing() as session:
        session.add(
            ExchangeRate(base="JPY", currency="USD", day=DAY, rate_millionths=6_700)
        )
    with sessions.reading() as session:
        rates = newest_rates(session, {"JPY"}, {"USD"}, DAY)
    assert convert(1000, rates["JPY", "USD"]) == 670  # 1,000 yen are 6.70 dollars


def test_a_rupiah_is_worth_little(both_sessions):
    with both_sessions.writing() as session:
        upsert_rates(session, [RateRow(**RUPIAH, rate="16250.5")])
    with both_sessions.reading() as session:
        rates = newest_rates(session, {"USD"}, {"IDR"}, DAY)
    assert convert(100, rates["USD", "IDR"]) == 1_625_050


@pytest.mark.parametrize("rate", ["NaN", "Infinity", "-1", "0", "", "1e999"])
def test_what_is_no_rate_is_told_beside_its_row(rate):
    with pytest.raises(ValidationError):
        RateRow(**RUPIAH, rate=rate)
