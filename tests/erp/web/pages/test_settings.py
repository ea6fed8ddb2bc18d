"""Settings: people, their roles and passwords, and the tokens of programs."""

import re

import pytest
from sqlmodel import col, select

from erp.accounts.models import Account, ApiToken, AuditEntry, LoginSession, Role
from erp.accounts.passwords import hashed, matches

PASSWORD = "four words in a row"
NEW = {
    "name": "Grace",
    "email": "grace@example.com",
    "role": "operator",
    "password": PASSWORD,
}


@pytest.fixture
def owner(sign_in_as):
    return sign_in_as(Role.OWNER)


def by_email(sessions, email) -> Account:
    with sessions.reading() as session:
        return session.exec(select(Account).where(Account.email == email)).one()


def actions(sessions) -> list[str]:
    with sessions.reading() as session:
        query = select(AuditEntry.action).order_by(col(AuditEntry.id))
        return list(session.exec(query))


def test_an_added_account_can_sign_in(owner, sessions, visitor):
    assert owner.submit("/settings/accounts", **NEW).status_code == 303
    visitor.take_token(visitor.get("/sign-in"))
    answer = visitor.submit("/sign-in", email=NEW["email"], password=PASSWORD)
    assert answer.status_code == 303
    assert by_email(sessions, NEW["email"]).role is Role.OPERATOR
    assert "account_added" in actions(sessions)


def test_an_address_is_used_once_and_what_was_typed_stays(owner):
    owner.submit("/settings/accounts", **NEW)
    again = owner.submit("/settings/accounts", **{**NEW, "name": "Hopper"})
    assert again.status_code == 422
    assert "Another account has this" in again.text
    assert 'value="Hopper"' in again.text
    assert PASSWORD not in again.text


def test_a_role_there_is_not_is_refused(owner):
    answer = owner.submit("/settings/accounts", **{**NEW, "role": "emperor"})
    assert answer.status_code == 400


def test_an_account_is_changed(owner, sessions):
    owner.submit("/settings/accounts", **NEW)
    grace = by_email(sessions, NEW["email"])
    path = f"/settings/accounts/{grace.id}"
    assert 'value="Grace"' in owner.get(path).text
    owner.submit(path, name="Grace H", role="viewer", gets_alerts="on")
    grace = by_email(sessions, NEW["email"])
    assert (grace.name, grace.role, grace.gets_alerts) == ("Grace H", "viewer", True)
    assert "role_changed" in actions(sessions)


def test_the_last_owner_stays_one(owner, sessions):
    mine = by_email(sessions, "owner@example.com")
    answer = owner.submit(f"/settings/accounts/{mine.id}", name="X", role="viewer")
    assert answer.status_code == 422
    assert "last owner" in answer.text
    owner.submit(f"/settings/accounts/{mine.id}/disable")
    assert "last owner" in owner.get("/settings/accounts").text
    mine = by_email(sessions, "owner@example.com")
    assert (mine.role, mine.disabled_at) == (Role.OWNER, None)


def test_a_disabled_account_is_out_and_comes_back(owner, sign_in_as, sessions):
    viewer = sign_in_as(Role.VIEWER)
    path = f"/settings/accounts/{by_email(sessions, 'viewer@example.com').id}"
    owner.submit(f"{path}/disable")
    assert viewer.get("/jobs").status_code == 303
    assert "Disabled" in owner.get("/settings/accounts").text
    owner.submit(f"{path}/enable")
    assert by_email(sessions, "viewer@example.com").disabled_at is None


def test_a_reset_password_signs_its_person_out(owner, sign_in_as, sessions):
    viewer = sign_in_as(Role.VIEWER)
    path = f"/settings/accounts/{by_email(sessions, 'viewer@example.com').id}/password"
    assert owner.submit(path, password="short").status_code == 422
    assert owner.submit(path, password=PASSWORD).status_code == 303
    assert viewer.get("/jobs").status_code == 303
    assert matches(by_email(sessions, "viewer@example.com").password_hash, PASSWORD)


def test_one_changes_ones_own_password_knowing_the_present_one(sign_in_as, sessions):
    viewer = sign_in_as(Role.VIEWER)
    with sessions.writing() as session:
        session.exec(select(Account)).one().password_hash = hashed(PASSWORD)
    wrong = viewer.submit("/settings/password", current="x", password="y")
    assert wrong.status_code == 422
    assert "not your present password" in wrong.text
    assert "at least 12" in wrong.text
    new = "another four words in a row"
    done = viewer.submit("/settings/password", current=PASSWORD, password=new)
    assert done.status_code == 303
    assert matches(by_email(sessions, "viewer@example.com").password_hash, new)
    assert viewer.get("/jobs").status_code == 200


def test_a_changed_password_ends_the_other_sessions_only(sign_in_as, sessions):
    viewer = sign_in_as(Role.VIEWER)
    with sessions.writing() as session:
        session.exec(select(Account)).one().password_hash = hashed(PASSWORD)
        mine = session.exec(select(LoginSession)).one()
        fields = mine.model_dump() | {"token_hash": "another"}
        session.add(LoginSession(**fields))
    viewer.submit("/settings/password", current=PASSWORD, password=PASSWORD + "!")
    with sessions.reading() as session:
        left = session.exec(select(LoginSession.token_hash)).all()
    assert left == [mine.token_hash]


def test_a_token_is_shown_once_and_stored_as_a_hash(owner, visitor, sessions):
    owner.submit("/settings/tokens", name="shop", scope="read")
    shown = owner.get("/settings/tokens").text
    secret = re.search(r"erp_[0-9a-f]{8}_[\w-]{40,}", shown)[0]
    assert secret not in owner.get("/settings/tokens").text
    with sessions.reading() as session:
        token = session.exec(select(ApiToken)).one()
    assert secret not in str(token.model_dump())
    headers = {"Authorization": f"Bearer {secret}"}
    assert visitor.get("/api/v1/orders", headers=headers).status_code == 200
    owner.submit(f"/settings/tokens/{token.id}/revoke")
    assert visitor.get("/api/v1/orders", headers=headers).status_code == 401
    assert actions(sessions) == ["token_created", "token_revoked"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": "", "scope": "read"}, 422),
        ({"name": "x" * 81, "scope": "read"}, 422),
        ({"name": "x", "scope": "everything"}, 400),
    ],
)
def test_a_token_needs_a_name_and_a_scope(owner, fields, status, sessions):
    assert owner.submit("/settings/tokens", **fields).status_code == status
    with sessions.reading() as session:
        assert session.exec(select(ApiToken)).all() == []


def test_the_audit_trail_shows_who_did_what(owner):
    owner.submit("/settings/tokens", name="shop", scope="read")
    page = owner.get("/settings/audit").text
    assert "Created a token" in page
    assert "owner@example.com" in page


@pytest.mark.parametrize("language", ["he", "ar"])
def test_the_language_goes_with_the_account(owner, sessions, language):
    owner.submit("/preferences", language=language, next="/settings")
    assert by_email(sessions, "owner@example.com").language == language
    page = owner.get("/settings").text
    assert f'<html lang="{language}" dir="rtl"' in page
    assert "bootstrap.rtl.min.css" in page


def test_the_language_is_chosen_before_the_sign_in_too(visitor):
    visitor.take_token(visitor.get("/setup"))
    answer = visitor.submit("/preferences", language="he", next="/setup")
    assert answer.location == "/setup"
    assert 'dir="rtl"' in visitor.get("/setup").text


def test_the_colours_are_kept_in_the_browser(visitor):
    page = visitor.get("/setup")
    assert 'data-theme="auto"' in page.text
    visitor.take_token(page)
    visitor.submit("/preferences", theme="dark")
    assert 'data-bs-theme="dark"' in visitor.get("/setup").text
    visitor.submit("/preferences", theme="plaid")
    assert 'data-bs-theme="dark"' in visitor.get("/setup").text
