"""A real answer is shown as it would be read, or all that is wrong with it."""

import json

import pytest

from suppliers.contract import RejectReason, ReportedStatus
from suppliers.dialects.declared.preview import preview
from tests.suppliers.declared import ENVELOPE, FLAT

ORDER = {"ref": "PO-1", "id": "X-9", "standing": "accepted"}


def test_a_good_answer_is_shown_as_its_report():
    shown = preview(FLAT, json.dumps(ORDER))

    (report,) = shown.reports
    assert (report.reference, report.status) == ("PO-1", ReportedStatus.ACCEPTED)
    assert shown.wrong == ()


def test_all_that_is_wrong_is_said_field_by_field_with_what_was_found():
    order = ORDER | {
        "standing": "SHIPPED",
        "leaves": "tomorrow",
        "granted": [{"sku": "A", "units": -1}, {"units": 1}],
        "parcels": [{"parcel": "P", "in": {}, "left": "noon"}],
    }

    shown = preview(FLAT, json.dumps(order))

    assert shown.reports == ()
    assert [(w.place, w.what, w.found) for w in shown.wrong] == [
        ("status", "says a word that the map does not have", "'SHIPPED'"),
        ("ship_by", "is not written like %d/%m/%Y %H:%M:%S", "'tomorrow'"),
        ("items.0.quantity", "is no count", "-1"),
        ("items.1.sku", "is not there", "None"),
        ("parcels.0.contents", "is no list", "{}"),
        (
            "parcels.0.scans.0.at",
            "is not written like %d/%m/%Y %H:%M:%S",
            "'noon'",
        ),
    ]


def test_a_list_shows_what_can_be_read_and_names_the_row_that_cannot():
    orders = [ORDER, ORDER | {"id": None}]

    shown = preview(FLAT, json.dumps({"orders": orders}), "changes")

    assert [report.reference for report in shown.reports] == ["PO-1"]
    assert [w.place for w in shown.wrong] == ["orders.1.supplier_reference"]


def test_stock_is_shown_row_by_row():
    rows = [{"sku": "A", "units": 5}, {"sku": "B", "units": "lots"}]

    shown = preview(FLAT, json.dumps({"stock": rows}), "stock")

    assert [(row.supplier_sku, row.quantity) for row in shown.rows] == [("A", 5)]
    assert [w.place for w in shown.wrong] == ["rows.1.quantity"]


def test_a_refusal_is_shown_as_one():
    body = {"ok": False, "error": {"code": "E_INVALID_SKU", "text": "none such"}}

    shown = preview(ENVELOPE, json.dumps(body), "submit")

    assert shown.failure is not None
    assert shown.failure.reason is RejectReason.INVALID_SKU
    assert shown.failure.words == "invalid_sku: none such"


@pytest.mark.parametrize(
    ("options", "sample", "call", "place"),
    [
        (FLAT | {"auth": {"kind": "basic"}}, "{}", "look_up", "auth.basic.user"),
        (FLAT, "<html>", "look_up", "body"),
        (FLAT, "null", "look_up", "order"),
        (FLAT, "[]", "changes", "orders"),
        (ENVELOPE, '{"ok": true}', "submit", "submit"),
        ({**FLAT, "stock": None}, "{}", "stock", "stock"),
    ],
    ids=["declaration", "no JSON", "nothing", "no list", "only an id", "no call"],
)
def test_what_cannot_be_shown_says_why(options, sample, call, place):
    (wrong,) = preview(options, sample, call).wrong

    assert wrong.place == place
