"""A supplier with nothing but mail, between real servers."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from suppliers.registry import Clients, Connection
from tests.suppliers.post_office import (
    PASSWORD,
    USER,
    Inbox,
    ReplyBox,
    mail_server,
    new_folder,
    outgoing,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def replies(imap_port) -> ReplyBox:
    return new_folder(imap_port)


@pytest.fixture(scope="module")
def smtp() -> Iterator[tuple[Inbox, int]]:
    with mail_server() as (inbox, port):
        yield inbox, port


@pytest.fixture
def inbox(smtp) -> Inbox:
    inbox, _ = smtp
    inbox.__init__()
    return inbox


@pytest.fixture
def clients(smtp, tmp_path) -> Iterator[Clients]:
    clients = Clients(lambda: NOON, outgoing=outgoing(tmp_path, smtp[1]))
    yield clients
    clients.close()


@pytest.fixture
def mailed(clients) -> Callable[..., Any]:
    """A client with these options; `connection` may change the rest."""

    def create(connection: dict[str, Any] | None = None, **options: Any) -> Any:
        told = {
            "supplier_id": 1,
            "kind": "email",
            "code": "acme",
            "base_url": "",
            "token": "",
            "read_seconds": 5.0,
            "total_seconds": 10.0,
            "allow_private": True,
            "options": {"to": ["orders@acme.test"], **options},
        }
        return clients.client_for(Connection(**(told | (connection or {}))))

    return create


@pytest.fixture
def reading(mailed, replies) -> Callable[..., Any]:
    """A client that reads the replies, too."""

    def create(connection: dict[str, Any] | None = None, **options: Any) -> Any:
        box = {"user": USER, "folder": replies.folder, **options.pop("mailbox", {})}
        line = {"base_url": replies.url, "token": PASSWORD}
        return mailed(line | (connection or {}), mailbox=box, **options)

    return create
