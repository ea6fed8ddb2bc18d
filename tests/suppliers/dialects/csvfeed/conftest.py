"""A CSV supplier whose web server is a dictionary of answers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from suppliers.dialects.csvfeed.client import CsvFeedClient
from suppliers.dialects.csvfeed.files.addresses import Site
from suppliers.dialects.csvfeed.options import Options
from suppliers.http import SupplierHttp
from suppliers.options import fitting
from suppliers.transport import HttpPolicy

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BASE = "https://acme.test/erp"


class Chunks(httpx.SyncByteStream):
    """A body as a server sends it: in pieces, and with no length told ahead."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._body), 1000):
            yield self._body[start : start + 1000]


@dataclass
class Server:
    """Answers by method and path; `asked` is what came in."""

    answers: dict[tuple[str, str], tuple[int, dict[str, str], bytes]] = field(
        default_factory=dict
    )
    asked: list[httpx.Request] = field(default_factory=list)

    def say(self, path: str, body: bytes | str = b"", status=200, **headers: str):
        """To a GET, with its length told ahead unless `no_length` is given."""
        raw = body.encode() if isinstance(body, str) else body
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        if told.pop("no-length", None) is None and status != 304:
            told["content-length"] = str(len(raw))
        self.answers["GET", path] = (status, told, raw)

    def say_to_put(self, path: str, status: int, body: bytes = b"", **headers: str):
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers["PUT", path] = (status, told, body)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        key = (request.method, request.url.path)
        status, headers, body = self.answers.get(key, (404, {}, b""))
        return httpx.Response(status, headers=headers, stream=Chunks(body))


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def new_client(server) -> Callable[..., CsvFeedClient]:
    def create(base_url: str = BASE, token: str = "secret", **options: Any):
        declared = fitting(Options, options)
        transport = httpx.MockTransport(server)
        http = SupplierHttp("acme", HttpPolicy(), lambda: NOON, transport)
        return CsvFeedClient(http, Site(base_url, declared.auth, token), declared)

    return create


@pytest.fixture
def stock_of(server, new_client) -> Callable[..., list[tuple[Any, ...]]]:
    """What is read of a stock list with this body, under this declaration."""

    def read(body: bytes | str, declared: dict[str, Any] | None = None, **headers: str):
        server.say("/erp/stock.csv", body, **headers)
        client = new_client(stock={"place": "stock.csv", **(declared or {})})
        return [
            (row.supplier_sku, row.quantity, row.unit_cost_cents, row.currency)
            for row in client.read_stock().rows
        ]

    return read
