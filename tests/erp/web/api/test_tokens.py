"""Who may ask what: tokens that are wrong, revoked, read-only."""

import pytest

from erp.accounts.models import ApiToken, Scope
from tests.erp.web.api.asked import PATH, SECRET, an_order
from tests.factories import make_token


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer erp_wrong", "Basic YTpi", f"Basic {SECRET}"],
)
def test_without_a_valid_token_nothing_is_said(visitor, token, header):
    answer = visitor.post(PATH, json=an_order(), headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.content_type == "application/problem+json"


def test_a_revoked_token_opens_nothing(post, sessions, token, clock):
    with sessions.writing() as session:
        session.get_one(ApiToken, token).revoked_at = clock()
    assert post(an_order()).status_code == 401


def test_a_read_only_token_may_read_and_not_write(visitor, sessions):
    with sessions.writing() as session:
        make_token(session, "erp_reader_x", Scope.READ)
    headers = {"Authorization": "Bearer erp_reader_x"}
    assert visitor.post(PATH, json=an_order(), headers=headers).status_code == 403
    assert visitor.get(PATH, headers=headers).status_code == 200


def test_the_last_use_is_noted_at_most_once_a_minute(post, sessions, token, clock):
    def last_used():
        with sessions.reading() as session:
            return session.get_one(ApiToken, token).last_used_at

    post(an_order())
    first = last_used()
    clock.move(seconds=30)
    post(an_order())
    assert last_used() == first == clock() - (clock() - first)
    clock.move(seconds=40)
    post(an_order())
    assert last_used() == clock()
