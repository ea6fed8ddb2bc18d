"""A back office over an empty store, and browsers that may be signed in to it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config.database import Sessions
from config.secrets import secrets_in
from config.settings import load
from erp.accounts.models import Role
from erp.accounts.sign_in import open_session
from erp.bootstrap import Erp, assemble
from erp.web.app import create_app
from tests.factories import make_account


@dataclass
class MovedClock:
    """The time is what the test says it is."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def move(self, **span: float) -> None:
        self.at += timedelta(**span)


class Browser(FlaskClient):
    """A client that fills the form token in, as a page of ours would."""

    form_token = ""

    def open(self, *args: object, **kwargs: object) -> TestResponse:
        """Answers are read to their end at once, so that no file stays open."""
        return super().open(*args, **{"buffered": True, **kwargs})

    def submit(self, path: str, follow: bool = False, **fields: object) -> TestResponse:
        data = {"csrf_token": self.form_token, **fields}
        return self.post(path, data=data, follow_redirects=follow)

    def take_token(self, page: TestResponse) -> None:
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert found, page.text
        self.form_token = found[1]


@pytest.fixture
def clock(now: datetime) -> MovedClock:
    return MovedClock(now)


@pytest.fixture
def settings_given() -> dict[str, str]:
    """ERP_… options of the application; override in a test module to change some."""
    return {}


@pytest.fixture(scope="session")
def assembled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Erp]:
    """The parts as an entry point gets them; each test puts its own store in."""
    erp = assemble(load(tmp_path_factory.mktemp("erp"), {}))
    yield erp
    erp.close()


@pytest.fixture
def app_over(
    assembled: Erp,
    tmp_path: Path,
    clock: MovedClock,
    settings_given: dict[str, str],
) -> Callable[[Sessions], Flask]:
    """`app_over(sessions)` is a back office over that store."""

    def build(store: Sessions) -> Flask:
        parts = replace(
            assembled,
            settings=load(tmp_path, settings_given),
            sessions=store,
            secrets=secrets_in(tmp_path),
            clock=clock,
        )
        app = create_app(parts)
        app.test_client_class = Browser
        return app

    return build


@pytest.fixture
def app(sessions: Sessions, app_over: Callable[[Sessions], Flask]) -> Flask:
    return app_over(sessions)


@pytest.fixture
def visitor(app: Flask) -> Browser:
    """Nobody is signed in."""
    return app.test_client()


@pytest.fixture
def sign_in_as(
    app: Flask, sessions: Sessions, clock: MovedClock
) -> Callable[[Role], Browser]:
    """`sign_in_as(Role.VIEWER)` is a browser where such an account is signed in."""

    def sign_in(role: Role = Role.OWNER) -> Browser:
        with sessions.writing() as session:
            account = make_account(session, f"{role.value}@example.com", role)
            opened = open_session(session, account.id, clock())
        client = app.test_client()
        client.set_cookie("erp_login", opened.secret)
        client.take_token(client.get("/settings"))
        return client

    return sign_in
