"""The connection is tried from the form, and no credential ever comes out again."""

import json
import logging
import re

from sqlmodel import col, select

from erp.accounts.models import Role
from erp.web.pages.suppliers.setup.answers import pretty
from suppliers.models import Supplier
from tests.erp.web.pages.suppliers.test_supplier_setup import fields
from tests.erp.web.pages.suppliers.trials import (
    SECRET,
    fetched,
    rows_of,
    tried,
    typed_for,
)


def test_a_connection_that_works_says_so_line_by_line(owner, remote, sessions):
    trial = tried(owner, **typed_for(remote))
    assert "It works" in trial
    assert rows_of(trial) == dict.fromkeys(
        ("look_up", "changes", "stock"), ("yes", "yes", "yes")
    )
    assert re.search(r"\d+ ms", trial)
    assert not remote.books()["suppliers"]["S9"]["references"]
    with sessions.reading() as session:
        assert session.exec(select(Supplier)).all() == []


def test_a_plain_connection_is_tried_as_well(owner, remote):
    typed = typed_for(remote, kind="rest", base_url=remote.base_url("S9"))
    assert "It works" in tried(owner, **typed)


def test_a_refused_credential_is_told_with_words_to_mend_it(owner, remote):
    trial = tried(owner, **typed_for(remote, token="wrong"))
    assert rows_of(trial) == {"look_up": ("yes", "no", "—")}
    assert "It refuses our credential" in trial


def test_our_own_network_is_refused_with_words_to_mend_it(owner, remote):
    trial = tried(owner, **typed_for(remote, allow_private=""))
    assert rows_of(trial) == {"look_up": ("no", "—", "—")}
    assert "an owner may allow it" in trial


def test_an_operator_cannot_look_around_in_our_own_network(sign_in_as, remote):
    operator = sign_in_as(Role.OPERATOR)
    assert "an owner may allow it" in tried(operator, **typed_for(remote))


def test_the_wrong_shape_is_told_with_words_to_mend_it(owner, remote):
    trial = tried(owner, **typed_for(remote, **{"declared.stock.rows": "nowhere"}))
    assert rows_of(trial)["stock"] == ("yes", "yes", "no")
    assert "fetch a real answer and compare" in trial


def test_what_is_wrong_on_the_form_is_named_before_anything_is_called(owner, remote):
    trial = tried(owner, **typed_for(remote, **{"declared.stock.path": "x"}))
    assert "Mend what is marked first" in trial


def test_a_name_that_is_missing_does_not_keep_from_testing(owner, remote):
    assert "It works" in tried(owner, **typed_for(remote, name=""))


def test_the_kept_credential_is_used_only_where_it_was_typed_for(owner, remote):
    typed = typed_for(remote)
    assert owner.submit("/suppliers/new", **typed).status_code == 303
    kept = typed | {"token": ""}
    assert "It works" in tried(owner, "/suppliers/S9/edit", **kept)
    moved = kept | {"base_url": "http://127.0.0.1:9"}
    trial = tried(owner, "/suppliers/S9/edit", **moved)
    assert "it was for the former" in trial
    assert rows_of(trial) == {}


def test_files_elsewhere_do_not_get_the_kept_credential(owner, remote):
    files = {"stock": {"place": "stock.csv"}, "auth": {"way": "bearer"}}
    base_url = remote.base_url("S9", "csv")
    typed = fields("csvfeed", files, base_url=base_url, token=SECRET)
    assert owner.submit("/suppliers/new", **typed).status_code == 303
    elsewhere = {"csvfeed.stock.place": "http://127.0.0.1:9/stock.csv", "token": ""}
    answer = owner.submit("/suppliers/S9/edit", **(typed | elsewhere))
    assert answer.status_code == 422
    assert 'id="error-token"' in answer.text


def test_who_calls_nobody_is_not_tested(owner, remote):
    answer = owner.submit("/suppliers/new", **(typed_for(remote) | {"kind": "portal"}))
    assert answer.status_code == 303
    page = owner.get("/suppliers/S9/edit").text
    assert 'value="test"' not in page
    assert 'name="base_url"' not in page


def test_the_programs_of_who_calls_nobody_may_run_beside_ours(owner, remote):
    typed = typed_for(remote) | {"kind": "portal", "allow_private": "yes"}
    owner.submit("/suppliers/new", **typed)
    page = owner.get("/suppliers/S9/edit").text
    assert re.search(r'name="allow_private" value="yes" checked', page)


def test_who_answers_no_question_is_not_said_to_work(owner):
    mail = fields("email", {"to": ["orders@supplier.example"]}, base_url="", token="")
    page = owner.submit("/suppliers/new", **mail, do="test").text
    trial = page.partition('id="trial"')[2]
    assert "Not tested" in trial
    assert "It works" not in trial


def test_a_real_answer_is_fetched_and_shown_as_it_is_read(owner, remote):
    answers = fetched(owner, remote, "stock")
    assert "It answered with status 200." in answers
    assert "&#34;article&#34;: &#34;A-1&#34;" in answers
    assert 'data-place="declared.stock.sku"' in answers


def test_an_answer_that_would_change_something_is_not_fetched(owner, remote):
    assert "can only be pasted" in fetched(owner, remote, "submit")
    assert not remote.books()["suppliers"]["S9"]["references"]


def test_no_answer_is_told_with_words_to_mend_it(owner, remote):
    answers = fetched(owner, remote, "stock", base_url="http://127.0.0.1:9")
    assert "Nobody takes the call" in answers


def test_a_credential_that_is_sent_back_is_not_shown():
    from_them = {"key": SECRET, "link": "/x?key=hush%2Fhush%2Bnever+told"}
    shown = pretty(json.dumps(from_them).encode(), SECRET)
    assert "hush" not in shown
    assert "Basic •••" not in pretty(b"Basic dXNlcjpodXNo", "")


def test_the_form_says_since_when_the_credential_is_kept(owner, remote, clock):
    typed = typed_for(remote)
    owner.submit("/suppliers/new", **typed)
    assert "Kept since" in owner.get("/suppliers/S9/edit").text
    first = re.search(r"Kept since ([^.]+)\.", owner.get("/suppliers/S9/edit").text)[1]
    clock.move(hours=1)
    owner.submit("/suppliers/S9/edit", **(typed | {"token": "", "name": "Ten"}))
    assert first in owner.get("/suppliers/S9/edit").text
    owner.submit("/suppliers/S9/edit", **(typed | {"token": "another"}))
    assert first not in owner.get("/suppliers/S9/edit").text


def test_a_credential_stands_nowhere_in_clear(owner, remote, sessions, caplog):
    caplog.set_level(logging.DEBUG)
    typed = typed_for(remote)
    pages = [
        owner.submit("/suppliers/new", **(typed | {"name": ""})),
        owner.submit("/suppliers/new", **(typed | {"do": "test"})),
        owner.submit("/suppliers/new", **(typed | {"do": "fetch"})),
        owner.submit("/suppliers/new", **(typed | {"base_url": "http://127.0.0.1:9"})),
        owner.submit("/suppliers/new", **typed),
        owner.get("/suppliers/S9"),
        owner.get("/suppliers/S9/edit"),
        owner.get("/suppliers"),
        owner.get("/settings/audit"),
    ]
    assert not [page.request.path for page in pages if SECRET in page.text]
    assert SECRET not in caplog.text
    with sessions.reading() as session:
        query = select(Supplier).where(col(Supplier.code) == "S9")
        assert SECRET not in str(session.exec(query).one().model_dump())
