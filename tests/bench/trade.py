"""A store with two sandbox suppliers, its `erp serve`, and orders for both of them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlmodel import Session

from config.database import Sessions
from config.settings import load
from erp.bootstrap import Erp, assemble
from suppliers.sandbox.messages import SandboxStock, SandboxSupplier
from suppliers.sandbox.process import SandboxProcess, start
from suppliers.sandbox.remote import SandboxRemote
from tests.bench.processes import PATIENCE, NotHere, Running, compiled, erp
from tests.factories import make_offer, make_product, make_supplier, make_token

SUPPLIERS = ("S1", "S2")
PRODUCTS = 100  # of each supplier
STOCK = 1_000_000
TOKEN = "erp_bench_secret"
# Seconds after an order reached the supplier: a story of six days, told quickly.
HABITS = {"acknowledge_after": 1, "ship_after": 4, "deliver_after": 8}
# Jobs tick as often as they do by default, but suppliers are polled every two seconds
# instead of every sixty, so that a round does not last minutes.
OPTIONS = {"ERP_TRACKING_POLL_SECONDS": "2", "ERP_JOBS_TRACK_PURCHASES": "2"}
DONE = "SELECT count(*) FROM customer_order WHERE status = 'delivered'"
EVERYTHING = "SELECT count(*) FROM customer_order"


@dataclass
class Trade:
    """Everything runs; `post` sends orders, `wait` lets them be delivered."""

    parts: Erp
    serve: Running
    client: httpx.Client
    posted: int = 0

    @property
    def sessions(self) -> Sessions:
        return self.parts.sessions

    def post(self, orders: int, batch: int) -> None:
        """Send so many orders, in batches; a batch of one is a single order."""
        sent = 0
        while sent < orders:
            bodies = [self._order() for _ in range(min(batch, orders - sent))]
            sent += len(bodies)
            body: Any = bodies[0] if batch == 1 else bodies
            answer = self.client.post("/api/v1/orders", json=body)
            if answer.status_code not in (200, 201) or '"refused": 1' in answer.text:
                raise NotHere(f"orders were not taken: {answer.text[:300]}")

    def wait(self) -> None:
        """Until every order was delivered. Looks once a second, from outside."""
        ends = time.monotonic() + 5 * PATIENCE
        while self._count(DONE) < self.posted:
            if time.monotonic() > ends:
                raise NotHere(f"only {self._count(DONE)} of {self.posted} delivered")
            time.sleep(1)

    def _count(self, question: str) -> int:
        with self.sessions.reading() as session:
            found = session.connection().exec_driver_sql(question).scalar()
            return int(found or 0)

    def _order(self) -> dict[str, Any]:
        """Two lines at two suppliers, for a customer of its own."""
        self.posted += 1
        number = self.posted
        now = datetime.now(UTC).isoformat()
        lines = [
            {"sku": f"{code}-{number % PRODUCTS}", "quantity": 1, "unit_price": "20.00"}
            for code in SUPPLIERS
        ]
        return {
            "channel": "web",
            "external_id": f"bench-{number}",
            "name": f"#{number}",
            "currency": "USD",
            "placed_at": now,
            "paid_at": now,
            "payment": "paid",
            "email": f"customer{number}@example.com",
            "ship_to": {
                "name": f"Customer {number}",
                "address1": f"{number} Long Street",
                "city": "London",
                "postal_code": "N1 1AA",
                "country": "GB",
            },
            "lines": lines,
            "total": "40.00",
        }


@contextmanager
def trade(folder: Path) -> Iterator[Trade]:
    environment = {**compiled(folder / "bytecode"), **OPTIONS}
    with start(folder / "sandbox") as sandbox:
        parts = assemble(load(folder / "store", {}))
        try:
            _prepare(parts, sandbox)
            data = str(folder / "store")
            with (
                erp(
                    "serve", "--data", data, "--port", "0", environment=environment
                ) as serve,
                httpx.Client(
                    base_url=serve.url,
                    headers={"Authorization": f"Bearer {TOKEN}"},
                    timeout=PATIENCE,
                ) as client,
            ):
                yield Trade(parts, serve, client)
        finally:
            parts.close()


def _prepare(parts: Erp, sandbox: SandboxProcess) -> None:
    with SandboxRemote(sandbox.url) as remote:
        remote.add_suppliers(
            [SandboxSupplier(code=code, token="t", **HABITS) for code in SUPPLIERS]
        )
        for code in SUPPLIERS:
            skus = [f"{code}-{code}-{number}" for number in range(PRODUCTS)]
            remote.set_stock(
                code,
                [SandboxStock(sku=sku, quantity=STOCK) for sku in skus],
            )
    with parts.sessions.writing() as session:
        make_token(session, TOKEN)
        for code in SUPPLIERS:
            _add_supplier(session, parts, code, f"{sandbox.url}/s/{code}")


def _add_supplier(session: Session, parts: Erp, code: str, url: str) -> None:
    now = parts.clock()
    supplier = make_supplier(
        session,
        code,
        kind="rest",
        base_url=url,
        sealed_token=parts.secrets.seal("t"),
        allow_private=True,
    )
    for number in range(PRODUCTS):
        product = make_product(session, f"{code}-{number}")
        make_offer(session, product, supplier, quantity=STOCK, as_of=now)
