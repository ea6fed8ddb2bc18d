"""Connections to suppliers are used again, as long as they are good."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpcore
import pytest

from suppliers.errors import Unavailable
from suppliers.http import SupplierHttp
from suppliers.pool import Pool
from suppliers.transport import HttpPolicy

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Server(ThreadingHTTPServer):
    """Counts connections opened and closed; `/slow` waits to be let go."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.opened = self.closed = 0
        self.is_left = threading.Event()  # nobody is connected any more
        self.is_asked, self.may_answer = threading.Event(), threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def setup(self) -> None:
        super().setup()
        self.server.opened += 1

    def finish(self) -> None:
        super().finish()
        self.server.closed += 1
        if self.server.closed == self.server.opened:
            self.server.is_left.set()

    def do_GET(self) -> None:
        if self.path == "/slow":
            self.server.is_asked.set()
            self.server.may_answer.wait(10)
        if self.path == "/silence":
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Length", "2")
        if self.path == "/last":
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Nothing: tests are quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.may_answer.set()
        running.shutdown()
        thread.join()


def line() -> SupplierHttp:
    policy = HttpPolicy(allow_private=True, read_seconds=5.0)
    return SupplierHttp("acme", policy, lambda: NOON)


def test_calls_one_after_the_other_share_a_connection(server: Server) -> None:
    with closing(line()) as opened:
        for _ in range(5):
            assert opened.ask(f"{server.url}/", {}).body == b"ok"

    assert server.opened == 1


def test_a_connection_the_server_has_ended_is_not_used_again(server: Server) -> None:
    with closing(line()) as opened:
        opened.ask(f"{server.url}/last", {})
        assert opened.ask(f"{server.url}/", {}).body == b"ok"

    assert server.opened == 2


def test_a_connection_whose_call_went_wrong_is_not_used_again(server: Server) -> None:
    with closing(line()) as opened:
        with pytest.raises(Unavailable):
            opened.ask(f"{server.url}/silence", {})
        assert opened.ask(f"{server.url}/", {}).body == b"ok"

    assert server.opened == 2


def test_more_calls_than_connections_wait_and_then_give_up() -> None:
    pool = Pool(httpcore.HTTPConnection, most=1, patience_seconds=0.01)
    url = httpcore.URL("http://127.0.0.1:1/")
    lent = pool.take(url)

    with pytest.raises(httpcore.PoolTimeout):
        pool.take(url)

    pool.give_back(url, lent)
    assert pool.take(url) is not lent


def test_closing_waits_for_no_call_and_leaves_no_connection_open(
    server: Server,
) -> None:
    opened = line()
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(opened.ask, f"{server.url}/slow", {})
        assert server.is_asked.wait(10)

        opened.close()
        assert not slow.done()

        server.may_answer.set()
        assert slow.result().body == b"ok"
    assert server.is_left.wait(10)
