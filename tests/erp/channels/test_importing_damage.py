"""Damaged files: told by line and field, and the good orders come in all the same."""

import pytest

from erp.channels.reading import UnreadableFileError
from erp.orders.models import Contact, Order, OrderLine
from tests.imports import FIRST, MORE, ORDERS, SECOND, WHOLE, rows

DAMAGED = {
    "negative price": (
        WHOLE.replace("Desk,10.00", "Desk,-10.00"),
        [(3, "Lineitem price", "has a sign")],
    ),
    "price in words": (
        WHOLE.replace("Desk,10.00", "Desk,ten"),
        [(3, "Lineitem price", "not an amount")],
    ),
    "broken quantity": (
        WHOLE.replace(",2,Desk", ",2.5,Desk"),
        [(3, "Lineitem quantity", "whole number")],
    ),
    "endless quantity": (
        WHOLE.replace(",2,Desk", f",{'9' * 5000},Desk"),
        [(3, "Lineitem quantity", "whole number")],
    ),
    "no SKU": (
        WHOLE.replace(",B,", ",,"),
        [(3, "Lineitem sku", "at least 1 character")],
    ),
    "unknown currency": (WHOLE.replace("USD,5.00", "XXX,5.00"), [(2, "Currency", "")]),
    "unknown payment": (
        WHOLE.replace("com,paid", "com,soon"),
        [(2, "Financial Status", "'paid'")],
    ),
    "date of a spreadsheet": (
        WHOLE.replace("2026-03-01 10:00:00 +0000", "3/1/2026 10:00"),
        [(2, "Paid at", "")],
    ),
    "no time zone": (
        WHOLE.replace("10:00:00 +0000", "10:00:00"),
        [(2, "Paid at", "time zone")],
    ),
    "country in words": (
        WHOLE.replace("N1,GB", "N1,England"),
        [(2, "Shipping Country", "capital letters")],
    ),
    "NUL": (
        WHOLE.replace("London", "Lon\0don"),
        [(2, "Shipping City", "control characters")],
    ),
    "over-long": (
        WHOLE.replace("London", "x" * 121),
        [(2, "Shipping City", "at most 120")],
    ),
    "wrong total": (WHOLE.replace("35.00", "99.00"), [(2, "Total", "make 35.00 USD")]),
    "a row of the order missing": (
        WHOLE.replace(MORE, ""),
        [(2, "Total", "is 35.00, but lines 10.00")],
    ),
    "a row cut off": (
        WHOLE.replace(MORE, "#1,ada@x.com,,\n"),
        [(3, "", "4 columns instead of 22")],
    ),
    "a column too many": (
        WHOLE.replace("London", "Lon,don"),
        [(2, "", "needs quotes"), (3, "Name", "first row is not above")],
    ),
    "first row missing": (
        WHOLE.replace(FIRST, ""),
        [(2, "Name", "'#1', whose first row is not above")],
    ),
    "stray quote": (
        WHOLE.replace("Lamp,10.00,A,Ada", '"La"mp,10.00,A,Ada', 1),
        [(2, "", "a quote stands"), (3, "Name", "first row is not above")],
    ),
}


@pytest.mark.parametrize(("content", "told"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_order_is_told_by_line_and_field_and_stops_no_other(
    bring, sessions, content, told
):
    report = bring(content)
    assert [(x.line, x.field) for x in report.problems] == [x[:2] for x in told]
    for problem, (_, _, words) in zip(report.problems, told, strict=True):
        assert words in problem.what
    assert [order.name for order in rows(sessions, Order)] == ["#2"]
    assert len(rows(sessions, OrderLine)) == len(rows(sessions, Contact)) == 1


CUT = {
    "within a row": (SECOND[:60], "cut off"),
    "within a quote": (SECOND.replace("Bob", '"Bo')[:90], "never closed"),
    "a huge value": (SECOND.replace("Bob", "x" * 200_000), "longer than"),
}


@pytest.mark.parametrize(("last", "words"), CUT.values(), ids=CUT)
def test_a_file_that_breaks_off_keeps_what_came_before(bring, sessions, last, words):
    third = FIRST.replace("id1", "id3").replace("#1", "#3").replace("35.00", "15.00")
    report = bring(ORDERS + FIRST + MORE + third + last)
    assert words in report.problems[-1].what
    assert "#1" in [order.name for order in rows(sessions, Order)]
    assert "#2" not in [order.name for order in rows(sessions, Order)]


UNREADABLE = {
    "empty": (b"", "line 1: the file is empty"),
    "UTF-16": (WHOLE.encode("utf-16"), "line 1: the file is UTF-16"),
    "Latin-1": (
        WHOLE.replace("Leeds", "Orléans").encode("latin-1"),
        "line 4: not UTF-8",
    ),
    "cut within a letter": (WHOLE.encode() + "é".encode()[:1], "line 5: not UTF-8"),
    "web page": (b"<!doctype html><html>", "web page"),
    "workbook": (b"PK\x03\x04rest", "workbook"),
    "semicolons": (WHOLE.replace(",", ";").encode(), "separated by commas"),
    "columns missing": (
        WHOLE.replace("Currency", "Curency").encode(),
        "missing columns: Currency",
    ),
    "column twice": (WHOLE.replace("Vendor", "Id", 1).encode(), "columns twice: Id"),
    "another file": (b"a,b\n1,2\n", "missing columns: Name, Email"),
}


@pytest.mark.parametrize(("content", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_used_is_refused_as_a_whole(
    bring, sessions, content, words
):
    with pytest.raises(UnreadableFileError, match=words):
        bring(content)
    assert rows(sessions, Order) == []
