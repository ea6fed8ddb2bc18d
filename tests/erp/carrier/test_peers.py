"""Jobs are taken up, also those of a worker that died, and none is done for ever."""

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from config.database import connect
from erp.carrier.installing import install
from erp.carrier.peers import Peers
from erp.migrations.upgrading import upgrade
from tests.running import PATIENCE_SECONDS, until

Ran = queue.Queue[tuple[str, str]]


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    made = connect(postgres_url)
    upgrade(made)
    install(made)
    yield made
    made.dispose()


@contextmanager
def working(engine: Engine) -> Iterator[Ran]:
    """A worker whose steps only tell that they were run."""
    ran: Ran = queue.Queue()
    url = engine.url.render_as_string(hide_password=False)
    peers = Peers(url, lambda step, slot: ran.put((step, slot)))
    peers.start()
    yield ran
    peers.stop()


def execute(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def add_job(key: int) -> str:
    return f"SELECT erp_hand_over(ARRAY[erp_job('send_mail', {key}, NULL)])"


DEAD_WORKER = (
    "INSERT INTO procrastinate_workers (last_heartbeat) "
    "VALUES (now() - interval '1 minute')"
)
TAKEN_BY_IT = (
    "UPDATE procrastinate_jobs SET status = 'doing', "
    "worker_id = (SELECT max(id) FROM procrastinate_workers)"
)


def jobs_left(engine: Engine) -> int:
    with engine.connect() as connection:
        asked = text("SELECT count(*) FROM procrastinate_jobs")
        return connection.execute(asked).scalar_one()


def test_a_job_is_taken_up_and_leaves_nothing_behind(engine: Engine) -> None:
    with working(engine) as ran:
        execute(engine, add_job(7))
        assert ran.get(timeout=PATIENCE_SECONDS) == ("send_mail", "job 1.0.0")
        until(lambda: jobs_left(engine) == 0)


def test_the_job_of_a_worker_that_died_is_taken_over(engine: Engine) -> None:
    execute(engine, add_job(7), DEAD_WORKER, TAKEN_BY_IT)
    with working(engine) as ran:
        assert ran.get(timeout=PATIENCE_SECONDS) == ("send_mail", "job 1.1.0")
        until(lambda: jobs_left(engine) == 0)


def test_a_dead_workers_job_gives_way_to_a_newer_one_for_the_same_row(
    engine: Engine,
) -> None:
    execute(engine, add_job(7), DEAD_WORKER, TAKEN_BY_IT)
    later = "now() + interval '1 day'"
    execute(
        engine,
        add_job(7),
        f"UPDATE procrastinate_jobs SET scheduled_at = {later} WHERE id = 2",
    )
    with working(engine):
        until(lambda: jobs_left(engine) == 1)
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT id FROM procrastinate_jobs"))
        assert kept.scalars().all() == [2]


def test_a_worker_without_a_database_can_still_be_stopped(engine: Engine) -> None:
    url = engine.url.set(port=1).render_as_string(hide_password=False)
    before = threading.active_count()
    peers = Peers(url, lambda _step, _slot: None)

    peers.start()
    assert threading.active_count() > before
    peers.stop()

    assert threading.active_count() == before
