"""The time is the database's, whatever the machine believes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from config.database import connect
from erp.carrier import clock as clock_module
from erp.carrier.clock import DatabaseClock


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    made = connect(postgres_url)
    yield made
    made.dispose()


def told_by(engine: Engine) -> datetime:
    with engine.connect() as connection:
        told: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar()
    return told


def test_it_goes_on_from_what_the_database_said(engine: Engine) -> None:
    clock = DatabaseClock(engine)
    before = told_by(engine)
    assert (
        before - timedelta(seconds=1) < clock() < told_by(engine) + timedelta(seconds=1)
    )
    assert clock().tzinfo is UTC
    assert clock() <= clock()


def test_it_asks_again_after_a_while(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = DatabaseClock(engine)
    wrong = datetime(2020, 1, 1, tzinfo=UTC)
    clock._told = wrong, clock._told[1]
    assert clock().year == 2020
    monkeypatch.setattr(clock_module, "AGAIN_SECONDS", 0.0)
    assert clock().year > 2020


def test_it_goes_on_while_the_database_is_away(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = DatabaseClock(engine)
    clock._engine = connect(engine.url.set(port=1).render_as_string())
    monkeypatch.setattr(clock_module, "AGAIN_SECONDS", 0.0)
    before = clock()
    assert before <= clock() < before + timedelta(seconds=30)
    clock._engine.dispose()
