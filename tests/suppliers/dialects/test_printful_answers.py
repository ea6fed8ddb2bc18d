"""Single answers of Printful to an order that is placed, the odd ones above all."""

import httpx
import pytest

from suppliers.contract import RejectReason, ReportedStatus
from suppliers.errors import Ambiguous, Garbled, Rejected, Unavailable
from tests.suppliers.dialects.printful_words import (
    CONFIRMED,
    FOUND,
    GONE,
    MADE,
    Printful,
    client_of,
    no,
    order,
)

NOT_QUITE = httpx.Response(404, json={"code": 5, "result": "no such page"})
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


@pytest.mark.parametrize(
    "page", ["<html>no such page</html>", "{}", "[]"], ids=["a page", "JSON", "a list"]
)
def test_a_page_that_is_not_printful_refuses_nothing(request_for, page):
    page = httpx.Response(404, text=page)
    client = client_of(Printful(**{MADE: [page], FOUND: [page], GONE: [page]}))

    with pytest.raises(Unavailable):
        client.submit(request_for("PO-1"))
    with pytest.raises(Unavailable):
        client.look_up("PO-1")
    with pytest.raises(Unavailable):
        client.cancel("PO-1")


def test_a_404_that_says_another_thing_inside_proves_no_absence():
    with pytest.raises(Unavailable):
        client_of(Printful(**{FOUND: [NOT_QUITE]})).look_up("PO-1")


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


ACCEPTED = {
    "an order": httpx.Response(202, json={"code": 202, "result": {}}),
    "nothing": httpx.Response(204),
}


@pytest.mark.parametrize("answer", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_a_confirmation_that_is_not_done_yet_is_no_refusal(request_for, answer):
    answers = {
        MADE: [order("draft")],
        CONFIRMED: [answer],
        FOUND: [order("draft")],
        GONE: [order("canceled")],
    }
    transport = Printful(**answers)

    with pytest.raises(Ambiguous, match=str(answer.status_code)):
        client_of(transport).submit(request_for("PO-1"))

    assert GONE not in transport.calls


@pytest.mark.parametrize("answer", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_a_draft_that_is_not_made_yet_is_no_refusal(request_for, answer):
    transport = Printful(**{MADE: [answer], FOUND: [no(404)]})

    with pytest.raises(Ambiguous, match=str(answer.status_code)):
        client_of(transport).submit(request_for("PO-1"))


NOT_TAKEN_BACK = [no(400, "OR-1", "ORDER_NO_LONGER_EDITABLE"), httpx.Response(202)]


@pytest.mark.parametrize("kept", NOT_TAKEN_BACK, ids=["refused", "not done yet"])
def test_a_draft_it_will_not_confirm_nor_give_back_is_ambiguous(request_for, kept):
    refused = no(400, "SH-2", "SHIPPING_DISABLED")
    answers = {MADE: [order("draft")], CONFIRMED: [refused], FOUND: [order("draft")]}

    with pytest.raises(Ambiguous, match="take"):
        client_of(Printful(**answers, **{GONE: [kept]})).submit(request_for("PO-1"))


@pytest.mark.parametrize("kept", NOT_TAKEN_BACK, ids=["refused", "not done yet"])
def test_a_draft_that_costs_too_much_and_is_not_given_back_is_ambiguous(
    request_for, kept
):
    dear = order("draft", costs={"currency": "EUR", "subtotal": "900.00"})
    transport = Printful(**{MADE: [dear], GONE: [kept]})

    with pytest.raises(Ambiguous, match="take"):
        client_of(transport, most_over_cents=0).submit(request_for("PO-1"))


def test_a_draft_that_lacks_an_item_is_never_confirmed(request_for):
    draft = order("draft", incomplete_items=[{"external_variant_id": "B-2"}])
    transport = Printful(**{MADE: [draft], GONE: [order("canceled")]})

    with pytest.raises(Rejected) as raised:
        client_of(transport).submit(request_for("PO-1"))

    assert raised.value.reason is RejectReason.INVALID_SKU
    assert transport.calls == [MADE, GONE]


@pytest.mark.parametrize(
    "subtotal", [None, "1.001", "soon"], ids=["not yet", "no whole cents", "words"]
)
def test_a_price_it_does_not_say_is_waited_for(request_for, subtotal):
    draft = order("draft", costs={"currency": "EUR", "subtotal": subtotal})
    transport = Printful(**{MADE: [draft]})

    with pytest.raises(Unavailable, match="costs"):
        client_of(transport, most_over_cents=0).submit(request_for("PO-1"))


UNREADABLE = {
    "no JSON": httpx.Response(200, text="<html>"),
    "nothing": httpx.Response(200),
    "a failure in the body": httpx.Response(200, json={"code": 500, "result": "Oh"}),
    "another order": order(external_id="PO-2"),
    "no status": order(status=""),
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
