"""Answers no honest supplier would send."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from suppliers.contract import ReportedStatus
from suppliers.dialects.rest import RestClient, RestConnection
from suppliers.errors import Ambiguous, Garbled, Rejected, SupplierError, Unavailable

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ORDER = {"reference": "PO-1", "supplier_reference": "X-9", "status": "accepted"}
PARCEL = {
    "shipment_id": "P-1",
    "carrier": "Post",
    "tracking_number": "T",
    "contents": [{"sku": "A", "quantity": 1}],
    "scans": [{"kind": "picked_up", "at": "2026-03-02T12:00:00Z"}],
}


def client_that_hears(body: Any, status: int = 200) -> RestClient:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    transport = httpx.MockTransport(lambda _: httpx.Response(status, content=content))
    connection = RestConnection("acme", "https://acme.test/api/", "token")
    return RestClient(connection, lambda: NOON, transport)


UNREADABLE = {
    "no JSON": b"<html>welcome</html>",
    "nothing": b"",
    "cut off": json.dumps(ORDER).encode()[:-4],
    "not UTF-8": b'{"reference": "\xff"}',
    "half a surrogate": b'{"reference": "PO-1", "supplier_reference": "\\ud800"}',
    "a list": [ORDER],
    "nested beyond reason": b"[" * 100_000,
    "another reference": ORDER | {"reference": "PO-2"},
    "no supplier reference": ORDER | {"supplier_reference": ""},
    "unknown status": ORDER | {"status": "maybe"},
    "unknown field": ORDER | {"surprise": 1},
    "naive moment": ORDER | {"ship_by": "2026-03-05T12:00:00"},
    "moment as a number": ORDER | {"ship_by": 1772712000},
    "moment out of our era": ORDER | {"ship_by": "0001-01-01T00:00:00+14:00"},
    "moment that is none": ORDER | {"ship_by": "2026-02-31T00:00:00Z"},
    "negative quantity": ORDER | {"items": [{"sku": "A", "accepted_quantity": -1}]},
    "quantity as text": ORDER | {"items": [{"sku": "A", "accepted_quantity": "1"}]},
    "quantity as a fraction": ORDER
    | {"items": [{"sku": "A", "accepted_quantity": 1.5}]},
    "absurd quantity": ORDER | {"items": [{"sku": "A", "accepted_quantity": 10**12}]},
    "one SKU twice": ORDER | {"items": [{"sku": "A", "accepted_quantity": 1}] * 2},
    "one parcel twice": ORDER | {"parcels": [PARCEL, PARCEL]},
    "unknown scan": ORDER
    | {
        "parcels": [
            PARCEL | {"scans": [{"kind": "lost", "at": "2026-03-02T12:00:00Z"}]}
        ]
    },
    "NUL in a name": ORDER | {"supplier_reference": "a\x00b"},
    "endless note": ORDER | {"note": "x" * 3000},
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_an_unbelievable_answer_leaves_the_order_in_doubt(body, request_for):
    with pytest.raises(Ambiguous):
        client_that_hears(body, 201).submit(request_for("PO-1"))


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_an_unbelievable_report_is_garbled(body):
    with pytest.raises(Garbled):
        client_that_hears(body).look_up("PO-1")


def test_an_order_that_was_there_before_is_the_order(request_for):
    report = client_that_hears(ORDER, 409).submit(request_for("PO-1"))

    assert report.status is ReportedStatus.ACCEPTED


def test_a_conflict_that_shows_no_order_leaves_it_in_doubt(request_for):
    with pytest.raises(Ambiguous):
        client_that_hears({"error": "conflict"}, 409).submit(request_for("PO-1"))


@pytest.mark.parametrize("status", [202, 204, 206])
def test_an_answer_the_dialect_does_not_know_leaves_it_in_doubt(status, request_for):
    with pytest.raises(Ambiguous):
        client_that_hears(b"", status).submit(request_for("PO-1"))


@pytest.mark.parametrize("status", [400, 404, 405, 413, 415, 422])
def test_a_refusal_without_a_reason_placed_nothing_and_proves_nothing(
    status, request_for
):
    with pytest.raises(Unavailable):
        client_that_hears(b"<h1>no</h1>", status).submit(request_for("PO-1"))


def test_a_refusal_is_told_in_short_and_plain_words(request_for):
    body = {"reason": "invalid_sku", "note": "bad\x1b[31m\n" + "x" * 1500}

    with pytest.raises(Rejected) as raised:
        client_that_hears(body, 422).submit(request_for("PO-1"))

    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 300


@pytest.mark.parametrize(
    "body",
    [
        b"<h1>Not Found</h1>",
        {"error": "no such page", "reference": "PO-1"},
        {"error": "unknown_order", "reference": "PO-2"},
        {"error": "unknown_order"},
    ],
    ids=["a page", "another error", "another reference", "no reference"],
)
def test_only_a_404_about_our_order_proves_that_it_is_absent(body):
    with pytest.raises(Garbled):
        client_that_hears(body, 404).look_up("PO-1")


@pytest.mark.parametrize(
    "body",
    [
        {"orders": [], "cursor": "c-1", "more": True},
        {"orders": [], "cursor": "", "more": False},
        {"orders": [], "cursor": "c 2", "more": False},
        {"orders": [ORDER | {"status": "?"}], "cursor": "c-2", "more": False},
        {"orders": [], "more": False},
    ],
    ids=["standing still", "no cursor", "odd cursor", "one bad order", "half a page"],
)
def test_a_page_of_changes_is_believed_whole_or_not_at_all(body):
    with pytest.raises(Garbled):
        client_that_hears(body).changes("c-1")


ROW = {"sku": "A", "quantity": 1, "unit_cost_cents": 5, "currency": "EUR"}


@pytest.mark.parametrize(
    "row",
    [
        ROW | {"quantity": -1},
        ROW | {"quantity": "1"},
        ROW | {"unit_cost_cents": 1.5},
        ROW | {"currency": "euro"},
        {"sku": "A", "quantity": 1},
    ],
    ids=["negative", "text", "fraction", "currency", "not all said"],
)
def test_a_stock_list_with_one_bad_row_is_garbled(row):
    with pytest.raises(Garbled):
        client_that_hears({"as_of": None, "items": [ROW, row]}).read_stock()


def test_an_error_text_says_where_but_not_what():
    with pytest.raises(SupplierError) as raised:
        client_that_hears(ORDER | {"status": "secret"}).look_up("PO-1")

    assert str(raised.value) == "acme: its answer cannot be read: status: enum"


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "acme.test",
        "ftp://acme.test",
        "https://",
        "https://u:p@acme.test",
        "http://a/?q",
    ],
)
def test_an_address_must_be_a_plain_http_address(base_url):
    with pytest.raises(ValueError, match="address"):
        RestConnection("acme", base_url, "token")


def test_a_token_that_cannot_travel_is_refused_and_never_shown():
    with pytest.raises(ValueError, match="token"):
        RestConnection("acme", "https://acme.test", "tok\nen")
    assert "secret" not in repr(RestConnection("acme", "https://acme.test", "secret"))
