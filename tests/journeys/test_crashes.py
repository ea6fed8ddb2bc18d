"""The crash matrix: the real `erp serve`, killed at every step of forwarding.

The supplier has no guard against duplicates at all: whoever sends twice is seen.
"""

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from erp.bootstrap import Erp
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder, Shipment
from erp.jobs.models import JobRun, RunOutcome
from erp.orders.lifecycle import NextStep, OrderStatus
from erp.orders.models import Order
from suppliers.sandbox.process import SandboxProcess, start
from suppliers.sandbox.remote import SandboxRemote
from tests.conftest import ROOT
from tests.factories import make_order
from tests.journeys.crashing import KILL, POINTS
from tests.journeys.stocked import let_leases_run_out, stock, teach
from tests.running import PATIENCE_SECONDS, QUICKLY, serving, until

ORDERS = 3
AT_A_TIME = 16  # orders that come in between two kills
HURRIED = QUICKLY | {
    "ERP_FORWARDING_SETTLE_SECONDS": "1",
    "ERP_FORWARDING_FIRST_RETRY_SECONDS": "1",
}
SHORT_LEASES = {  # of calls; shorter than the scheduler's own
    "ERP_FORWARDING_CALL_TIMEOUT_SECONDS": "5",
    "ERP_FORWARDING_LEASE_SECONDS": "15",
}
# What a supplier must do for a process to come to this point for sure.
TROUBLE: dict[str, list[dict[str, Any]]] = {
    "during the call": [{"kind": "hang", "seconds": 3}],
    "before the look-up": [{"kind": "lose_answer", "when": "before"}],
    "after the look-up": [
        {"kind": "lose_answer"},
        {"kind": "fail", "on": "changes", "times": None},  # it would tell of it there
    ],
}
ON_POSTGRESQL = (
    "before the claim is committed",
    "after the call",
    "after the look-up",
)
MATRIX = [
    *[("sqlite", point) for point in POINTS],
    *[("postgresql", point) for point in ON_POSTGRESQL],
]
_codes = (f"S{number}" for number in itertools.count(1))


@dataclass
class Store:
    """A store seen from outside its process, and its supplier in another."""

    erp: Erp
    environment: dict[str, str]
    remote: SandboxRemote
    code: str

    def order(self, count: int) -> None:
        """Customers order; nobody has looked at it yet."""
        with self.erp.sessions.writing() as session:
            for _ in range(count):
                make_order(session, ((self.code, 1, 1000),), next_step=NextStep.ROUTE)

    def teach_to_accept(self) -> None:
        """Its supplier accepts at once, ships nothing, and sees no duplicates."""
        given = {"guard": "none", "acknowledge_after": 0, "ship_after": None}
        teach(self.remote, self.code, **given)

    def serve_until_killed(self, point: str) -> None:
        """`erp serve`; fails if it does not come to the point, or survives it."""
        command = ["serve", "--data", str(self.erp.settings.data), "--port", "0"]
        try:
            ended = subprocess.run(
                [sys.executable, "-m", "tests.journeys.crashing", point, *command],
                cwd=ROOT,
                env=os.environ | self.environment,
                capture_output=True,
                text=True,
                timeout=PATIENCE_SECONDS,
            )
        except subprocess.TimeoutExpired as late:
            pytest.fail(f"it never came to the point: {late.stderr!r}")
        assert ended.stdout.splitlines()[-1:] == [f"killed {point}"], ended.stderr
        assert abs(ended.returncode) == KILL

    def statuses(self) -> list[PurchaseStatus]:
        with self.erp.sessions.reading() as session:
            query = select(PurchaseOrder.status).order_by(col(PurchaseOrder.id))
            return list(session.exec(query))

    def are_all(self, status: PurchaseStatus, count: int) -> bool:
        return self.statuses() == [status] * count

    def taken(self) -> int:
        return int(self.books()["orders"])

    def books(self) -> dict[str, Any]:
        """The supplier's own."""
        books: dict[str, Any] = self.remote.books()["suppliers"][self.code]
        return books

    def check_that_each_order_was_sent_once(self) -> None:
        with self.erp.sessions.reading() as session:
            names = sorted(session.exec(select(Order.name)))
            references = sorted(session.exec(select(PurchaseOrder.reference)))
        books = self.books()
        assert books["duplicates"] == []
        assert sorted(books["references"]) == references
        sent = books["references"].values()
        counted = sorted((each["order_name"], each["orders"]) for each in sent)
        assert counted == [(name, 1) for name in names]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with start(tmp_path_factory.mktemp("sandbox")) as process:
        yield process


@pytest.fixture
def store(
    request: pytest.FixtureRequest, tmp_path: Path, sandbox: SandboxProcess
) -> Iterator[Store]:
    options = {}
    if request.param == "postgresql":
        options["ERP_DATABASE_URL"] = request.getfixturevalue("postgres_url")
    with opened(tmp_path / "data", sandbox, **options) as store:
        yield store


@contextmanager
def opened(data: Path, sandbox: SandboxProcess, **options: str) -> Iterator[Store]:
    code = next(_codes)
    stocked = stock(data, [code], sandbox.url, **options)
    with (
        SandboxRemote(sandbox.url) as remote,
        stocked.opened(**options) as erp,
    ):
        yield Store(erp, HURRIED | options, remote, code)
        remote.behave(code)


@pytest.mark.parametrize(("store", "point"), MATRIX, indirect=["store"])
def test_serve_killed_at_any_step_loses_nothing_and_sends_nothing_twice(
    store: Store, point: str
) -> None:
    teach(
        store.remote,
        store.code,
        guard="none",
        acknowledge_after=0,
        ship_after=0,
        deliver_after=1,
    )
    for trouble in TROUBLE.get(point, []):
        store.remote.misbehave(store.code, **trouble)
    store.order(ORDERS)

    store.serve_until_killed(point)
    assert not store.are_all(PurchaseStatus.DELIVERED, ORDERS)
    store.remote.behave(store.code)
    let_leases_run_out(store.erp)
    with serving(store.erp.settings.data, **store.environment) as program:
        until(lambda: store.are_all(PurchaseStatus.DELIVERED, ORDERS), program.logged)

    store.check_that_each_order_was_sent_once()
    with store.erp.sessions.reading() as session:
        parcels = session.exec(select(Shipment.purchase_order_id)).all()
        orders = session.exec(select(Order.status)).all()
        outcomes = session.exec(select(JobRun.outcome)).all()
    assert len(parcels) == len(set(parcels)) == ORDERS
    assert set(orders) == {OrderStatus.DELIVERED}
    assert RunOutcome.FAILED not in outcomes


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_store_killed_in_the_midst_goes_on_with_nobodys_help(store: Store) -> None:
    """Real leases run out in real time; the supplier is slow to answer."""
    store.teach_to_accept()
    store.remote.misbehave(store.code, "slow", seconds=0.5, times=None)
    environment = store.environment | SHORT_LEASES

    with serving(store.erp.settings.data, **environment) as killed:
        store.order(AT_A_TIME)
        until(lambda: store.taken() > 0, killed.logged)
        killed.process.kill()
    store.order(AT_A_TIME)
    with serving(store.erp.settings.data, **environment) as program:
        wanted = 2 * AT_A_TIME
        until(lambda: len(store.statuses()) == wanted, program.logged)
        until(lambda: store.are_all(PurchaseStatus.ACCEPTED, wanted), program.logged)

    store.check_that_each_order_was_sent_once()
