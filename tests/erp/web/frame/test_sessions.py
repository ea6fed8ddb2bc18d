"""Who is behind a request, also while the database takes nothing new in."""

from contextlib import contextmanager

import pytest
from sqlalchemy.exc import OperationalError

from config.database import Sessions
from erp.accounts.models import Role
from tests.factories import make_token


class ReadOnly(Sessions):
    """A store on a full disk."""

    @contextmanager
    def writing(self):
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("disk is full"))
        yield


@pytest.fixture
def on_a_full_disk(sessions, app_over):
    return app_over(ReadOnly(sessions.engine)).test_client()


def test_pages_are_read_though_a_session_cannot_be_renewed(
    sign_in_as, on_a_full_disk, clock
):
    secret = sign_in_as(Role.VIEWER).get_cookie("erp_login").value
    on_a_full_disk.set_cookie("erp_login", secret)
    clock.move(hours=1)
    assert on_a_full_disk.get("/orders").status_code == 200


def test_the_api_is_read_though_a_tokens_use_cannot_be_noted(sessions, on_a_full_disk):
    with sessions.writing() as session:
        make_token(session, "erp_test_secret")
    headers = {"Authorization": "Bearer erp_test_secret"}
    assert on_a_full_disk.get("/api/v1/orders", headers=headers).status_code == 200
