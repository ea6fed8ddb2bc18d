"""What an operator may declare of CSV files."""

import pytest

from suppliers.contract import Duplicates, Follows
from suppliers.dialects.csvfeed.options import Options
from suppliers.options import fitting

STOCK = {"place": "stock.csv"}
REFERENCE = {"header": "PO", "field": "reference"}
SKU = {"header": "Article", "field": "sku"}
QUANTITY = {"header": "Pieces", "field": "quantity"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"stok": STOCK}, "stok: there is no such option"),
        ({"stock": {}}, "stock.place: it is missing"),
        ({"stock": {**STOCK, "encoding": "rot13"}}, "an encoding is one of"),
        ({"stock": {**STOCK, "fallback": "auto"}}, "an encoding is one of"),
        ({"stock": {**STOCK, "time_zone": "Mars"}}, "there is no such time zone"),
        ({"stock": {**STOCK, "time_zone": "../x"}}, "there is no such time zone"),
        ({"stock": {**STOCK, "moments": "%H:%M"}}, "must name a year, a month and"),
        ({"stock": {**STOCK, "moments": "%Q"}}, "stock.moments"),
        ({"stock": {**STOCK, "has_header": False}}, "separator must be declared"),
        ({"stock": {**STOCK, "quantity_words": {"lots": -1}}}, "quantity_words"),
        ({"stock": {**STOCK, "currency": "euro"}}, "stock.currency"),
        ({"stock": {**STOCK, "place": "a\nb"}}, "stock.place"),
        ({"orders": {"way": "fax"}}, "orders"),
        ({"orders": {"way": "pickup", "columns": [SKU]}}, "lack quantity, reference"),
        ({"orders": {"way": "upload", "separator": "auto"}}, "separator"),
        ({"orders": {"way": "upload", "place": "orders?x=1"}}, "orders.upload.place"),
        (
            {
                "orders": {
                    "way": "pickup",
                    "columns": [REFERENCE, SKU, QUANTITY],
                    "takes_cancellations": True,
                }
            },
            "a cancellation is told by the column of the action",
        ),
        ({"shipments": {"place": "s.csv", "statuses": {"x": "gone"}}}, "statuses"),
    ],
)
def test_a_wrong_declaration_says_what_is_wrong(options, words):
    with pytest.raises(ValueError, match=r".") as raised:
        fitting(Options, options)

    assert words in str(raised.value)


def test_options_survive_being_stored():
    declared = fitting(
        Options,
        {
            "stock": {**STOCK, "quantity_words": {"yes": 1}},
            "orders": {"way": "upload", "columns": [REFERENCE, SKU, QUANTITY]},
            "shipments": {"place": "s.csv", "statuses": {"sent": "accepted"}},
        },
    )

    assert fitting(Options, declared.model_dump(mode="json")) == declared


def test_usual_columns_stay_optional_after_being_stored(stock_of):
    stored = fitting(Options, {"stock": STOCK}).model_dump(mode="json")["stock"]

    assert stock_of("sku,quantity\nA,1\n", stored) == [("A", 1, None, None)]


@pytest.mark.parametrize(
    ("orders", "duplicates"),
    [
        ({"way": "pickup"}, Duplicates.NATIVE_KEY),
        ({"way": "upload", "files_stay": True}, Duplicates.NATIVE_KEY),
        ({"way": "upload"}, Duplicates.NONE),
    ],
    ids=["picked up", "files stay", "files are taken away"],
)
def test_a_file_name_guards_against_two_only_while_its_file_stays(
    new_client, orders, duplicates
):
    assert new_client(orders=orders).duplicates is duplicates


def test_it_is_followed_by_its_shipments_if_it_has_a_file_of_them(new_client):
    with_file = new_client(shipments={"place": "shipments.csv"})

    assert with_file.follows is Follows.CHANGES
    assert new_client().follows is Follows.TOLD
