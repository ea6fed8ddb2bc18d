"""What Printful shows of an order and its parcels, and what we send it."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from suppliers.contract import ReportedStatus, ScanKind
from suppliers.dialects.printful.messages import cents_of
from suppliers.errors import SupplierError
from tests.suppliers.dialects.odd_answers import gone_wrong
from tests.suppliers.dialects.printful_words import (
    FOUND,
    GONE,
    MADE,
    Printful,
    client_of,
    no,
    order,
)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("pending", ReportedStatus.RECEIVED),
        ("failed", ReportedStatus.REJECTED),
        ("canceled", ReportedStatus.CANCELLED),
        ("inprocess", ReportedStatus.ACCEPTED),
        ("onhold", ReportedStatus.RECEIVED),
        ("partial", ReportedStatus.ACCEPTED),
        ("fulfilled", ReportedStatus.ACCEPTED),
        ("archived", ReportedStatus.RECEIVED),
        ("a word of tomorrow", ReportedStatus.RECEIVED),
    ],
)
def test_its_statuses_have_a_meaning(said, meant):
    report = client_of(Printful(**{FOUND: [order(said)]})).look_up("PO-1")

    assert report.status is meant


def test_a_draft_is_no_order_yet():
    assert client_of(Printful(**{FOUND: [order("draft")]})).look_up("PO-1") is None


def test_a_hold_says_what_to_do():
    report = client_of(Printful(**{FOUND: [order("onhold")]})).look_up("PO-1")

    assert "customer service" in report.note


SHIPMENT = {
    "id": 10,
    "carrier": "FEDEX",
    "tracking_number": 9405,
    "shipped_at": "1588716060",
    "ship_date": "2020-05-05",
    "items": [{"item_id": 1, "quantity": 2}],
}


def parcels(*told: dict[str, Any]):
    answer = order("fulfilled", shipments=list(told))
    return client_of(Printful(**{FOUND: [answer]})).look_up("PO-1").parcels


def test_a_parcel_is_read_whatever_its_numbers_are_written_as():
    (parcel,) = parcels(SHIPMENT)

    assert (parcel.shipment_id, parcel.tracking_number) == ("10", "9405")
    assert parcel.contents == (("A-1", 2),)
    left_at = datetime(2020, 5, 5, 22, 1, tzinfo=UTC)
    assert [(scan.kind, scan.at) for scan in parcel.scans] == [
        (ScanKind.PICKED_UP, left_at)
    ]


def test_a_parcel_with_a_day_only_left_on_that_day():
    (parcel,) = parcels(SHIPMENT | {"shipped_at": None})

    assert parcel.scans[0].at == datetime(2020, 5, 5, tzinfo=UTC)


def test_delivery_is_believed_where_it_is_told_and_never_invented():
    (parcel,) = parcels(SHIPMENT | {"delivered_at": 1588902460})

    assert [scan.kind for scan in parcel.scans] == [
        ScanKind.PICKED_UP,
        ScanKind.DELIVERED,
    ]


def test_a_parcel_with_no_moment_has_not_left():
    (parcel,) = parcels(SHIPMENT | {"shipped_at": 0, "ship_date": None})

    assert parcel.scans == ()


def test_a_cancelled_parcel_is_none():
    assert parcels(SHIPMENT | {"status": "canceled"}) == ()


@pytest.mark.parametrize("name", ["reshipment", "is_reshipment"])
def test_a_reshipment_stands_for_no_units(name):
    first, again = parcels(SHIPMENT, SHIPMENT | {"id": 11, name: True})

    assert first.contents == (("A-1", 2),)
    assert (again.shipment_id, again.contents) == ("11", ())


@pytest.mark.parametrize(
    ("amount", "cents"),
    [("20.24", 2024), ("0.1", 10), ("1234567.89", 123456789), ("13", 1300), (7, 700)],
)
def test_amounts_become_cents_exactly(amount, cents):
    assert cents_of(amount) == cents


@pytest.mark.parametrize("amount", ["1.005", "1,00", "", "NaN", "1e99", 1.5, None])
def test_what_is_no_amount_in_cents_is_an_error(amount):
    with pytest.raises(ValueError, match="amount"):
        cents_of(amount)


def test_the_store_of_an_account_is_named_in_every_call(request_for):
    transport = Printful(**{MADE: [order()], FOUND: [order()], GONE: [order()]})
    client = client_of(transport, store_id="77", shipping="EXPRESS")

    client.submit(request_for("PO-1"))
    client.look_up("PO-1")
    client.cancel("PO-1")

    assert {each.headers.get("X-PF-Store-Id") for each in transport.asked} == {"77"}
    assert json.loads(transport.asked[0].content)["shipping"] == "EXPRESS"


def test_what_we_paid_is_not_printed_on_a_packing_slip(request_for):
    transport = Printful(**{MADE: [order()]})

    client_of(transport).submit(request_for("PO-1"))

    sent = json.loads(transport.asked[0].content)
    assert sent["packing_slip"] == {"custom_order_id": "#PO-1"}
    assert sent["items"][0] == {"external_variant_id": "A-1", "quantity": 2}


def test_whatever_goes_wrong_in_an_answer_is_an_error_of_the_supplier(request_for):
    whole = json.loads(order("fulfilled", shipments=[SHIPMENT]).content)
    tried = 0
    for wrong in gone_wrong(whole):
        answer = httpx.Response(200, content=json.dumps(wrong).encode())
        client = client_of(Printful(**{FOUND: [answer], MADE: [answer]}))
        for call in (lambda c: c.look_up("PO-1"), lambda c: c.submit(request_for())):
            with suppress(SupplierError):
                call(client)
            tried += 1

    assert tried > 500


def test_whatever_goes_wrong_in_a_refusal_is_an_error_of_the_supplier(request_for):
    for wrong in gone_wrong(json.loads(no(400, "OR-13", "in use").content)):
        answer = httpx.Response(400, content=json.dumps(wrong).encode())
        client = client_of(Printful(**{MADE: [answer], FOUND: [no(404)]}))

        with pytest.raises(SupplierError):
            client.submit(request_for("PO-1"))
