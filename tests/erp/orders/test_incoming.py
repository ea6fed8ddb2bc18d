"""An order from outside is read strictly, or refused field by field."""

from datetime import UTC, datetime

import pytest

from erp.orders.incoming import NewOrder, read_order
from tests.asked import an_order, asked_line


def problems(**changes):
    """(field, words) of everything wrong with an order changed so."""
    read = read_order(an_order(**changes))
    assert isinstance(read, tuple), "nothing was wrong"
    return [(each.field, each.what) for each in read]


def test_a_plain_order_is_read_into_cents_and_utc():
    read = read_order(
        an_order(
            placed_at="2026-03-02T10:00:00+02:00",
            lines=[asked_line(quantity=2, unit_price="10.50", discount="1.00")],
            shipping="5.00",
            total="25.00",
        )
    )
    assert isinstance(read, NewOrder)
    assert read.placed_at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert read.lines[0].unit_price_cents == 1050
    assert (read.shipping_cents, read.total_cents) == (500, 2500)


def test_amounts_have_the_decimals_of_their_currency():
    read = read_order(
        an_order(currency="JPY", lines=[asked_line(unit_price="1200")], total="1200")
    )
    assert isinstance(read, NewOrder)
    assert read.total_cents == 1200


WRONG = {
    "unknown field": ({"colour": "red"}, "colour", "not a known field"),
    "unknown line field": (
        {"lines": [asked_line(colour="red")]},
        "lines[0].colour",
        "not a known field",
    ),
    "unknown currency": ({"currency": "XXX"}, "currency", "ISO 4217"),
    "naive moment": ({"placed_at": "2026-03-02T10:00:00"}, "placed_at", "time zone"),
    "moment as number": ({"placed_at": 1_700_000_000}, "placed_at", "as a text"),
    "absurd year": ({"placed_at": "0001-01-01T00:00:00Z"}, "placed_at", "year"),
    "float": ({"total": 10.0}, "total", "floating-point number, which rounds"),
    "integer": ({"total": 1000}, "total", 'text such as "93.90"'),
    "null amount": ({"total": None}, "total", "text such as"),
    "negative": (
        {"lines": [asked_line(unit_price="-1.00")]},
        "lines[0].unit_price",
        "has a sign",
    ),
    "absurd amount": ({"total": "9" * 14}, "total", "more than can be stored"),
    "absurd sum": (
        {"lines": [asked_line(quantity=100_000, unit_price="999999.00")]},
        "lines",
        "more than can be stored",
    ),
    "no units": ({"lines": [asked_line(quantity=0)]}, "lines[0].quantity", "than or"),
    "too many units": (
        {"lines": [asked_line(quantity=10**30)]},
        "lines[0].quantity",
        "100000",
    ),
    "units as text": (
        {"lines": [asked_line(quantity="1")]},
        "lines[0].quantity",
        "whole number",
    ),
    "no lines": ({"lines": []}, "lines", "at least 1"),
    "lines of another kind": ({"lines": ["A"]}, "lines[0]", "named fields"),
    "too many lines": ({"lines": [asked_line()] * 501}, "lines", "at most 500"),
    "NUL": ({"name": "#1\0"}, "name", "control characters"),
    "escape": (
        {"ship_to": {"city": "Lon\x1bdon"}},
        "ship_to.city",
        "control characters",
    ),
    "broken Unicode": ({"name": "\ud800"}, "name", "not valid Unicode"),
    "over-long": ({"name": "x" * 121}, "name", "at most 120"),
    "country in words": ({"ship_to": {"country": "Brazil"}}, "ship_to.country", "BR"),
    "no e-mail address": ({"email": "ada"}, "email", "name@example.com"),
    "unknown payment": ({"payment": "maybe"}, "payment", "'paid'"),
    "total off": (
        {"total": "11.00"},
        "total",
        "is 11.00, but lines 10.00 - discounts 0.00 + shipping 0.00 + tax 0.00 make "
        "10.00 USD",
    ),
    "discount beyond the line": (
        {"lines": [asked_line(discount="10.01")]},
        "lines[0].discount",
        "more than quantity times unit price",
    ),
    "discount beyond all": ({"discount": "10.01"}, "discount", "goods and shipping"),
}


@pytest.mark.parametrize(("changes", "field", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_with_its_field(changes, field, words):
    found = problems(**changes)
    assert [each for each, _ in found] == [field]
    assert words in found[0][1]


def test_everything_wrong_is_told_at_once():
    found = problems(currency="XXX", placed_at="yesterday", email="ada")
    assert {field for field, _ in found} == {"currency", "placed_at", "email"}


@pytest.mark.parametrize("given", [None, [], "order", 7], ids=repr)
def test_what_is_no_object_is_refused(given):
    (problem,) = read_order(given)
    assert "object with named fields" in problem.what


def test_missing_fields_are_named():
    found = {each.field for each in read_order({})}
    assert {"channel", "external_id", "currency", "lines", "total"} <= found


@pytest.mark.parametrize("total", ["11.70", "10.00", "11.71"])
def test_tax_may_be_on_top_or_within_and_rounded(total):
    assert isinstance(read_order(an_order(tax="1.70", total=total)), NewOrder)
