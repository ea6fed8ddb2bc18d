"""Accept, accept a part, reject, answer a wish to cancel: each counts once."""

import pytest
from sqlmodel import select

from erp.fulfilment.lifecycle import PurchaseStatus, Remark
from erp.orders.models import Hold, OrderEvent
from suppliers.contract import RejectReason

P = PurchaseStatus
YES = {"confirmed": "yes"}


def test_it_is_accepted_with_a_number_and_a_day(desk):
    answer = desk.act("accept", supplier_reference="N-77", ship_by="2026-03-05")
    assert answer.status_code == 303
    assert answer.location == f"{desk.url}?done=accepted"
    purchase = desk.purchase()
    assert purchase.status is P.ACCEPTED
    assert purchase.supplier_reference == "N-77"
    assert purchase.ship_by.isoformat() == "2026-03-05T23:59:00+00:00"
    assert "your acceptance was noted" in desk.get("?done=accepted").text


def test_pressing_twice_changes_nothing_twice(desk):
    token = desk.form_token()
    first = desk.post("accept", csrf_token=token, ship_by="2026-03-05")
    told = desk.timeline()
    second = desk.post("accept", csrf_token=token, ship_by="2026-03-09")
    assert first.status_code == second.status_code == 303
    assert desk.timeline() == told
    assert desk.purchase().ship_by.isoformat() == "2026-03-05T23:59:00+00:00"


@pytest.mark.parametrize("day", ["2026-03-01", "2028-01-01", "soon", "2026-02-30"])
def test_a_day_that_cannot_be_meant_is_told_and_what_was_typed_stays(desk, day):
    answer = desk.act("accept", supplier_reference="N-77", ship_by=day)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert 'value="N-77"' in answer.text
    assert f'value="{day}"' in answer.text
    assert desk.purchase().status is P.SENT


def test_a_part_is_accepted_once_it_is_confirmed(desk):
    asked = desk.act("accept-part", units_0="1", units_1="1", supplier_reference="N")
    assert asked.status_code == 200
    assert "1 of S1-A, 1 of S1-B" in asked.text
    assert "cannot be undone" in asked.text
    assert 'name="supplier_reference" value="N"' in asked.text
    assert desk.purchase().status is P.SENT

    desk.act("accept-part", units_0="1", units_1="1", supplier_reference="N", **YES)

    assert desk.purchase().status is P.PARTLY_ACCEPTED
    assert desk.accepted() == [1, 1]
    assert desk.purchase().supplier_reference == "N"


@pytest.mark.parametrize(
    ("units", "words"),
    [
        (("3", "1"), "At most 2."),
        (("x", "1"), "A number, such as 2."),
        (("-1", "1"), "A number, such as 2."),
        (("9999999999", "1"), "A number, such as 2."),
        (("0", "0"), "Nothing of it would come"),
        (("", ""), "Nothing of it would come"),
    ],
)
def test_units_that_cannot_be_are_told_beside_the_field(desk, units, words):
    answer = desk.act("accept-part", units_0=units[0], units_1=units[1], **YES)
    assert answer.status_code == 422
    assert words in answer.text
    assert desk.purchase().status is P.SENT


def test_a_part_that_is_all_of_it_is_an_acceptance(desk):
    desk.act("accept-part", units_0="2", units_1="1", **YES)
    assert desk.purchase().status is P.ACCEPTED


def test_the_name_of_our_mail_is_not_shown_as_the_suppliers_number(desk_of):
    mail = "<order.PO-1.S1@shop.test>"
    desk = desk_of(supplier_reference=mail)
    assert "order.PO-1" not in desk.get().text
    desk.act("accept", supplier_reference="W-7")
    assert "<dd><bdi>W-7</bdi></dd>" in desk.get().text


def test_what_was_rejected_is_not_shown_as_accepted(desk):
    desk.act("accept")
    assert "accepted: 2" in desk.get().text
    desk.act("reject", reason="other", **YES)
    page = desk.get().text
    assert "It has ended" in page
    assert "accepted:" not in page


@pytest.mark.parametrize("reason", list(RejectReason))
def test_it_is_rejected_for_each_reason_once_confirmed(desk, reason):
    asked = desk.act("reject", reason=reason.value, note="sold\nout")
    assert asked.status_code == 200
    assert desk.purchase().status is P.SENT
    token = desk.form_token()
    given = {"csrf_token": token, "reason": reason.value, "note": "sold\nout", **YES}

    assert desk.post("reject", **given).status_code == 303
    told = desk.timeline()
    assert desk.post("reject", **given).status_code == 303

    purchase = desk.purchase()
    assert (purchase.status, purchase.reason) == (P.REJECTED, reason)
    assert purchase.note == "sold\nout"
    assert desk.timeline() == told
    with desk.sessions.reading() as session:
        assert len(session.exec(select(Hold)).all()) == 1


def test_a_reason_must_be_chosen_and_the_note_stays(desk):
    answer = desk.act("reject", reason="", note="we are closed", **YES)
    assert answer.status_code == 422
    assert "Choose the reason" in answer.text
    assert "we are closed</textarea>" in answer.text


def test_what_was_accepted_may_be_taken_back(desk):
    desk.act("accept")
    assert "Nothing of it can be delivered" in desk.get().text
    desk.act("reject", reason="inventory_out_of_stock", **YES)
    assert desk.purchase().status is P.CANCELLED


def test_a_contradiction_gets_words_and_changes_nothing(desk):
    token = desk.form_token()
    desk.act("reject", reason="invalid_sku", **YES)
    answer = desk.post("accept", csrf_token=token, supplier_reference="N-77")
    assert answer.status_code == 409
    assert "Please do not ship it" in answer.text
    assert desk.purchase().status is P.REJECTED


def test_more_than_was_accepted_is_refused_in_words(desk):
    token = desk.form_token()
    desk.act("accept-part", units_0="1", units_1="1", **YES)
    answer = desk.post("accept", csrf_token=token)
    assert answer.status_code == 409
    assert "bought elsewhere" in answer.text
    assert desk.accepted() == [1, 1]


@pytest.mark.parametrize("before", ["sent", "accepted", "partly_accepted"])
def test_a_wish_to_cancel_is_answered_with_yes(desk_of, before):
    desk = desk_of(P(before))
    desk.ask_to_cancel()
    assert "Please cancel this purchase order" in desk.get().text
    asked = desk.act("cancellation", answer="yes", note="in time")
    assert "cannot be undone" in asked.text
    assert desk.purchase().status is P.CANCELLING

    desk.act("cancellation", answer="yes", note="in time", **YES)

    assert desk.purchase().status is P.CANCELLED
    assert desk.purchase().note == "in time"


def test_a_wish_to_cancel_is_answered_with_no_at_once(desk):
    desk.act("accept")
    desk.ask_to_cancel()
    token = desk.form_token()
    desk.act("cancellation", answer="no", note="it is packed")
    told = desk.timeline()
    desk.post("cancellation", csrf_token=token, answer="no", note="it is packed")
    assert desk.purchase().status is P.ACCEPTED
    assert desk.purchase().remark is Remark.NOT_CANCELLED
    assert desk.timeline() == told


def test_an_answer_is_yes_or_no(desk):
    desk.ask_to_cancel()
    assert desk.act("cancellation", answer="maybe").status_code == 422
    assert desk.purchase().status is P.CANCELLING


def test_an_answer_nobody_asked_for_is_refused_in_words(desk):
    answer = desk.act("cancellation", answer="yes", **YES)
    assert answer.status_code == 409
    assert "do not ask to cancel" in answer.text


def test_while_it_is_to_be_cancelled_nothing_else_is_asked(desk):
    token = desk.form_token()
    desk.ask_to_cancel()
    assert "Accept all of it" not in desk.get().text
    answer = desk.post("accept", csrf_token=token)
    assert answer.status_code == 409
    assert "answer that first" in answer.text


def test_a_later_day_is_news_for_the_store_and_moves_no_promise(desk):
    desk.act("accept", ship_by="2026-03-05")
    for day in ("2026-03-09", "2026-03-09", "2026-03-05"):
        assert desk.act("delay", ship_by=day).status_code == 303
    assert desk.purchase().ship_by.isoformat() == "2026-03-05T23:59:00+00:00"
    with desk.sessions.reading() as session:
        events = session.exec(
            select(OrderEvent).where(OrderEvent.kind == "purchase_delay_told")
        ).all()
    assert [each.facts["ship_by"][:10] for each in events] == ["2026-03-09"]


def test_a_delay_names_its_day(desk):
    desk.act("accept")
    assert desk.act("delay", ship_by="").status_code == 422


@pytest.mark.parametrize("status", [P.REJECTED, P.CANCELLED, P.DELIVERED, P.CLOSED])
def test_what_is_over_is_only_read_and_names_no_customer(desk_of, status):
    page = desk_of(status).get().text
    assert "Ada Lovelace" not in page
    assert "Analytical" not in page
    for button in ("Accept all", "Reject it", "Save the parcel", "Tell the store"):
        assert button not in page


def test_of_money_there_are_the_suppliers_own_costs(desk):
    page = desk.get().text
    assert "$5.00 each" in page
    for price in ("19.00", "24.00", "62.00"):
        assert price not in page
    for secret in ("ada@example.com", "margin"):
        assert secret not in page


def test_what_a_supplier_types_is_never_markup(desk):
    desk.act("accept", supplier_reference="<b>x</b>")
    page = desk.get().text
    assert "<b>x</b>" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
