"""`erp serve` itself, killed in the midst of its work and started again."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from config.settings import load
from erp.bootstrap import Erp, assemble, utc_now
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.jobs.models import Lease
from erp.orders.lifecycle import NextStep
from erp.orders.models import Order
from suppliers.sandbox.messages import SandboxSupplier
from suppliers.sandbox.process import SandboxProcess, start
from suppliers.sandbox.remote import SandboxRemote
from tests.conftest import ROOT
from tests.factories import make_offer, make_order, make_product, make_supplier

ORDERS = 48
KILLS = 3
PATIENCE_SECONDS = 40.0
SERVE = [sys.executable, "-c", "from erp.cli import main; main()", "serve"]
HURRIED = {
    "ERP_FORWARDING_CALL_TIMEOUT_SECONDS": "1",
    "ERP_FORWARDING_LEASE_SECONDS": "3",
    "ERP_FORWARDING_SETTLE_SECONDS": "1",
    "ERP_FORWARDING_FIRST_RETRY_SECONDS": "1",
    "ERP_JOBS_ROUTE_ORDERS": "1",
    "ERP_JOBS_FORWARD_PURCHASES": "1",
    "ERP_JOBS_RECONCILE_PURCHASES": "1",
    "ERP_JOBS_TRACK_PURCHASES": "1",
    "ERP_TRACKING_POLL_SECONDS": "1",
    "ERP_ROUTING_STALE_AFTER_HOURS": "900000",
}


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SandboxProcess]:
    with start(tmp_path / "sandbox") as process:
        yield process


@pytest.fixture
def erp(tmp_path: Path, sandbox: SandboxProcess) -> Iterator[Erp]:
    """The same folder seen from here, with orders waiting to be routed."""
    erp = assemble(load(tmp_path / "data", {}))
    with erp.sessions.writing() as session:
        supplier = make_supplier(
            session,
            "S1",
            kind="rest",
            base_url=f"{sandbox.url}/s/S1",
            sealed_token=erp.secrets.seal("t"),
            allow_private=True,
        )
        make_offer(session, make_product(session, "A"), supplier, quantity=1000)
        for _ in range(ORDERS):
            make_order(session, (("A", 1, 1000),), next_step=NextStep.ROUTE)
    yield erp
    erp.close()


def test_a_store_killed_three_times_while_it_forwards_sends_everything_once(
    erp: Erp, sandbox: SandboxProcess
) -> None:
    """The supplier is slow, and takes whatever it is sent as a new order."""
    with SandboxRemote(sandbox.url) as remote:
        account = SandboxSupplier(
            code="S1", token="t", guard="none", acknowledge_after=0, ship_after=None
        )
        remote.add_suppliers([account])
        remote.misbehave("S1", "slow", seconds=0.15, times=None)

        def taken() -> int:
            return int(remote.books()["suppliers"]["S1"]["orders"])

        for kill in range(1, KILLS + 1):
            with serving(erp.settings.data) as process:
                aim = kill * ORDERS // (KILLS + 2)
                assert eventually(lambda aim=aim: taken() >= aim)
                process.kill()
            assert taken() < ORDERS, "it was too fast to be killed in the midst"
            let_leadership_run_out(erp)
        with serving(erp.settings.data):
            assert eventually(lambda: all_accepted(erp)), statuses(erp)
        books = remote.books()["suppliers"]["S1"]

    assert books["duplicates"] == []
    assert [each["orders"] for each in books["references"].values()] == [1] * ORDERS
    with erp.sessions.reading() as session:
        names = set(session.exec(select(Order.name)))
    assert {each["order_name"] for each in books["references"].values()} == names


@contextmanager
def serving(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [*SERVE, "--data", str(data), "--port", "0"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | HURRIED,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def let_leadership_run_out(erp: Erp) -> None:
    """Twenty seconds pass: nobody waits for them here."""
    with erp.sessions.writing() as session:
        for lease in session.exec(select(Lease)):
            lease.until = utc_now() - timedelta(seconds=1)


def eventually(holds: Callable[[], bool]) -> bool:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up_at:
        if holds():
            return True
        time.sleep(0.02)
    return False


def statuses(erp: Erp) -> list[PurchaseStatus]:
    with erp.sessions.reading() as session:
        query = select(PurchaseOrder.status).order_by(col(PurchaseOrder.id))
        return list(session.exec(query))


def all_accepted(erp: Erp) -> bool:
    return statuses(erp) == [PurchaseStatus.ACCEPTED] * ORDERS
