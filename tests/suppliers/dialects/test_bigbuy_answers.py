"""What BigBuy shows of an order and its parcels."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from suppliers.contract import ReportedStatus, ScanKind
from suppliers.errors import Garbled, SupplierError, Unavailable
from tests.suppliers.dialects.bigbuy_words import (
    FOUND,
    MADE,
    NOT_THERE,
    ORDER,
    PARCEL,
    SHOWN,
    TRACKED,
    WHOLE_ANSWER,
    client_that_hears,
    client_that_shows,
    said,
)
from tests.suppliers.dialects.odd_answers import gone_wrong


@pytest.mark.parametrize("answer", [NOT_THERE, said("")], ids=["404", "an empty 200"])
def test_nothing_under_a_reference_is_no_order(answer):
    assert client_that_hears({FOUND: answer}).look_up("PO-1") is None


@pytest.mark.parametrize(
    "answer",
    [
        said({"code": 500, "message": "An error has occurred."}, 500),
        said({"errors": [{"code": 34, "message": "No such page"}]}, 404),
        said("<html>", 404),
        said(WHOLE_ANSWER),
        said({"code": 400, "message": "Bad request"}, 400),
    ],
    ids=["500", "no such page", "a page", "a whole answer", "400"],
)
def test_an_error_under_a_reference_proves_nothing(answer):
    with pytest.raises(Unavailable):
        client_that_hears({FOUND: answer}).look_up("PO-1")


@pytest.mark.parametrize(
    "order",
    [ORDER | {"internalReference": "PO-2"}, ORDER | {"id": "120"}, {}, []],
    ids=["another reference", "another number", "empty", "a list"],
)
def test_an_order_that_is_not_ours_is_not_believed(order):
    with pytest.raises(Garbled):
        client_that_shows(order).look_up("PO-1")


@pytest.mark.parametrize(
    ("status", "meant"),
    [
        ("Payment accepted", ReportedStatus.RECEIVED),
        ("Preparation in progress", ReportedStatus.ACCEPTED),
        ("Shipped", ReportedStatus.ACCEPTED),
        ("Delivered", ReportedStatus.ACCEPTED),
        ("Canceled", ReportedStatus.CANCELLED),
        ("Annulé", ReportedStatus.CANCELLED),
        (" ENVIADO ", ReportedStatus.ACCEPTED),
        ("Refund", ReportedStatus.RECEIVED),
        ("", ReportedStatus.RECEIVED),
    ],
)
def test_its_statuses_have_a_meaning(status, meant):
    report = client_that_shows(ORDER | {"status": status}).look_up("PO-1")

    assert report.status is meant


@pytest.mark.parametrize(
    "status",
    [
        "Cancellation requested",
        "Cancellation refused",
        "Delivery cancelled, resending",
        "Not shipped yet",
        "Undelivered",
    ],
)
def test_a_status_that_only_holds_a_word_we_know_moves_nothing(status):
    report = client_that_shows(ORDER | {"status": status}).look_up("PO-1")

    assert report.status is ReportedStatus.RECEIVED
    assert status in report.note


def test_an_account_can_say_what_a_status_means():
    order = ORDER | {"status": "Pending Invoice"}
    named = {"pending invoice": ReportedStatus.ACCEPTED}

    assert client_that_shows(order).look_up("PO-1").note
    report = client_that_shows(order, statuses=named).look_up("PO-1")
    assert report.status is ReportedStatus.ACCEPTED


def test_the_first_parcel_stands_for_the_order_and_none_for_its_units_twice():
    parcels = [PARCEL, PARCEL | {"trackingNumber": "T-2"}]

    first, second = client_that_shows(parcels=parcels).look_up("PO-1").parcels

    assert (first.shipment_id, first.contents) == ("T-1", (("A-1", 2),))
    assert (second.shipment_id, second.contents) == ("T-2", ())
    assert first.carrier == "Chrono"


def test_its_moments_are_told_by_the_clocks_of_madrid():
    (parcel,) = client_that_shows(parcels=[PARCEL]).look_up("PO-1").parcels

    at = datetime(2026, 5, 13, 9, 35, 40, tzinfo=UTC)
    assert [(scan.kind, scan.at) for scan in parcel.scans] == [(ScanKind.DELIVERED, at)]


@pytest.mark.parametrize(
    "changed",
    [{"statusDescription": "Almacén 7"}, {"statusDate": "0000-00-00 00:00:00"}],
    ids=["words we do not know", "no moment"],
)
def test_what_it_does_not_say_clearly_is_no_scan(changed):
    (parcel,) = client_that_shows(parcels=[PARCEL | changed]).look_up("PO-1").parcels

    assert (parcel.tracking_number, parcel.scans) == ("T-1", ())


@pytest.mark.parametrize(
    "words",
    [
        "Undelivered",
        "To be delivered today",
        "Not shipped yet",
        "Label created, not shipped",
        "Pick-up failed",
        "Return requested",
    ],
)
def test_a_carriers_words_that_only_hold_one_we_know_are_no_scan(words):
    told = PARCEL | {"statusDescription": words}

    (parcel,) = client_that_shows(parcels=[told]).look_up("PO-1").parcels

    assert parcel.scans == ()


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("No entregado", ScanKind.EXCEPTION),
        ("Not delivered", ScanKind.EXCEPTION),
        ("Picked up by the carrier", ScanKind.PICKED_UP),
        (" ENTREGADO ", ScanKind.DELIVERED),
        ("En tránsito", ScanKind.IN_TRANSIT),
    ],
)
def test_a_carriers_usual_words_are_scans(words, kind):
    told = PARCEL | {"statusDescription": words}

    (parcel,) = client_that_shows(parcels=[told]).look_up("PO-1").parcels

    assert [scan.kind for scan in parcel.scans] == [kind]


def test_an_account_can_say_what_a_carriers_words_mean():
    told = PARCEL | {"statusDescription": "Almacén 7"}
    named = {"Almacén 7": ScanKind.IN_TRANSIT}

    (parcel,) = (
        client_that_shows(parcels=[told], tracking=named).look_up("PO-1").parcels
    )

    assert parcel.scans[0].kind is ScanKind.IN_TRANSIT


def test_a_number_that_is_not_given_yet_is_no_parcel():
    found = client_that_shows(parcels=[PARCEL | {"trackingNumber": None}])

    assert found.look_up("PO-1").parcels == ()


@pytest.mark.parametrize(
    "tracked", [NOT_THERE, said(""), said([])], ids=["404", "nothing", "none"]
)
def test_an_order_without_tracking_has_no_parcels(tracked):
    answers = {FOUND: said({"id": 119}), SHOWN: said(ORDER), TRACKED: tracked}

    assert client_that_hears(answers).look_up("PO-1").parcels == ()


def said_json(body: object, status: int = 200):
    return said(json.dumps(body), status)


def test_whatever_goes_wrong_in_an_answer_is_an_error_of_the_supplier():
    tracked = [{"id": 119, "reference": "PO-1", "trackings": [PARCEL]}]
    good = {FOUND: {"id": "119"}, SHOWN: ORDER, TRACKED: tracked}
    tried = 0
    for path in good:
        for wrong in gone_wrong(good[path]):
            answers = {each: said(good[each]) for each in good} | {
                path: said_json(wrong)
            }
            with suppress(SupplierError):
                client_that_hears(answers).look_up("PO-1")
            tried += 1

    assert tried > 300


def test_whatever_goes_wrong_in_a_refusal_is_an_error_of_the_supplier(request_for):
    form = {"children": {"products": {"errors": ["No."]}}}
    good = {"code": "ER003", "message": '{"info":"No.","data":[]}', "errors": form}
    for status in (200, 409):
        for wrong in gone_wrong(good):
            with pytest.raises(SupplierError):
                client_that_hears({MADE: said_json(wrong, status)}).submit(
                    request_for()
                )
