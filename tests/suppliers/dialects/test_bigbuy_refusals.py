"""How BigBuy says no, or does not say what it did: as public clients have met it."""

from typing import Any

import pytest

from suppliers.contract import RejectReason, ReportedStatus
from suppliers.errors import Ambiguous, Rejected, Unavailable
from tests.suppliers.dialects.bigbuy_words import (
    CHECKED,
    FOUND,
    MADE,
    ORDER,
    SHOWN,
    WHOLE_ANSWER,
    client_that_hears,
    no,
    said,
)


@pytest.mark.parametrize(
    "location",
    ["/rest/order/119", "https://api.bigbuy.eu/rest/order/119", "/rest/order/119.json"],
)
def test_an_order_is_known_by_where_it_lies(request_for, location):
    client = client_that_hears({MADE: said("", 201, location=location)})

    report = client.submit(request_for("PO-1"))

    assert report.supplier_reference == "119"
    assert report.status is ReportedStatus.RECEIVED


UNCLEAR = {
    "nothing at all": said(""),
    "no number": said("", 201, location="/rest/order/"),
    "a success with words": said("OK", 200, location="/rest/order/119"),
    "something": said({"code": 409, "message": "Something went wrong 567833"}),
    "a broken server": said({"code": 500, "message": "Something went wrong"}),
    "a whole answer": said(WHOLE_ANSWER),
    "a whole answer by lines": said(WHOLE_ANSWER.replace("\r\n", "\n")),
    "a time-out": said("<html><body><h1>504 Gateway Time-out</h1></body></html>", 504),
    "a bad request": said({"code": 400, "message": "Bad request"}, 400),
    "turned round": said({"code": "Bad request", "message": 400}, 400),
    "another page": said({"errors": [{"code": 34, "message": "No such page"}]}, 404),
    "no JSON": said("<h1>Oops! An Error Occurred</h1>", 400),
}


@pytest.mark.parametrize("answer", UNCLEAR.values(), ids=UNCLEAR.keys())
def test_what_does_not_say_whether_it_was_placed_is_ambiguous(request_for, answer):
    with pytest.raises(Ambiguous):
        client_that_hears({MADE: answer}).submit(request_for("PO-1"))


@pytest.mark.parametrize("name", [*UNCLEAR][3:])
def test_a_check_that_breaks_placed_nothing(request_for, name):
    answers = {CHECKED: UNCLEAR[name], MADE: said("", 201, location="/rest/order/119")}

    with pytest.raises(Unavailable):
        client_that_hears(answers, checks_first=True).submit(request_for("PO-1"))


def form(*path: str) -> dict[str, Any]:
    errors: dict[str, Any] = {"errors": ["This value is not valid."]}
    for name in reversed(path):
        errors = {"children": {"comment": [], name: errors}}
    return {"code": 400, "message": "Validation Failed", "errors": errors}


REFUSED = {
    "an address": (form("shippingAddress", "postcode"), "INCORRECT_ADDRESS"),
    "a telephone": (form("shippingAddress", "phone"), "INVALID_CONTACT_INFORMATION"),
    "a product": (form("products"), "INCORRECT_PRODUCT_INFO"),
    "something else": (form("language"), "OTHER"),
    "inactive": (
        {
            "code": 409,
            "message": '{"info":"Products error.","data":'
            '[{"sku":"S5001344","message":"Inactive product."}]}',
        },
        "INELIGIBLE_PRODUCT",
    ),
    "warehouses": (
        {
            "code": 409,
            "message": "The products are in different warehouses",
            "error_detail": {"warehouses": [{"id": 1}, {"id": 3}]},
        },
        "OTHER",
    ),
    "a list": (
        {"errors": [{"code": "ER003", "message": "{}"}]},
        "INVENTORY_OUT_OF_STOCK",
    ),
}


@pytest.mark.parametrize(("body", "reason"), REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("status", [400, 409, 200])
def test_a_refusal_is_read_from_wherever_it_stands(request_for, body, reason, status):
    with pytest.raises(Rejected) as raised:
        client_that_hears({MADE: said(body, status)}).submit(request_for("PO-1"))

    assert raised.value.reason is RejectReason[reason]


def test_an_order_it_has_is_reported_by_a_check_too(request_for):
    answers = {
        CHECKED: no("ER008", {"orderId": 119}),
        FOUND: said({"id": "119"}),
        SHOWN: said(ORDER),
    }

    report = client_that_hears(answers, checks_first=True).submit(request_for("PO-1"))

    assert report.supplier_reference == "119"


@pytest.mark.parametrize(
    "answers",
    [{}, {FOUND: said("")}, {FOUND: said("", 500)}, {FOUND: said("nonsense")}],
    ids=["not found", "nothing", "broken", "nonsense"],
)
def test_an_order_it_has_and_does_not_show_is_ambiguous(request_for, answers):
    client = client_that_hears({MADE: no("ER008", {"orderId": 119}), **answers})

    with pytest.raises(Ambiguous, match="it has the order"):
        client.submit(request_for("PO-1"))
