from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from suppliers.contract import (
    PurchaseItem,
    PurchaseRequest,
    Recipient,
    SupplierClient,
)
from suppliers.registry import Clients, Connection
from suppliers.sandbox.messages import SandboxSupplier
from suppliers.sandbox.process import SandboxProcess, start
from suppliers.sandbox.remote import SandboxRemote
from tests.suppliers.ways import PLAIN, WAYS, Way

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
numbers = count(1)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory) -> Iterator[SandboxProcess]:
    with start(tmp_path_factory.mktemp("sandbox")) as process:
        yield process


@pytest.fixture
def remote(sandbox) -> Iterator[SandboxRemote]:
    with SandboxRemote(sandbox.url) as remote:
        remote.behave()
        remote.set_clock(NOON)
        yield remote


@pytest.fixture
def clients() -> Iterator[Clients]:
    clients = Clients(clock=lambda: NOON)
    yield clients
    clients.close()


@dataclass(frozen=True)
class Desk:
    """A fresh supplier in the sandbox, and a client that speaks to it in its way."""

    code: str
    remote: SandboxRemote
    clients: Clients
    way: Way = PLAIN

    def client(self, **changed: Any):
        base_url = self.remote.base_url(self.code, self.way.wire)
        connection = {
            "supplier_id": hash(self.code),
            "kind": self.way.kind,
            "code": self.code,
            "base_url": base_url,
            "token": f"token of {self.code}",
            "options": self.way.options(base_url),
            "read_seconds": 5.0,
            "allow_private": True,
        }
        return self.clients.client_for(Connection(**{**connection, **changed}))

    def misbehave(self, kind: str, **details: Any) -> None:
        self.remote.misbehave(self.code, kind, **details)

    def counted(self, reference: str) -> tuple[int, int]:
        """Orders made and posts received under a reference."""
        books = self.remote.books()["suppliers"][self.code]["references"]
        entry = books.get(reference, {"orders": 0, "posts": 0})
        return entry["orders"], entry["posts"]


@pytest.fixture
def new_desk(remote, clients) -> Callable[..., Desk]:
    def create(way: Way = PLAIN, **habits: Any) -> Desk:
        code = f"T{next(numbers)}"
        told = {"code": code, "token": f"token of {code}", **way.habits, **habits}
        remote.add_suppliers([SandboxSupplier(**told)])
        return Desk(code, remote, clients, way)

    return create


@pytest.fixture
def desk(new_desk) -> Desk:
    return new_desk()


@pytest.fixture(params=WAYS.values(), ids=WAYS.keys())
def way(request) -> Way:
    return request.param


@pytest.fixture
def client(desk) -> SupplierClient:
    return desk.client()


@pytest.fixture
def request_for() -> Callable[..., PurchaseRequest]:
    def create(reference: str = "PO-1", **changed: Any) -> PurchaseRequest:
        wanted = changed.pop("wanted", {"A-1": 2, "B-2": 1})
        request = {
            "reference": reference,
            "order_name": f"#{reference}",
            "currency": "EUR",
            "recipient": Recipient("Ana", "1 Road", "Town", "1000", "PT"),
            "items": tuple(PurchaseItem(s, n, 500) for s, n in wanted.items()),
        }
        return PurchaseRequest(**{**request, **changed})

    return create
