"""The crash matrix: real processes of ours, killed at every step of forwarding.

The supplier has no guard against duplicates at all: whoever sends twice is seen.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlmodel import col, select

from config.database import Sessions, connect
from config.secrets import Secrets
from erp.fulfilment.models import PurchaseOrder
from erp.migrations.tables import metadata
from erp.orders.lifecycle import NextStep, OrderStatus
from erp.orders.models import Order
from suppliers.sandbox.messages import SandboxSupplier
from suppliers.sandbox.process import SandboxProcess, start
from suppliers.sandbox.remote import SandboxRemote
from tests.conftest import ROOT
from tests.factories import make_offer, make_order, make_product, make_supplier
from tests.journeys.crashing import POINTS

ORDERS = 3
LONGEST_SECONDS = 40.0
# What a supplier must do for a process to come to this point at all.
TROUBLE: dict[str, dict[str, Any]] = {
    "during the call": {"kind": "hang", "when": "after", "seconds": 3},
    "before the look-up": {"kind": "lose_answer", "when": "before"},
    "after the look-up": {"kind": "lose_answer", "when": "after"},
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


@dataclass
class Store:
    """A store on disk with orders to route, and a supplier in its own process."""

    url: str
    key: bytes
    remote: SandboxRemote
    code: str
    sessions: Sessions

    def run(self, point: str) -> subprocess.CompletedProcess[str]:
        """A process that goes on until nothing is owed, or is killed at the point."""
        books = f"{self.remote.url}/control/books"
        command = [sys.executable, "-m", "tests.journeys.crashing"]
        return subprocess.run(
            [*command, self.url, self.key.decode(), books, point],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
        )

    def counted(self) -> list[tuple[int, str]]:
        """Orders made under each reference, with the customer's order."""
        books = self.remote.books()["suppliers"][self.code]["references"]
        return sorted((each["orders"], each["order_name"]) for each in books.values())

    def statuses(self) -> list[str]:
        query = select(PurchaseOrder.status).order_by(col(PurchaseOrder.id))
        with self.sessions.reading() as session:
            return [status.value for status in session.exec(query)]

    def orders(self) -> list[tuple[str, OrderStatus]]:
        with self.sessions.reading() as session:
            return list(session.exec(select(Order.name, Order.status)))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with start(tmp_path_factory.mktemp("sandbox")) as process:
        yield process


@pytest.fixture
def store(
    request: pytest.FixtureRequest, tmp_path: Path, sandbox: SandboxProcess
) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path / 'erp.sqlite3'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    engine = connect(url)
    metadata.create_all(engine)
    code = f"S{abs(hash(str(tmp_path)))}"
    key = Fernet.generate_key()
    with SandboxRemote(sandbox.url) as remote:
        remote.behave()
        store = Store(url, key, remote, code, Sessions(engine))
        stock_up(store)
        yield store
    engine.dispose()


def stock_up(store: Store) -> None:
    habits = SandboxSupplier(
        code=store.code, token="t", guard="none", acknowledge_after=0, ship_after=None
    )
    store.remote.add_suppliers([habits])
    with store.sessions.writing() as session:
        supplier = make_supplier(
            session,
            store.code,
            kind="rest",
            base_url=store.remote.base_url(store.code),
            sealed_token=Secrets(store.key).seal("t"),
            allow_private=True,
        )
        make_offer(session, make_product(session, "A"), supplier)
        for _ in range(ORDERS):
            make_order(session, (("A", 1, 1000),), next_step=NextStep.ROUTE)


@pytest.mark.parametrize(("store", "point"), MATRIX, indirect=["store"])
def test_a_process_killed_at_any_step_loses_nothing_and_sends_nothing_twice(
    store: Store, point: str
) -> None:
    if point in TROUBLE:
        trouble = TROUBLE[point]
        store.remote.misbehave(store.code, **trouble)

    killed = store.run(point)
    assert killed.stdout == f"killed {point}\n", killed.stderr
    assert killed.returncode != 0

    went_on = store.run("nowhere")

    assert (went_on.returncode, went_on.stdout) == (0, ""), went_on.stderr
    assert store.statuses() == ["accepted"] * ORDERS
    names = sorted(name for name, _ in store.orders())
    assert store.counted() == [(1, name) for name in names]
    assert {status for _, status in store.orders()} == {OrderStatus.ALLOCATED}
