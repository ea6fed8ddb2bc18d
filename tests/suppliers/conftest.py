from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from typing import Any

import pytest

from suppliers.contract import (
    PurchaseItem,
    PurchaseRequest,
    Recipient,
    SupplierClient,
)
from suppliers.registry import Clients
from suppliers.sandbox.messages import SandboxSupplier
from suppliers.sandbox.process import SandboxProcess, start
from suppliers.sandbox.remote import SandboxRemote
from tests.suppliers.desks import NOON, Desk
from tests.suppliers.mail_desk import PostOffice, mail_desk, post_office
from tests.suppliers.post_office import imap_server
from tests.suppliers.ways import PLAIN, WAYS, Way

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


@pytest.fixture(scope="session")
def imap_port() -> Iterator[int]:
    with imap_server() as port:
        yield port


@pytest.fixture(scope="session")
def office(imap_port) -> Iterator[PostOffice]:
    with post_office(imap_port) as office:
        yield office


@pytest.fixture
def new_desk(request, remote, clients, tmp_path) -> Iterator[Callable[..., Desk]]:
    """Opens a desk of a fresh supplier, who works in this way."""
    open_desks = ExitStack()

    def create(way: Way = PLAIN, **habits: Any) -> Desk:
        code = f"T{next(numbers)}"
        told = {"code": code, "token": f"token of {code}", **way.habits, **habits}
        remote.add_suppliers([SandboxSupplier(**told)])
        if way.kind != "email":
            return Desk(code, remote, clients, way)
        office = request.getfixturevalue("office")
        by_mail = mail_desk(code, remote, way, office, tmp_path)
        return open_desks.enter_context(by_mail)

    with open_desks:
        yield create


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
