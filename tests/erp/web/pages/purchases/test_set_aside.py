"""A report that could not be applied is shown, tried again, or let go."""

import pytest
from sqlmodel import select

from erp.accounts.models import Role
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.set_aside.keeping import set_aside
from erp.fulfilment.set_aside.models import SetAsideReport, Standing
from suppliers.contract import PurchaseReport, ReportedStatus
from tests.factories import make_order, make_purchase_order, make_supplier


@pytest.fixture
def operator(sign_in_as):
    return sign_in_as(Role.OPERATOR)


@pytest.fixture
def kept(sessions, now):
    """A yes that was set aside; its id."""
    with sessions.writing() as session:
        supplier = make_supplier(session, "S1")
        order = make_order(session, next_step=None)
        purchase = make_purchase_order(
            session, order, supplier, PurchaseStatus.SENT, reference="P-7"
        )
        told = PurchaseReport(
            purchase.reference, "T-9", ReportedStatus.ACCEPTED, note="<b>soon</b>"
        )
        set_aside(session, supplier, told, ValueError("an odd one"), now)
        session.flush()
        return session.exec(select(SetAsideReport)).one().id


@pytest.mark.parametrize("path", ["/purchases/P-7", "/suppliers/S1"])
def test_the_report_stands_on_the_pages_of_what_it_is_about(operator, kept, path):
    page = operator.get(path).text

    assert "Reports that could not be applied" in page
    assert "an odd one" in page
    assert "&lt;b&gt;soon&lt;/b&gt;" in page
    assert f'action="/set-aside/{kept}/retry"' in page


def test_home_and_the_timeline_name_it(operator, kept, sessions):
    assert "/suppliers/S1#set-aside" in operator.get("/").text
    with sessions.reading() as session:
        order_id = session.exec(select(PurchaseOrder.order_id)).one()
    assert "it was set aside" in operator.get(f"/orders/{order_id}").text


def test_one_click_tries_it_again(operator, kept, sessions):
    answer = operator.submit(f"/set-aside/{kept}/retry", follow=True)

    assert "Applied: it stands as the supplier reported it." in answer.text
    assert 'id="set-aside"' not in answer.text
    with sessions.reading() as session:
        purchase = session.exec(select(PurchaseOrder)).one()
        assert purchase.status is PurchaseStatus.ACCEPTED


def test_what_still_breaks_a_rule_is_said(operator, kept, sessions):
    with sessions.writing() as session:
        row = session.get_one(SetAsideReport, kept)
        row.report = {**row.report, "status": "never heard of"}

    answer = operator.submit(f"/set-aside/{kept}/retry", follow=True)

    assert "It still cannot be applied." in answer.text
    assert "never heard of" in answer.text


def test_a_human_who_saw_to_it_is_asked_no_more(operator, kept, sessions):
    answer = operator.submit(f"/set-aside/{kept}/dismiss", follow=True)

    assert "you have seen to it. The report is kept." in answer.text
    assert "#set-aside" not in operator.get("/").text
    with sessions.reading() as session:
        row = session.get_one(SetAsideReport, kept)
        assert row.standing is Standing.DISMISSED


def test_what_was_let_go_meanwhile_is_not_said_to_be_applied(operator, kept):
    operator.submit(f"/set-aside/{kept}/dismiss")

    answer = operator.submit(f"/set-aside/{kept}/retry", follow=True)

    assert "Nothing was changed" in answer.text
    assert "Applied" not in answer.text


def test_a_viewer_sees_it_and_changes_nothing(sign_in_as, kept):
    viewer = sign_in_as(Role.VIEWER)

    page = viewer.get("/purchases/P-7").text
    assert "an odd one" in page
    assert "/set-aside/" not in page
    assert viewer.submit(f"/set-aside/{kept}/retry").status_code == 403
    assert viewer.submit(f"/set-aside/{kept}/dismiss").status_code == 403


def test_there_must_be_such_a_report(operator):
    assert operator.submit("/set-aside/404/retry").status_code == 404


def test_half_a_character_in_a_report_is_shown_as_none(operator, kept, sessions):
    with sessions.writing() as session:
        row = session.get_one(SetAsideReport, kept)
        row.report = {**row.report, "note": "half \ud800"}

    assert "half ?" in operator.get("/purchases/P-7").text
