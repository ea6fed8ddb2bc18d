"""Signing in and out: the right password, too many wrong ones, sessions that end."""

import pytest
from sqlmodel import select

from erp.accounts.models import Account, AuditEntry, LoginSession, Role
from erp.accounts.passwords import hashed
from tests.factories import make_account

PASSWORD = "four words in a row"


@pytest.fixture
def owner(sessions) -> str:
    with sessions.writing() as session:
        account = make_account(session, "ada@example.com")
        account.password_hash = hashed(PASSWORD)
    return "ada@example.com"


@pytest.fixture
def door(visitor, owner):
    """A browser before the sign-in form."""
    visitor.take_token(visitor.get("/sign-in"))
    return visitor


def enter(door, email, password, **fields):
    return door.submit("/sign-in", email=email, password=password, **fields)


def test_the_right_password_opens_the_house_and_leads_back(door, owner):
    answer = enter(door, owner, PASSWORD, next="/jobs?x=1")
    assert (answer.status_code, answer.location) == (303, "/jobs?x=1")
    assert door.get("/jobs").status_code == 200


def test_the_address_may_be_typed_in_capitals(door):
    assert enter(door, " ADA@Example.com ", PASSWORD).status_code == 303


def test_the_cookie_is_kept_from_scripts_and_other_sites(door, owner):
    cookies = enter(door, owner, PASSWORD).headers.getlist("Set-Cookie")
    login = next(each for each in cookies if each.startswith("erp_login="))
    assert "HttpOnly" in login
    assert "SameSite=Lax" in login


def test_only_the_hash_of_the_secret_is_stored(door, owner, sessions):
    enter(door, owner, PASSWORD)
    secret = door.get_cookie("erp_login").value
    with sessions.reading() as session:
        row = session.exec(select(LoginSession)).one()
    assert secret not in (row.token_hash, row.form_token)


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com", "", "x"])
def test_a_wrong_password_and_an_unknown_account_look_the_same(door, email):
    answer = enter(door, email, "wrong")
    assert answer.status_code == 422
    assert "is not right" in answer.text


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
def test_five_wrong_tries_make_an_account_rest_known_or_not(door, email, clock):
    for _ in range(4):
        assert enter(door, email, "wrong").status_code == 422
    assert enter(door, email, "wrong").status_code == 429
    resting = enter(door, email, PASSWORD)
    assert resting.status_code == 429
    assert int(resting.headers["Retry-After"]) == 900
    assert "rests" in resting.text
    clock.move(minutes=16)
    expected = 303 if email.startswith("ada") else 422
    assert enter(door, email, PASSWORD).status_code == expected


def test_a_right_password_forgets_the_wrong_ones(door, owner, sessions):
    for _ in range(4):
        enter(door, owner, "wrong")
    enter(door, owner, PASSWORD)
    with sessions.reading() as session:
        assert session.exec(select(Account)).one().failed_sign_ins == 0


def test_a_disabled_account_cannot_sign_in_and_is_out_at_once(
    door, owner, sessions, clock
):
    enter(door, owner, PASSWORD)
    with sessions.writing() as session:
        session.exec(select(Account)).one().disabled_at = clock()
    assert door.get("/jobs").location.startswith("/sign-in")
    door.take_token(door.get("/sign-in"))
    assert enter(door, owner, PASSWORD).status_code == 422


def test_signing_out_ends_the_session_at_the_server(door, owner, sessions):
    enter(door, owner, PASSWORD)
    secret = door.get_cookie("erp_login").value
    door.take_token(door.get("/jobs"))
    assert door.submit("/sign-out").status_code == 303
    door.set_cookie("erp_login", secret)
    assert door.get("/jobs").status_code == 303
    with sessions.reading() as session:
        assert session.exec(select(LoginSession)).all() == []


def test_a_session_ends_when_nobody_is_there(door, owner, clock):
    enter(door, owner, PASSWORD)
    clock.move(hours=11)
    assert door.get("/jobs").status_code == 200
    clock.move(hours=11)
    assert door.get("/jobs").status_code == 200
    clock.move(hours=13)
    assert door.get("/jobs").status_code == 303
    assert "has ended" in door.get("/sign-in").text


def test_a_session_ends_after_two_weeks_whatever_happens(door, owner, clock):
    enter(door, owner, PASSWORD)
    for _ in range(27):
        clock.move(hours=12, minutes=-1)
        assert door.get("/jobs").status_code == 200
    clock.move(hours=12, minutes=-1)
    clock.move(hours=1)
    assert door.get("/jobs").status_code == 303


def test_a_new_sign_in_gets_a_new_secret_and_a_new_form_token(door, owner):
    before = door.form_token
    enter(door, owner, PASSWORD)
    first = door.get_cookie("erp_login").value
    door.take_token(door.get("/jobs"))
    assert door.form_token != before
    enter(door, owner, PASSWORD)
    assert door.get_cookie("erp_login").value != first


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:x",
        "",
        "//[",
    ],
)
def test_the_way_back_never_leads_to_another_site(door, owner, target):
    assert enter(door, owner, PASSWORD, next=target).location == "/"


def test_what_no_database_can_keep_is_refused_at_the_door(door):
    assert enter(door, "a\0@example.com", PASSWORD).status_code == 400
    assert door.get("/suppliers/a%00").status_code == 400


def test_sign_ins_are_written_down(door, owner, sessions):
    enter(door, owner, "wrong")
    enter(door, owner, PASSWORD)
    with sessions.reading() as session:
        actions = [entry.action for entry in session.exec(select(AuditEntry))]
    assert actions == ["sign_in_refused", "signed_in"]


def test_a_role_is_read_anew_with_each_request(sign_in_as, sessions):
    owner = sign_in_as(Role.OWNER)
    assert owner.get("/settings/accounts").status_code == 200
    with sessions.writing() as session:
        session.exec(select(Account)).one().role = Role.VIEWER
    assert owner.get("/settings/accounts").status_code == 403
