"""A supplier's program that takes notices: real HTTP on this machine."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

PATIENCE_SECONDS = 20.0  # a loaded machine
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


@dataclass(frozen=True)
class Heard:
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """Answers with `statuses` in turn, the last of them for ever."""

    url: str = ""
    statuses: list[int] = field(default_factory=lambda: [200])
    headers: dict[str, str] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    before: Callable[[], object] = lambda: None  # it answers

    @property
    def ids(self) -> list[str]:
        return [each.id for each in self.heard]

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> list:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0))
        named = {each: f"HTTP_{each.upper().replace('-', '_')}" for each in HEADERS}
        sent = {each: environ[name] for each, name in named.items() if name in environ}
        self.heard.append(Heard(sent, body))
        self.before()
        several = len(self.statuses) > 1
        status = self.statuses.pop(0) if several else self.statuses[0]
        start(f"{status} said", [("Content-Length", "0"), *self.headers.items()])
        return [b""]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = False


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Nobody reads it."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    server = make_server(
        "127.0.0.1", 0, receiver, server_class=_Server, handler_class=_Quiet
    )
    receiver.url = f"http://127.0.0.1:{server.server_port}/notices"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()  # and waits for answers under way


def until(event: threading.Event) -> Callable[[], object]:
    """Hold an answer back until something has happened, within bounds."""
    return lambda: event.wait(PATIENCE_SECONDS)
