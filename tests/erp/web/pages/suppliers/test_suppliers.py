"""Suppliers are added, connected, paused; a token goes in and never comes out."""

import pytest
from sqlmodel import col, select

from erp.accounts.models import AuditEntry, Role
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.kpis.models import Kpi, Reading, ScopeKind
from suppliers.models import Supplier
from tests.factories import make_order, make_purchase_order, make_supplier

TYPED = {
    "code": "S9",
    "name": "Nine & Sons",
    "kind": "rest",
    "base_url": "https://api.nine.example/v1",
    "token": "very-secret",
    "currency": "eur",
    "order_fee": "1.50",
    "shipping_first": "4.00",
    "shipping_extra": "0",
    "ships_to": "de, FR de",
}


@pytest.fixture
def operator(sign_in_as):
    return sign_in_as(Role.OPERATOR)


@pytest.fixture
def known(sessions):
    with sessions.writing() as session:
        make_supplier(session, "S1", kind="rest", base_url="https://one.example")
        waits = make_supplier(session, "S2", city="Recife")
        make_purchase_order(session, make_order(session), waits)
    return sessions


def _supplier(sessions, code):
    with sessions.reading() as session:
        return session.exec(select(Supplier).where(col(Supplier.code) == code)).one()


def test_an_empty_store_is_told_how_to_add_one(operator):
    assert "No suppliers yet" in operator.get("/suppliers").text


def test_the_list_shows_state_waiting_and_late_rate(operator, known, now):
    with known.writing() as session:
        session.add(
            Reading(
                kpi=Kpi.LATE_HAND_OVER,
                scope_kind=ScopeKind.SUPPLIER,
                scope_key="S1",
                at=now,
                window_days=30,
                numerator=3,
                denominator=40,
                covered=40,
                total=40,
            )
        )
    page = operator.get("/suppliers").text
    assert "No connection" in page
    assert "7.5%" in page
    assert "(3/40)" in page


def test_suppliers_are_found(operator, known):
    assert "S2" not in _rows(operator.get("/suppliers?state=connected").text)
    assert "S1" not in _rows(operator.get("/suppliers?q=recife").text)
    assert "Nothing matches" in operator.get("/suppliers?q=zzz").text


def _rows(page):
    return page.partition("<tbody>")[2]


def test_a_supplier_is_added_with_a_sealed_token(operator, app, sessions):
    answer = operator.submit("/suppliers/new", **TYPED)
    assert answer.status_code == 303
    row = _supplier(sessions, "S9")
    assert (row.currency, row.order_fee_cents, row.ships_to) == ("EUR", 150, "DE FR")
    assert "very-secret" not in row.sealed_token
    assert app.extensions["erp"].secrets.open(row.sealed_token) == "very-secret"
    for path in ("/suppliers/S9", "/suppliers/S9/edit"):
        page = operator.get(path).text
        assert "very-secret" not in page
        assert row.sealed_token not in page
    with sessions.reading() as session:
        entry = session.exec(
            select(AuditEntry).where(col(AuditEntry.action) == "supplier_added")
        ).one()
    assert entry.subject == "S9"


WRONG = {
    "code": "no spaces!",
    "name": "",
    "kind": "telepathy",
    "base_url": "ftp://x",
    "currency": "XX",
    "order_fee": "1,50",
    "shipping_first": "-1",
    "ships_to": "Germany",
}


@pytest.mark.parametrize(("field", "text"), WRONG.items(), ids=WRONG)
def test_a_wrong_field_is_marked_and_everything_typed_stays(
    operator, sessions, field, text
):
    answer = operator.submit("/suppliers/new", **(TYPED | {field: text}))
    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text
    assert "Nine &amp; Sons" in answer.text or field == "name"
    assert "very-secret" not in answer.text
    with sessions.reading() as session:
        assert session.exec(select(Supplier)).all() == []


ADDRESSES = [
    "http://",
    "https://user:pw@x.example",
    "https://x.example:99999",
    "javascript:alert(1)",
    "https://x.example/a b",
    "https://[::1",
    "x.example",
    "",
]


@pytest.mark.parametrize("url", ADDRESSES)
def test_an_address_must_be_one_of_the_web(operator, url):
    answer = operator.submit("/suppliers/new", **(TYPED | {"base_url": url}))
    assert answer.status_code == 422
    assert 'id="error-base_url"' in answer.text


def test_a_code_is_taken_once(operator, known):
    answer = operator.submit("/suppliers/new", **(TYPED | {"code": "S1"}))
    assert answer.status_code == 422
    assert "Another supplier has this code" in answer.text


def test_an_empty_token_keeps_the_one_there_is(operator, sessions):
    operator.submit("/suppliers/new", **TYPED)
    before = _supplier(sessions, "S9").sealed_token
    changed = TYPED | {"token": "", "name": "Nine Ltd"}
    answer = operator.submit("/suppliers/S9/edit", **changed)
    assert answer.status_code == 303
    row = _supplier(sessions, "S9")
    assert row.name == "Nine Ltd"
    assert row.sealed_token == before


def test_a_suppliers_days_are_set_with_its_clocks_alone(operator, sessions):
    operator.submit("/suppliers/new", **TYPED, handling_days="9")
    assert _supplier(sessions, "S9").handling_days == 3
    with sessions.writing() as session:
        session.exec(select(Supplier)).one().handling_days = 5

    operator.submit("/suppliers/S9/edit", **TYPED, handling_days="9")

    assert _supplier(sessions, "S9").handling_days == 5
    form = operator.get("/suppliers/S9/edit").text
    assert 'name="handling_days"' not in form
    assert 'href="/suppliers/S9/clock"' in form
    assert "/clock" not in operator.get("/suppliers/new").text


def test_a_kept_token_goes_to_no_other_address(operator, sessions):
    operator.submit("/suppliers/new", **TYPED)
    moved = TYPED | {"token": "", "base_url": "https://elsewhere.example"}
    answer = operator.submit("/suppliers/S9/edit", **moved)
    assert answer.status_code == 422
    assert 'id="error-token"' in answer.text
    assert _supplier(sessions, "S9").base_url == TYPED["base_url"]


def test_a_detour_over_no_address_does_not_free_the_token(operator, sessions):
    operator.submit("/suppliers/new", **TYPED)
    none = TYPED | {"token": "", "base_url": "", "kind": ""}
    operator.submit("/suppliers/S9/edit", **none)
    moved = TYPED | {"token": "", "base_url": "https://elsewhere.example"}
    answer = operator.submit("/suppliers/S9/edit", **moved)
    assert answer.status_code == 422


def test_only_an_owner_opens_our_own_network(operator, sign_in_as, sessions):
    operator.submit("/suppliers/new", **TYPED, allow_private="yes")
    assert not _supplier(sessions, "S9").allow_private
    owner = sign_in_as(Role.OWNER)
    owner.submit("/suppliers/S9/edit", **TYPED, allow_private="yes")
    assert _supplier(sessions, "S9").allow_private
    operator.submit("/suppliers/S9/edit", **TYPED)
    assert _supplier(sessions, "S9").allow_private
    moved = TYPED | {"base_url": "http://10.0.0.1", "token": "another"}
    operator.submit("/suppliers/S9/edit", **moved)
    assert not _supplier(sessions, "S9").allow_private


def test_a_supplier_is_paused_with_a_reason_and_resumed(operator, known):
    operator.submit("/suppliers/S1/pause", because="stocktaking")
    assert _supplier(known, "S1").is_paused
    assert "stocktaking" in operator.get("/suppliers/S1").text
    operator.submit("/suppliers/S1/resume")
    assert not _supplier(known, "S1").is_paused


def test_the_page_shows_connection_terms_and_purchase_orders(operator, known):
    page = operator.get("/suppliers/S2").text
    assert "its purchase orders wait" in page
    assert "unknown" in page
    assert PurchaseStatus.QUEUED.value in page
    assert operator.get("/suppliers/S2/edit").status_code == 200


def test_a_viewer_looks_and_changes_nothing(sign_in_as, known):
    viewer = sign_in_as(Role.VIEWER)
    page = viewer.get("/suppliers/S1").text
    assert "/suppliers/S1/edit" not in page
    for path in ("new", "S1/edit", "S1/pause", "S1/resume"):
        assert viewer.submit(f"/suppliers/{path}", **TYPED).status_code == 403
    assert not _supplier(known, "S1").is_paused


def test_a_supplier_nobody_knows_is_not_found(operator):
    assert operator.get("/suppliers/S0").status_code == 404
    assert operator.submit("/suppliers/S0/pause").status_code == 404
