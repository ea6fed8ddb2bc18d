"""What a stock list says: by declaration, and what it does not say is unknown."""

import pytest

from suppliers.errors import Garbled

WORDS = {"In stock": 20, ">10": 10, "yes": 1, "no": 0, "אזל": 0}


@pytest.mark.parametrize(
    ("cell", "quantity"),
    [
        ("5", 5),
        (" 5 ", 5),
        ("0", 0),
        ("-3", 0),
        ("5.0", 5),
        ("1,000", 1000),
        ("12 000", 12000),
        ("in  STOCK", 20),
        (">10", 10),
        ("No", 0),
        ("אזל", 0),
        ("", None),
        ("ask us", None),
        (">20", None),
        ("10+", None),
        ("5.5", None),
        ("1,00", None),
        ("1e3", None),
        ("99999999999", None),
        ("NaN", None),
    ],
)
def test_a_quantity_is_a_number_or_a_declared_word_or_unknown(stock_of, cell, quantity):
    body = f'sku,quantity\nA,"{cell}"\n'

    assert stock_of(body, {"quantity_words": WORDS}) == [("A", quantity, None, None)]


@pytest.mark.parametrize(
    ("decimal", "cell", "cents"),
    [
        ("point", "12.50", 1250),
        ("point", "12", 1200),
        ("point", "12.", 1200),
        ("point", "1,234.50", 123450),
        ("point", "0.005", 1),
        ("point", "12.344", 1234),
        ("comma", "12,50", 1250),
        ("comma", "1.234,50", 123450),
        ("comma", "1'234,50", 123450),
        ("comma", "1\u202f234,50", 123450),
        ("comma", "1.234", 123400),
        ("point", "", None),
        ("point", "on request", None),
    ],
)
def test_a_cost_is_read_with_its_declared_decimal_sign(stock_of, decimal, cell, cents):
    body = f'sku;quantity;cost;currency\nA;1;"{cell}";eur\n'

    assert stock_of(body, {"decimal": decimal}) == [("A", 1, cents, "EUR")]


def test_a_single_unreadable_cost_is_unknown(stock_of):
    body = "sku;quantity;cost\nA;1;1.20\nB;1;12,50 approx\n"

    assert stock_of(body) == [("A", 1, 120, None), ("B", 1, None, None)]


def test_a_file_whose_costs_are_mostly_misread_was_declared_wrongly(stock_of):
    body = "sku;quantity;cost\nA;1;1,20\nB;1;12,50\nC;1;3\n"

    with pytest.raises(Garbled, match="decimal comma"):
        stock_of(body)


def test_amounts_follow_their_currency(stock_of):
    body = "sku,quantity,cost,currency\nA,1,120,JPY\nB,1,1.234,KWD\n"

    assert stock_of(body) == [("A", 1, 120, "JPY"), ("B", 1, 1234, "KWD")]


def test_a_cost_in_a_currency_we_do_not_know_is_unknown(stock_of):
    body = "sku,quantity,cost,currency\nA,1,1.20,Taler\nB,2,1.20,\n"

    assert stock_of(body, {"currency": "EUR"}) == [
        ("A", 1, None, None),
        ("B", 2, 120, "EUR"),
    ]


def test_a_sku_that_stands_there_twice_comes_twice(stock_of):
    body = "sku,quantity\nA,1\nB,2\nA,3\n"

    assert [row[:2] for row in stock_of(body)] == [("A", 1), ("B", 2), ("A", 3)]


def test_an_unusual_column_that_was_declared_must_be_there(stock_of):
    with pytest.raises(Garbled, match="no column 'Preis'"):
        stock_of("sku,quantity,cost\nA,1,2.00\n", {"columns": {"cost": "Preis"}})


def test_a_header_without_rows_is_a_list_without_rows(stock_of):
    assert stock_of("sku,quantity\n") == []
