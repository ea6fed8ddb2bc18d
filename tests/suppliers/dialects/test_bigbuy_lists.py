"""BigBuy's stock and prices, its limits, and what we send it."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from suppliers.contract import Recipient
from suppliers.dialects.bigbuy.client import BigBuyClient, until_reset
from suppliers.dialects.bigbuy.requests import Options
from suppliers.dialects.bigbuy.stock import cents_of
from suppliers.dialects.rest import RestConnection
from suppliers.errors import Garbled
from tests.suppliers.dialects.bigbuy_words import (
    NOON,
    client_that_hears,
    said,
)


def stock(lines: object, prices: object = ()) -> list[tuple[Any, ...]]:
    lists = {
        "productsstockbyhandlingdays": said(lines),
        "productsvariationsstockbyhandlingdays": said(""),
        "productprices": said(list(prices)),
        "productvariationprices": said([]),
    }
    answers = {f"/rest/catalog/{name}.json": each for name, each in lists.items()}
    rows = client_that_hears(answers, page_size=2).read_stock().rows
    return [(row.supplier_sku, row.quantity, row.unit_cost_cents) for row in rows]


def test_a_product_is_what_lies_in_all_its_warehouses_and_without_one_unknown():
    lines = [{"sku": "A", "stocks": [{"quantity": 3}, {"quantity": 4}]}]

    assert stock(lines) == [("A", 7, None)]
    assert stock([{"sku": "B", "stocks": []}]) == [("B", None, None)]


def test_a_price_with_a_fraction_that_is_not_exact_is_the_nearest_cent():
    lines = [{"sku": "A", "stocks": [{"quantity": 0}]}]

    prices = '[{"sku": "A", "wholesalePrice": 9.809999999999999}]'
    assert stock(lines, json.loads(prices)) == [("A", 0, 981)]
    assert cents_of("18.22") == 1822


@pytest.mark.parametrize(
    "lines",
    [
        {"A": 1},
        [{"sku": "A", "stocks": [{"quantity": -1}]}],
        [{"stocks": []}],
        "[[[",
        [{"sku": "A"}, {"sku": "B"}],
    ],
    ids=["no list", "negative", "no SKU", "no JSON", "the same page for ever"],
)
def test_a_stock_list_that_cannot_be_read_is_garbled(lines):
    with pytest.raises(Garbled):
        stock(lines)


@pytest.mark.parametrize(
    ("reset", "wait"),
    [
        (int(NOON.timestamp()) + 90, timedelta(seconds=90)),
        (int(NOON.timestamp()) - 90, timedelta()),
        (int(NOON.timestamp()) + 10**6, timedelta(hours=24)),
        ("soon", None),
    ],
    ids=["to come", "past", "far away", "no number"],
)
def test_its_limit_ends_at_the_moment_it_names(reset, wait):
    headers = httpx.Headers({"X-Ratelimit-Reset": str(reset)})

    assert until_reset(headers, NOON) == wait


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [("Ana", "Ana", "-"), ("Ana María Gil", "Ana María", "Gil"), (" Ana ", "Ana", "-")],
)
def test_a_name_is_split_as_it_wants_it(request_for, name, first, last):
    sent: list[dict[str, Any]] = []

    def keep(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content)["order"])
        return said("", 201, location="/rest/order/119")

    account = Options(email="orders@shop.test", carriers=("correos",))
    connection = RestConnection("bigbuy", "https://bb.test/rest", "token")
    client = BigBuyClient(connection, account, lambda: NOON, httpx.MockTransport(keep))
    recipient = Recipient(name, "1 Road", "Town", "1000", "PT", phone="2")
    client.submit(request_for("PO-1", recipient=recipient))

    address = sent[0]["shippingAddress"]
    assert (address["firstName"], address["lastName"]) == (first, last)
    assert address["email"] == "orders@shop.test"
    assert sent[0]["carriers"] == [{"name": "correos"}]
