"""Stores of either kind, and a sandbox for the suppliers of every story."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlmodel import Session

from config.database import Sessions, connect
from config.secrets import Secrets
from erp.migrations.tables import metadata
from suppliers.registry import Clients
from suppliers.sandbox.process import SandboxProcess, start
from suppliers.sandbox.remote import SandboxRemote
from tests.erp.fulfilment.trade import Trade
from tests.factories import NOW
from tests.postgres import Postgres


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """One sandbox for all stories; each has suppliers of its own."""
    with start(tmp_path_factory.mktemp("town")) as process:
        yield process


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "erp.sqlite3"
    _create_all(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> Iterator[str]:
    with postgres.database() as url:
        _create_all(url)
        yield url.rsplit("/", 1)[1]


def _create_all(url: str) -> None:
    engine = connect(url)
    metadata.create_all(engine)
    engine.dispose()


@pytest.fixture
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sessions]:
    """A store with every table: a copy, which is quick. `EVERYWHERE` asks for both."""
    with ExitStack() as stack:
        if getattr(request, "param", "sqlite") == "sqlite":
            template = request.getfixturevalue("sqlite_template")
            url = f"sqlite:///{shutil.copy(template, tmp_path)}"
        else:
            server: Postgres = request.getfixturevalue("postgres")
            template = request.getfixturevalue("postgres_template")
            url = stack.enter_context(server.database(template))
        engine = connect(url)
        stack.callback(engine.dispose)
        yield Sessions(engine)


@pytest.fixture
def trade(store: Sessions, town: SandboxProcess) -> Iterator[Trade]:
    with SandboxRemote(town.url) as remote:
        remote.behave()
        remote.set_clock(NOW)
        trade = Trade(
            store, remote, Clients(lambda: NOW), Secrets(Fernet.generate_key())
        )
        yield trade
        trade.clients.close()


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    """One open transaction on an in-memory store."""
    with sessions.writing() as session:
        yield session
