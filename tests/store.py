"""A fresh, empty store for each test, and the moment at which it stands."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from config.database import Sessions, connect
from erp.migrations.tables import metadata


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def sessions() -> Iterator[Sessions]:
    """An in-memory store with every table."""
    engine = connect("sqlite://")
    metadata.create_all(engine)
    yield Sessions(engine)
    engine.dispose()


@pytest.fixture
def both_sessions(database_url: str) -> Iterator[Sessions]:
    """A store on disk, once on SQLite and once on PostgreSQL."""
    engine = connect(database_url)
    metadata.create_all(engine)
    yield Sessions(engine)
    engine.dispose()
