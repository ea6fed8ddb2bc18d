"""The first run: one owner, made by whoever has the machine."""

import threading

import pytest
from sqlmodel import select

from erp.accounts.models import Account, Role
from erp.accounts.set_up import set_up_code
from tests.factories import make_account

FORM = {"name": "Ada", "email": "Ada@Example.com", "password": "four words in a row"}
FAR = {"REMOTE_ADDR": "192.0.2.7"}


@pytest.fixture
def newcomer(visitor):
    visitor.take_token(visitor.get("/setup"))
    return visitor


def accounts(sessions) -> list[Account]:
    with sessions.reading() as session:
        return list(session.exec(select(Account)))


def test_a_fresh_installation_leads_to_the_set_up(visitor):
    assert visitor.get("/jobs").location.startswith("/sign-in")
    assert visitor.get("/sign-in").location == "/setup"


def test_the_first_account_is_an_owner_and_is_signed_in(newcomer, sessions):
    answer = newcomer.submit("/setup", **FORM)
    assert (answer.status_code, answer.location) == (303, "/")
    (owner,) = accounts(sessions)
    assert (owner.email, owner.role) == ("ada@example.com", Role.OWNER)
    assert owner.password_hash.startswith("$argon2id$")
    assert newcomer.get("/settings/accounts").status_code == 200


def test_there_is_no_second_set_up(newcomer, sessions):
    newcomer.submit("/setup", **FORM)
    newcomer.take_token(newcomer.get("/settings"))
    again = newcomer.submit("/setup", **{**FORM, "email": "eve@example.com"})
    assert again.status_code == 404
    assert newcomer.get("/setup").location == "/sign-in"
    assert len(accounts(sessions)) == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("password", "short", "at least 12"),
        ("password", "aaaaaaaaaaaaaaaa", "easy to guess"),
        ("password", "x" * 300, "at most 256"),
        ("email", "nobody", "e-mail address"),
        ("email", "a@b", "e-mail address"),
        ("name", " ", "Enter a name"),
    ],
)
def test_a_fault_stands_beside_its_field_and_the_rest_is_kept(
    newcomer, sessions, field, value, words
):
    answer = newcomer.submit("/setup", **{**FORM, field: value})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert FORM["password"] not in answer.text
    assert accounts(sessions) == []


@pytest.mark.parametrize(
    "environ",
    [
        FAR,
        {"HTTP_HOST": "shop.example"},
        {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        {"SERVER_PROTOCOL": "HTTP/1.0"},
    ],
    ids=["another machine", "another name", "through a proxy", "a silent proxy"],
)
def test_from_elsewhere_the_code_is_needed(newcomer, sessions, environ, tmp_path):
    def send(code):
        data = {**FORM, "csrf_token": newcomer.form_token, "code": code}
        return newcomer.post("/setup", data=data, environ_overrides=environ)

    if "HTTP_HOST" in environ:  # a cookie belongs to a host
        page = newcomer.get("/setup", environ_overrides=environ)
        assert "Set-up code" in page.text
        newcomer.take_token(page)
        return
    assert send("").status_code == 422
    assert send("wrong").status_code == 422
    assert accounts(sessions) == []
    code = set_up_code(tmp_path)
    assert send(code.upper()).status_code == 303
    assert not (tmp_path / "setup.code").exists()


@pytest.mark.parametrize(
    "settings_given", [{"ERP_STORE_BASE_URL": "https://shop.example"}]
)
def test_a_public_address_needs_the_code_even_from_here(newcomer):
    assert newcomer.submit("/setup", **FORM).status_code == 422


def test_two_at_once_make_one_owner(both_sessions, app_over):
    app = app_over(both_sessions)
    answers = []

    def create(number: int) -> None:
        client = app.test_client()
        client.take_token(client.get("/setup"))
        answers.append(client.submit("/setup", **{**FORM, "email": f"a{number}@b.co"}))

    threads = [threading.Thread(target=create, args=(each,)) for each in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(accounts(both_sessions)) == 1
    assert {each.status_code for each in answers} <= {303, 404}


def test_the_log_tells_the_code_while_there_is_no_account(
    sessions, app_over, caplog, tmp_path
):
    app_over(sessions)
    assert set_up_code(tmp_path) in caplog.text
    assert (tmp_path / "setup.code").stat().st_mode & 0o077 == 0


def test_the_log_tells_nothing_later(sessions, app_over, caplog):
    with sessions.writing() as session:
        make_account(session)
    app_over(sessions)
    assert "set-up code" not in caplog.text


def test_a_code_whose_writing_was_interrupted_lets_nobody_in(
    newcomer, sessions, tmp_path
):
    (tmp_path / "setup.code").write_bytes(b"")
    data = {**FORM, "csrf_token": newcomer.form_token, "code": ""}
    answer = newcomer.post("/setup", data=data, environ_overrides=FAR)
    assert answer.status_code == 422
    assert accounts(sessions) == []
