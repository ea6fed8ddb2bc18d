"""One suite for both ways in which work is carried, by real processes.

On SQLite the scheduler's ticks find it. On PostgreSQL these come once an hour here, so
that only the jobs can have carried what was done.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from erp.carrier.due import STEPS
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.jobs.models import JobRun
from erp.jobs.runner import request_run
from erp.orders.lifecycle import NextStep
from suppliers.sandbox.process import SandboxProcess, start
from tests.factories import make_order
from tests.journeys.stocked import let_leases_run_out
from tests.journeys.test_crashes import Store, opened
from tests.postgres import (
    Postgres,
    initialise,
    serving,
    some_port,
    usable_binaries,
)
from tests.running import ERP, Program, erp, until

MINUTES = 5 * 60
RARELY = {f"ERP_JOBS_{step.upper()}": "3600" for step in STEPS}
WRONG = "tests.journeys.elsewhere"


@dataclass
class Carried:
    """A store whose work is carried in one of the two ways."""

    store: Store
    environment: dict[str, str]

    @property
    def by_jobs(self) -> bool:
        return self.store.erp.sessions.engine.dialect.name == "postgresql"

    @contextmanager
    def worker(self, name: str = "worker", off: int = 0) -> Iterator[Program]:
        """`erp worker`, on a machine whose clock may be off by seconds."""
        command = (sys.executable, "-m", WRONG, str(off)) if off else ERP
        data = self.store.erp.settings.data
        with erp("worker", data, by=command, name=name, **self.environment) as program:
            yield program

    def sent(self, count: int) -> bool:
        return self.store.are_all(PurchaseStatus.ACCEPTED, count)

    def waiting_jobs(self) -> int:
        """Of those that are due now."""
        asked = text(
            "SELECT count(*) FROM procrastinate_jobs "
            "WHERE scheduled_at IS NULL OR scheduled_at <= now()"
        )
        with self.store.erp.sessions.reading() as session:
            return session.connection().execute(asked).scalar_one()

    def slots(self, job: str) -> list[str]:
        with self.store.erp.sessions.reading() as session:
            return list(session.exec(select(JobRun.slot).where(JobRun.job == job)))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with start(tmp_path_factory.mktemp("sandbox")) as process:
        yield process


@pytest.fixture(params=["embedded", "procrastinate"])
def carried(
    request: pytest.FixtureRequest, tmp_path: Path, sandbox: SandboxProcess
) -> Iterator[Carried]:
    options = {}
    if request.param == "procrastinate":
        options["ERP_DATABASE_URL"] = request.getfixturevalue("postgres_url")
    with carrying(tmp_path / "data", sandbox, options) as carried:
        yield carried


@contextmanager
def carrying(
    data: Path, sandbox: SandboxProcess, options: dict[str, str]
) -> Iterator[Carried]:
    with opened(data, sandbox, **options) as store:
        store.teach_to_accept()
        yield Carried(store, store.environment | (RARELY if options else {}))


def test_work_is_taken_up_as_it_comes(carried: Carried) -> None:
    with carried.worker() as program:
        carried.store.order(3)
        until(lambda: carried.sent(3), program.logged)
    carried.store.check_that_each_order_was_sent_once()
    if carried.by_jobs:
        assert all(slot.startswith("job ") for slot in carried.slots("route_orders"))
        assert carried.waiting_jobs() == 0


def test_work_that_is_rolled_back_is_nobodys(carried: Carried) -> None:
    def fail(session: Session) -> None:
        make_order(session, ((carried.store.code, 1, 1000),), next_step=NextStep.ROUTE)
        raise RuntimeError("the order was bad")

    with carried.worker() as program:
        with (
            pytest.raises(RuntimeError),
            carried.store.erp.sessions.writing() as session,
        ):
            fail(session)
        carried.store.order(1)
        until(lambda: carried.sent(1), program.logged)
    assert carried.store.taken() == 1


def test_work_that_is_asked_for_twice_is_done_once(carried: Carried) -> None:
    with carried.worker() as program:
        carried.store.order(2)
        until(lambda: carried.sent(2), program.logged)
        before = len(carried.slots("forward_purchases"))
        ask_again(carried)
        carried.store.order(1)
        until(lambda: carried.sent(3), program.logged)
        until(lambda: len(carried.slots("forward_purchases")) > before)
    carried.store.check_that_each_order_was_sent_once()


def ask_again(carried: Carried) -> None:
    """By hand where ticks carry, by a second job for each row where jobs do."""
    sessions, now = carried.store.erp.sessions, carried.store.erp.clock()
    with sessions.writing() as session:
        if not carried.by_jobs:
            request_run(session, "forward_purchases", now, by="a test")
            return
        again = "SELECT erp_hand_over(array_agg(erp_job('{}', id, NULL))) FROM {}"
        for step, table in (
            ("forward_purchases", "purchase_order"),
            ("route_orders", "customer_order"),
        ):
            session.connection().execute(text(again.format(step, table)))


def test_a_peer_takes_over_from_a_worker_killed_in_the_midst(carried: Carried) -> None:
    store = carried.store
    store.remote.misbehave(store.code, "hang", seconds=60)
    with carried.worker("first") as first:
        store.order(1)
        until(lambda: store.taken() == 1, first.logged)
        with carried.worker("second") as second:
            first.process.kill()
            first.process.wait()
            store.remote.behave(store.code)
            let_leases_run_out(store.erp)
            store.order(2)
            until(lambda: carried.sent(3), second.logged)
    store.check_that_each_order_was_sent_once()


@pytest.mark.parametrize("off", [-MINUTES, MINUTES], ids=["slow", "fast"])
def test_a_clock_that_is_minutes_off_neither_loses_nor_doubles(
    carried: Carried, off: int
) -> None:
    """Where many machines work, one of them has the right time."""
    with ExitStack() as running:
        wrong = running.enter_context(carried.worker("wrong", off))
        if carried.by_jobs:
            running.enter_context(carried.worker("right"))
        for count in (8, 16):
            carried.store.order(8)
            until(lambda count=count: carried.sent(count), wrong.logged)
    carried.store.check_that_each_order_was_sent_once()


def test_a_retry_waits_until_it_is_due(carried: Carried) -> None:
    store = carried.store
    store.remote.misbehave(store.code, "rate_limit", on="submit", seconds=1)
    with carried.worker() as program:
        store.order(1)
        until(lambda: carried.sent(1), program.logged)
    with store.erp.sessions.reading() as session:
        attempts = session.exec(select(col(PurchaseOrder.attempts))).one()
    assert attempts == 2
    store.check_that_each_order_was_sent_once()


def test_pages_without_a_worker_leave_the_work_to_one(carried: Carried) -> None:
    data = carried.store.erp.settings.data
    with (
        erp(
            "serve", data, "--port", "0", "--no-worker", **carried.environment
        ) as pages,
        pages.client() as client,
    ):
        carried.store.order(1)
        assert client.get("/healthz").status_code == 503, "nobody works"
        with carried.worker() as program:
            until(lambda: carried.sent(1), program.logged)
            until(lambda: client.get("/healthz").status_code == 200)


@dataclass
class OwnPostgres:
    """A server that a test may restart."""

    binaries: Path
    home: Path
    port: int

    def running(self):
        return serving(self.binaries, self.home, self.port)


@pytest.fixture
def own_postgres() -> Iterator[OwnPostgres]:
    home = Path(tempfile.mkdtemp(prefix="erp-postgres-"))
    try:
        binaries = usable_binaries(home)
        initialise(binaries, home)
        yield OwnPostgres(binaries, home, some_port())
    finally:
        shutil.rmtree(home)


def test_work_goes_on_when_the_database_was_restarted(
    own_postgres: OwnPostgres, tmp_path: Path, sandbox: SandboxProcess
) -> None:
    url = Postgres(own_postgres.port).url("postgres")
    options = {"ERP_DATABASE_URL": url}
    with ExitStack() as running:
        server = running.enter_context(ExitStack())
        server.enter_context(own_postgres.running())
        data = tmp_path / "data"
        carried = running.enter_context(carrying(data, sandbox, options))
        program = running.enter_context(carried.worker())
        carried.store.order(2)
        until(lambda: carried.sent(2), program.logged)
        server.close()  # with whatever is connected
        server.enter_context(own_postgres.running())
        carried.store.order(2)
        until(lambda: carried.sent(4), program.logged)
        assert program.process.poll() is None
        carried.store.check_that_each_order_was_sent_once()
