"""Single answers of Printful, the odd ones above all."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from suppliers.contract import RejectReason, ReportedStatus, ScanKind
from suppliers.dialects.printful.client import PrintfulClient
from suppliers.dialects.printful.messages import cents_of
from suppliers.dialects.printful.requests import Options
from suppliers.dialects.rest import RestConnection
from suppliers.errors import Ambiguous, Garbled, Rejected, Unavailable

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FOUND = "GET /orders/@PO-1"
MADE = "POST /orders"
CONFIRMED = "POST /orders/13/confirm"
GONE = "DELETE /orders/@PO-1"


def order(status: str = "pending", **more: Any) -> httpx.Response:
    result = {
        "id": 13,
        "external_id": "PO-1",
        "status": status,
        "items": [{"id": 1, "external_variant_id": "A-1", "quantity": 2}],
        "costs": {"currency": "EUR", "subtotal": "10.00", "total": "15.00"},
        "shipments": [],
    }
    return httpx.Response(200, json={"code": 200, "result": result | more})


def no(status: int, reason: str = "", message: str = "") -> httpx.Response:
    error = {"reason": reason, "message": message}
    words = {"code": status, "result": message, "error": error}
    return httpx.Response(status, json=words)


class Printful(httpx.BaseTransport):
    """Answers each call with what is written for it, the last one for ever."""

    def __init__(self, **answers: list[httpx.Response]) -> None:
        self.asked: list[httpx.Request] = []
        self._answers = answers

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        waiting = self._answers[f"{request.method} {request.url.path}"]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return httpx.Response(
            answer.status_code, headers=answer.headers, content=answer.content
        )

    @property
    def calls(self) -> list[str]:
        return [f"{each.method} {each.url.path}" for each in self.asked]


def client_of(transport: Printful, **options: Any) -> PrintfulClient:
    connection = RestConnection("printful", "https://pf.test/", "token")
    return PrintfulClient(connection, Options(**options), lambda: NOON, transport)


IN_USE = {
    "its code": no(400, "OR-13", "The external_id provided already exists"),
    "its name": no(400, "BadRequest", "EXTERNAL_ID_IN_USE"),
    "other words": no(400, "BadRequest", "There is such an order already"),
}


@pytest.mark.parametrize("said", IN_USE.values(), ids=IN_USE.keys())
def test_a_duplicate_is_the_order_it_has_in_whatever_words_it_says_so(
    request_for, said
):
    transport = Printful(**{MADE: [said], FOUND: [order("inprocess")]})

    report = client_of(transport).submit(request_for("PO-1"))

    assert report.status is ReportedStatus.ACCEPTED
    assert transport.calls == [MADE, FOUND]


@pytest.mark.parametrize("said", IN_USE.values(), ids=IN_USE.keys())
def test_an_order_it_may_have_is_not_given_up_while_it_cannot_be_seen(
    request_for, said
):
    broken = Printful(**{MADE: [said], FOUND: [httpx.Response(500)]})

    with pytest.raises(Ambiguous):
        client_of(broken).submit(request_for("PO-1"))


def test_an_order_that_is_in_use_and_not_shown_is_ambiguous(request_for):
    transport = Printful(**{MADE: [IN_USE["its code"]], FOUND: [no(404)]})

    with pytest.raises(Ambiguous, match="does not show"):
        client_of(transport).submit(request_for("PO-1"))


def test_a_refusal_in_words_of_its_own_is_believed_once_no_order_is_there(request_for):
    said = no(400, "BadRequest", "Recipient: phone is wrong")
    transport = Printful(**{MADE: [said], FOUND: [no(404)]})

    with pytest.raises(Rejected, match="phone is wrong") as raised:
        client_of(transport).submit(request_for("PO-1"))

    assert raised.value.reason is RejectReason.OTHER


def test_a_page_that_is_not_printful_refuses_nothing(request_for):
    page = httpx.Response(404, text="<html>no such page</html>")
    client = client_of(Printful(**{MADE: [page], FOUND: [page], GONE: [page]}))

    with pytest.raises(Unavailable):
        client.submit(request_for("PO-1"))
    with pytest.raises(Unavailable):
        client.look_up("PO-1")
    with pytest.raises(Unavailable):
        client.cancel("PO-1")


def test_an_order_confirmed_by_another_meanwhile_is_reported(request_for):
    refused = no(400, "OR-1", "ORDER_NO_LONGER_EDITABLE")
    answers = {MADE: [order("draft")], CONFIRMED: [refused], FOUND: [order("pending")]}
    transport = Printful(**answers)

    assert client_of(transport).submit(request_for("PO-1")).supplier_reference == "13"
    assert GONE not in transport.calls


def test_a_draft_that_vanished_before_its_confirmation_is_ambiguous(request_for):
    refused = no(404, "NotFound", "Not Found")
    answers = {MADE: [order("draft")], CONFIRMED: [refused], FOUND: [refused]}

    with pytest.raises(Ambiguous, match="gone"):
        client_of(Printful(**answers)).submit(request_for("PO-1"))


def test_a_draft_that_lacks_an_item_is_never_confirmed(request_for):
    draft = order("draft", incomplete_items=[{"external_variant_id": "B-2"}])
    transport = Printful(**{MADE: [draft], GONE: [order("canceled")]})

    with pytest.raises(Rejected) as raised:
        client_of(transport).submit(request_for("PO-1"))

    assert raised.value.reason is RejectReason.INVALID_SKU
    assert transport.calls == [MADE, GONE]


def test_a_price_it_does_not_know_yet_is_waited_for(request_for):
    transport = Printful(**{MADE: [order("draft", costs=None)]})

    with pytest.raises(Unavailable, match="costs"):
        client_of(transport, most_over_cents=0).submit(request_for("PO-1"))


UNREADABLE = {
    "no JSON": httpx.Response(200, text="<html>"),
    "nothing": httpx.Response(200),
    "a failure in the body": httpx.Response(200, json={"code": 500, "result": "Oh"}),
    "another order": order(external_id="PO-2"),
    "no status": order(status=""),
    "a fraction of a cent": order(costs={"currency": "EUR", "subtotal": "1.001"}),
    "a negative quantity": order(items=[{"id": 1, "quantity": -1}]),
}


@pytest.mark.parametrize("answer", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_an_unreadable_answer_leaves_open_what_was_placed(request_for, answer):
    client = client_of(Printful(**{MADE: [answer], FOUND: [answer], GONE: [answer]}))

    with pytest.raises(Ambiguous):
        client.submit(request_for("PO-1"))
    with pytest.raises(Garbled):
        client.look_up("PO-1")
    with pytest.raises(Ambiguous):
        client.cancel("PO-1")


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
