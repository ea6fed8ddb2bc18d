"""A fresh, empty store for each test, and the moment at which it stands."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

import erp.accounts.models
import erp.alerts.models
import erp.fulfilment.models
import erp.jobs.models
import erp.kpis.models
import erp.orders.models
import inventory.models
import suppliers.models  # noqa: F401  every table is known to the metadata
from config.database import Sessions, connect, metadata


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
