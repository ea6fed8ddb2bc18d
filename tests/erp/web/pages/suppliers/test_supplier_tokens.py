"""Tokens of a supplier's own programs: an owner makes and revokes them."""

import re

import pytest
from sqlmodel import select

from erp.accounts.models import ApiToken, AuditEntry, Role
from tests.factories import make_supplier

PAGE = "/suppliers/S1/tokens"


@pytest.fixture(autouse=True)
def known(sessions):
    with sessions.writing() as session:
        for code in ("S1", "S2"):
            make_supplier(session, code)


@pytest.fixture
def owner(sign_in_as):
    return sign_in_as(Role.OWNER)


def only_token(sessions):
    with sessions.reading() as session:
        return session.exec(select(ApiToken)).one()


def status(visitor, secret):
    headers = {"Authorization": f"Bearer {secret}"}
    return visitor.get("/supplier/v1/purchase-orders", headers=headers).status_code


def test_a_token_is_shown_once_and_opens_that_suppliers_api(owner, visitor, sessions):
    owner.submit(PAGE, name="depot", scope="write")
    shown = owner.get(PAGE).text
    secret = re.search(r"erp_[0-9a-f]{8}_[\w-]{40,}", shown)[0]
    assert secret not in owner.get(PAGE).text
    token = only_token(sessions)
    assert secret not in str(token.model_dump())
    assert status(visitor, secret) == 200
    owner.submit(f"{PAGE}/{token.id}/revoke")
    assert status(visitor, secret) == 401
    with sessions.reading() as session:
        deeds = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [each.action for each in deeds] == ["token_created", "token_revoked"]
    assert "S1: depot (" in owner.get("/settings/audit").text


def test_a_suppliers_token_stands_on_its_own_page_only(owner, sessions):
    owner.submit(PAGE, name="depot", scope="read")
    assert "depot" not in owner.get("/suppliers/S2/tokens").text
    assert "depot" not in owner.get("/settings/tokens").text
    assert "depot" in owner.get(PAGE).text
    token = only_token(sessions).id
    for page in ("/suppliers/S2/tokens", "/settings/tokens"):
        assert owner.submit(f"{page}/{token}/revoke").status_code == 404
    assert only_token(sessions).revoked_at is None


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": "", "scope": "read"}, 422),
        ({"name": "x" * 81, "scope": "read"}, 422),
        ({"name": "x", "scope": "everything"}, 400),
    ],
)
def test_a_token_needs_a_name_and_a_scope(owner, fields, status, sessions):
    assert owner.submit(PAGE, **fields).status_code == status
    with sessions.reading() as session:
        assert session.exec(select(ApiToken)).all() == []


def test_only_an_owner_sees_and_makes_them(sign_in_as, sessions):
    operator = sign_in_as(Role.OPERATOR)
    assert operator.get(PAGE).status_code == 403
    assert operator.submit(PAGE, name="x", scope="read").status_code == 403
    assert PAGE not in operator.get("/suppliers/S1").text


def test_nobody_has_no_tokens(owner):
    assert owner.get("/suppliers/S404/tokens").status_code == 404
    answer = owner.submit("/suppliers/S404/tokens", name="x", scope="read")
    assert answer.status_code == 404


def test_the_suppliers_page_leads_to_its_tokens(owner):
    assert PAGE in owner.get("/suppliers/S1").text
