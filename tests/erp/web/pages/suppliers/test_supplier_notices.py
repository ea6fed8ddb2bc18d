"""Where a supplier's programs are told: an owner sets it, tries it, watches it."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from config.secrets import secrets_in
from erp.accounts.models import AuditEntry, Role
from erp.fulfilment.notices.endpoints import turn_off
from erp.fulfilment.notices.models import (
    DisabledBecause,
    NoticeKind,
    NoticeStatus,
    SupplierEndpoint,
    SupplierNotice,
)
from erp.fulfilment.notices.writing import tell
from tests.factories import make_order, make_purchase_order, make_supplier

PAGE = "/suppliers/S1/notices"
URL = "https://depot.example/notices"
SECRET = re.compile(r"whsec_[\w+/]{40,}=*")


@pytest.fixture(autouse=True)
def known(sessions):
    with sessions.writing() as session:
        for code in ("S1", "S2"):
            make_supplier(session, code)


@pytest.fixture
def owner(sign_in_as):
    return sign_in_as(Role.OWNER)


@pytest.fixture
def told(owner):
    """An owner who has set the address, and seen the secret."""
    owner.submit(PAGE, url=URL)
    owner.get(PAGE)
    return owner


def only(sessions, row):
    with sessions.reading() as session:
        return session.exec(select(row)).one()


def give_up(sessions, now, **given):
    """A notice about PO-1 that was tried in vain."""
    with sessions.writing() as session:
        supplier = make_supplier(session, "S1")
        purchase = make_purchase_order(
            session, make_order(session), supplier, reference="PO-1"
        )
        about = [(purchase.id, supplier.id)]
        tell(session, NoticeKind.HANDED_OVER, about, now)
        notice = session.exec(select(SupplierNotice)).one()
        notice.status, notice.due_at = NoticeStatus.GIVEN_UP, None
        notice.attempts, notice.last_status, notice.ended_at = 10, 500, now
        notice.last_error = "it answered 500"
        return notice.id


def test_the_secret_is_shown_once_and_stored_sealed(owner, sessions, tmp_path):
    assert owner.submit(PAGE, url=URL).status_code == 303
    secret = SECRET.search(owner.get(PAGE).text)[0]
    assert not SECRET.search(owner.get(PAGE).text)
    endpoint = only(sessions, SupplierEndpoint)
    assert endpoint.url == URL
    assert secret not in endpoint.model_dump_json()
    assert secrets_in(tmp_path).open(endpoint.sealed_secret) == secret


def test_another_address_keeps_the_secret(told, sessions):
    sealed = only(sessions, SupplierEndpoint).sealed_secret
    told.submit(PAGE, url=f"{URL}/2")
    endpoint = only(sessions, SupplierEndpoint)
    assert (endpoint.url, endpoint.sealed_secret) == (f"{URL}/2", sealed)
    assert not SECRET.search(told.get(PAGE).text)


@pytest.mark.parametrize(
    "url",
    ["", "depot.example", "ftp://depot.example/", "https://user:word@depot.example/"],
)
def test_what_is_no_address_is_refused_and_stays_typed(owner, sessions, url):
    answer = owner.submit(PAGE, url=url)
    assert answer.status_code == 422
    assert f'value="{url}"' in answer.text
    with sessions.reading() as session:
        assert session.exec(select(SupplierEndpoint)).all() == []


def test_a_new_secret_leaves_the_former_valid_for_a_day(told, sessions, now):
    former = only(sessions, SupplierEndpoint).sealed_secret
    told.submit(f"{PAGE}/secret")
    assert SECRET.search(told.get(PAGE).text)
    endpoint = only(sessions, SupplierEndpoint)
    assert endpoint.sealed_former_secret == former
    assert endpoint.former_until == now + timedelta(hours=24)
    assert "The former secret signs as well until" in told.get(PAGE).text


def test_a_test_notice_waits_to_be_sent(told, sessions, now):
    told.submit(f"{PAGE}/test")
    notice = only(sessions, SupplierNotice)
    assert (notice.kind, notice.due_at) == (NoticeKind.TEST, now)
    assert "Test" in told.get(PAGE).text


def test_what_was_given_up_is_sent_again_by_a_click(told, sessions, now):
    notice_id = give_up(sessions, now)
    shown = told.get(PAGE).text
    assert "it answered 500" in shown
    assert "PO-1" in shown
    assert told.submit(f"{PAGE}/{notice_id}/again").status_code == 303
    notice = only(sessions, SupplierNotice)
    assert (notice.status, notice.due_at) == (NoticeStatus.WAITING, now)
    assert notice.attempts == 0


def test_turned_off_by_hand_it_says_so_and_can_be_turned_on_again(told, sessions):
    told.submit(f"{PAGE}/off")
    assert "are turned off since" in told.get("/suppliers/S1").text
    assert told.submit(f"{PAGE}/test").status_code == 404
    told.submit(PAGE, url=URL)
    assert only(sessions, SupplierEndpoint).disabled_at is None


def test_the_supplier_page_says_that_its_programs_want_no_more_calls(
    told, sign_in_as, sessions, now
):
    gone = DisabledBecause.GONE
    with sessions.writing() as session:
        supplier_id = make_supplier(session, "S1").id
        turn_off(session, supplier_id, gone, now, by="system")
    assert "asked not to be called any more (410)" in told.get("/suppliers/S1").text
    shown = sign_in_as(Role.OPERATOR).get("/suppliers/S1").text
    assert "asked not to be called any more (410)" in shown
    assert "it answered 410" in told.get("/settings/audit").text


def test_every_step_stands_in_the_audit_trail(told, sessions, now):
    notice_id = give_up(sessions, now)
    told.submit(f"{PAGE}/{notice_id}/again")
    told.submit(f"{PAGE}/secret")
    told.submit(f"{PAGE}/off")
    with sessions.reading() as session:
        deeds = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(each.action, each.subject) for each in deeds] == [
        ("endpoint_set", "S1"),
        ("notice_sent_again", "S1"),
        ("endpoint_rotated", "S1"),
        ("endpoint_turned_off", "S1"),
    ]


def test_a_notice_is_sent_again_on_its_own_suppliers_page_only(told, sessions, now):
    notice_id = give_up(sessions, now)
    answer = told.submit(f"/suppliers/S2/notices/{notice_id}/again")
    assert answer.status_code == 404


@pytest.mark.parametrize("act", ["", "/secret", "/test", "/off", "/1/again"])
def test_only_an_owner_sees_and_changes_it(sign_in_as, act):
    operator = sign_in_as(Role.OPERATOR)
    assert operator.get(PAGE).status_code == 403
    assert operator.submit(f"{PAGE}{act}", url=URL).status_code == 403
    assert PAGE not in operator.get("/suppliers/S1").text


@pytest.mark.parametrize("act", ["/secret", "/test", "/off", "/1/again"])
def test_without_an_endpoint_there_is_nothing_to_change(owner, act):
    assert owner.submit(f"{PAGE}{act}").status_code == 404
    assert owner.get("/suppliers/S404/notices").status_code == 404


def test_the_suppliers_page_leads_to_it(owner):
    assert PAGE in owner.get("/suppliers/S1").text
