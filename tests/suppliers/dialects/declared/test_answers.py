"""Answers that break their declaration are never half believed."""

import json
from typing import Any

import httpx
import pytest

from suppliers.contract import RejectReason, ReportedStatus
from suppliers.errors import (
    Ambiguous,
    Garbled,
    Rejected,
    ShutOut,
    SupplierError,
    Unavailable,
)
from tests.suppliers.declared import BLIND, ENVELOPE, FLAT, LOOKED_UP, SCANNED

ORDER: dict[str, Any] = {"ref": "PO-1", "id": "X-9", "standing": "accepted"}
PARCEL: dict[str, Any] = {
    "parcel": "P-1",
    "carrier": "Post",
    "track": "T",
    "in": [{"sku": "A", "units": 1}],
    "left": "02/03/2026 13:00:00",
}
UNREADABLE = {
    "no JSON": b"<html>welcome</html>",
    "nothing": b"",
    "cut off": json.dumps(ORDER).encode()[:-4],
    "not UTF-8": b'{"ref": "\xff"}',
    "half a surrogate": b'{"ref": "PO-1", "id": "\\ud800", "standing": "accepted"}',
    "not a number": b'{"ref": "PO-1", "id": NaN, "standing": "accepted"}',
    "a list": [ORDER],
    "a text": "PO-1",
    "nested beyond reason": b"[" * 100_000,
    "another reference": ORDER | {"ref": "PO-2"},
    "no id": ORDER | {"id": ""},
    "an id that is an object": ORDER | {"id": {"n": 1}},
    "an endless id": ORDER | {"id": "x" * 201},
    "no status": ORDER | {"standing": None},
    "unknown status": ORDER | {"standing": "maybe"},
    "status as an object": ORDER | {"standing": {"is": "accepted"}},
    "another form of moment": ORDER | {"leaves": "2026-03-05"},
    "moment as a number": ORDER | {"leaves": 1772712000},
    "moment out of our era": ORDER | {"leaves": "01/01/0001 00:00:00"},
    "unknown reason": ORDER | {"standing": "rejected", "why": "full-moon"},
    "negative quantity": ORDER | {"granted": [{"sku": "A", "units": -1}]},
    "quantity as a fraction": ORDER | {"granted": [{"sku": "A", "units": 1.5}]},
    "quantity as a word": ORDER | {"granted": [{"sku": "A", "units": "one"}]},
    "quantity as a truth": ORDER | {"granted": [{"sku": "A", "units": True}]},
    "no quantity": ORDER | {"granted": [{"sku": "A"}]},
    "absurd quantity": ORDER | {"granted": [{"sku": "A", "units": 10**12}]},
    "one SKU twice": ORDER | {"granted": [{"sku": "A", "units": 1}] * 2},
    "no list of lines": ORDER | {"granted": {"sku": "A"}},
    "a line that is none": ORDER | {"granted": ["A"]},
    "one parcel twice": ORDER | {"parcels": [PARCEL, PARCEL]},
    "a parcel without an id": ORDER | {"parcels": [PARCEL | {"parcel": None}]},
    "a scan at no moment": ORDER | {"parcels": [PARCEL | {"left": "soon"}]},
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_an_unreadable_answer_to_an_order_is_ambiguous(
    client_that_hears, request_for, body
):
    with pytest.raises(Ambiguous):
        client_that_hears(FLAT, body).submit(request_for("PO-1"))


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_an_unreadable_answer_to_a_question_is_garbled(client_that_hears, body):
    with pytest.raises(Garbled):
        client_that_hears(FLAT, body).look_up("PO-1")


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_an_unreadable_answer_to_a_cancellation_is_ambiguous(client_that_hears, body):
    with pytest.raises(Ambiguous):
        client_that_hears(FLAT, body).cancel("PO-1")


def test_no_text_of_an_error_repeats_the_answer(client_that_hears):
    body = ORDER | {"standing": "secret-word", "leaves": "secret-day"}

    with pytest.raises(SupplierError) as raised:
        client_that_hears(FLAT, body).look_up("PO-1")

    assert "status" in str(raised.value)
    assert "ship_by" in str(raised.value)
    assert "secret" not in str(raised.value)


REFUSALS = {
    "a reason": ({"error": "invalid-sku"}, 422, Rejected),
    "no reason": ({}, 422, Unavailable),
    "an unknown reason": ({"error": "moon"}, 400, Unavailable),
    "no JSON": (b"<html>", 404, Unavailable),
    "a page of another server": (b"not found", 410, Unavailable),
    "a code that is an object": ({"error": {}}, 422, Ambiguous),
    "credentials": ({"error": "invalid-sku"}, 403, ShutOut),
    "its trouble": ({"error": "invalid-sku"}, 500, Ambiguous),
    "elsewhere": ({"error": "invalid-sku"}, 302, Ambiguous),
}


@pytest.mark.parametrize(
    ("body", "status", "kind"), REFUSALS.values(), ids=REFUSALS.keys()
)
def test_a_refusal_means_what_its_status_and_code_say(
    client_that_hears, request_for, body, status, kind
):
    with pytest.raises(SupplierError) as raised:
        client_that_hears(FLAT, body, status).submit(request_for("PO-1"))

    assert type(raised.value) is kind


UNGUARDED = {"looked up": LOOKED_UP, "scanned": SCANNED, "blind": BLIND}


@pytest.mark.parametrize("declaration", UNGUARDED.values(), ids=UNGUARDED.keys())
@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"error": "moon"}, 409, Ambiguous),
        ({"error": "moon"}, 422, Ambiguous),
        (b"<html>", 409, Ambiguous),
        (b"<html>", 404, Unavailable),
        ({"error": "invalid-sku"}, 409, Rejected),
    ],
    ids=["a conflict", "a code", "a conflict in a page", "a page", "a reason"],
)
def test_a_refusal_nobody_declared_leaves_open_whether_it_has_the_order(
    client_that_hears, request_for, declaration, body, status, kind
):
    with pytest.raises(SupplierError) as raised:
        client_that_hears(declaration, body, status).submit(request_for("PO-1"))

    assert type(raised.value) is kind


def test_a_conflict_nobody_declared_is_no_order_where_our_key_is_known(
    client_that_hears, request_for
):
    with pytest.raises(Unavailable):
        client_that_hears(FLAT, {"error": "moon"}, 409).submit(request_for("PO-1"))


ENVELOPED = {
    "a reason": ({"ok": False, "error": {"code": "E_INVALID_SKU"}}, Rejected),
    "for now": ({"ok": False, "error": {"code": "E_BUSY"}}, Unavailable),
    "a code we do not know": ({"ok": False, "error": {"code": "E_7"}}, Ambiguous),
    "no code": ({"ok": False}, Ambiguous),
    "neither yes nor no": ({"code": 500, "message": "Something went wrong"}, Ambiguous),
    "yes, but no id": ({"ok": True}, Ambiguous),
}


@pytest.mark.parametrize(("body", "kind"), ENVELOPED.values(), ids=ENVELOPED.keys())
def test_a_no_inside_a_good_status_is_heard(client_that_hears, request_for, body, kind):
    with pytest.raises(SupplierError) as raised:
        client_that_hears(ENVELOPE, body).submit(request_for("PO-1"))

    assert type(raised.value) is kind


def test_whatever_else_a_supplier_says_may_be_declared_a_no(
    client_that_hears, request_for
):
    failure = ENVELOPE["failure"] | {"reasons": {"*": "other"}}
    body = {"ok": False, "error": {"code": "E_7", "text": "we\nare shut"}}

    with pytest.raises(Rejected, match="other: weare shut") as raised:
        client_that_hears(ENVELOPE | {"failure": failure}, body).submit(request_for())

    assert raised.value.reason is RejectReason.OTHER


@pytest.mark.parametrize(
    "location",
    ["/api/v2/purchases/17", "https://acme.test/api/v2/purchases/17"],
    ids=["path", "address"],
)
def test_the_id_is_read_from_the_location_header(
    client_that_hears, request_for, location
):
    client = client_that_hears(ENVELOPE, b"", 201, Location=location)

    report = client.submit(request_for("PO-1"))

    assert (report.reference, report.supplier_reference) == ("PO-1", "17")


@pytest.mark.parametrize(
    "location",
    ["", "/api/v2/purchases/", "/login?next=/v2/purchases/17", "/v2/purchases/1/2"],
)
def test_a_location_without_an_id_is_ambiguous(
    client_that_hears, request_for, location
):
    client = client_that_hears(ENVELOPE, b"", 201, Location=location)

    with pytest.raises(Ambiguous):
        client.submit(request_for())


CONFLICT = {"how": "unique_ref_conflict", "status": 409}


def test_the_order_in_a_conflict_is_the_first_one(client_that_hears, request_for):
    declaration = FLAT | {"duplicates": CONFLICT | {"order": "first"}}

    report = client_that_hears(declaration, {"first": ORDER}, 409).submit(request_for())

    assert report.status is ReportedStatus.ACCEPTED
    assert report.supplier_reference == "X-9"


def test_the_order_of_a_conflict_may_be_looked_up(client_at, request_for):
    def answer(request: httpx.Request) -> httpx.Response:
        is_order = request.method == "POST"
        return httpx.Response(409) if is_order else httpx.Response(200, json=ORDER)

    declaration = FLAT | {"duplicates": CONFLICT}

    assert client_at(declaration, answer).submit(request_for()).reference == "PO-1"


@pytest.mark.parametrize(
    "second",
    [
        httpx.Response(503),
        httpx.Response(404, json={"error": "no_such_order", "ref": "PO-1"}),
        httpx.Response(200, json=ORDER | {"ref": "PO-2"}),
    ],
    ids=["down", "gone", "another"],
)
def test_a_conflict_whose_order_is_not_found_is_ambiguous(
    client_at, request_for, second
):
    declaration = FLAT | {"duplicates": CONFLICT}
    client = client_at(
        declaration, lambda r: httpx.Response(409) if r.method == "POST" else second
    )

    with pytest.raises(Ambiguous):
        client.submit(request_for())


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"error": "no_such_page"},
        {"error": "no_such_order", "ref": "PO-2"},
        b"<html>",
    ],
    ids=["nothing", "another error", "another order", "no JSON"],
)
def test_any_other_404_proves_nothing(client_that_hears, body):
    with pytest.raises(Unavailable):
        client_that_hears(FLAT, body, 404).look_up("PO-1")


def test_a_cancellation_may_be_answered_later(client_that_hears):
    cancel = {"path": "/stop", "body": {"ref": "{reference}"}, "answers": "later"}
    client = client_that_hears(FLAT | {"cancel": cancel}, {"got": "it"}, 202)

    assert client.cancel("PO-1") is None


def test_a_call_that_is_not_declared_is_rejected(client_that_hears):
    client = client_that_hears(BLIND, {})

    with pytest.raises(Rejected):
        client.look_up("PO-1")
    with pytest.raises(Rejected):
        client.cancel("PO-1")
    with pytest.raises(Rejected):
        client.read_stock()
