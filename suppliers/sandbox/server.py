"""The sandbox as a server of its own."""

import logging
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from waitress import create_server

from suppliers.sandbox.app import create_app
from suppliers.sandbox.books import Books
from suppliers.sandbox.clock import SandboxClock

THREADS = 16  # so that a few hanging calls do not stop the rest
FLUSH_SECONDS = 0.2  # for the answer that announces a restart


def serve(folder: Path, port: int, host: str = "127.0.0.1") -> None:
    """Run until interrupted; port 0 takes a free one. Says on stdout where it is."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a queue is no trouble
    folder.mkdir(parents=True, exist_ok=True)
    books = Books(folder / "sandbox.db")
    clock = SandboxClock(books, real=_real_time)
    try:
        _serve_on(books, clock, host, port)
    finally:
        books.close()


def _serve_on(books: Books, clock: SandboxClock, host: str, port: int) -> None:
    pause: list[float] = []
    sockets: dict[int, Any] = {}
    restart = _Restart(sockets, pause)
    app = create_app(books, clock, restart=restart)
    while True:
        server = create_server(
            app, host=host, port=port, threads=THREADS, map=sockets, ident=None
        )
        port = server.effective_port
        restart.server = server
        sys.stdout.write(f"sandbox http://{host}:{port}\n")
        sys.stdout.flush()
        server.run()
        if not pause:
            return
        server.task_dispatcher.shutdown()
        time.sleep(pause.pop())


class _Restart:
    """Hang up on everyone, stay away for a while, then listen again."""

    def __init__(self, sockets: dict[int, Any], pause: list[float]) -> None:
        self.server: Any = None
        self._sockets = sockets
        self._pause = pause

    def __call__(self, seconds: float) -> None:
        self._pause.append(seconds)
        timer = threading.Timer(FLUSH_SECONDS, self._ask_the_server)
        timer.start()

    def _ask_the_server(self) -> None:
        self.server.trigger.pull_trigger(self._hang_up)

    def _hang_up(self) -> None:
        """Runs in the server's own loop, which ends when no socket is left."""
        for each in list(self._sockets.values()):
            each.close()


def _real_time() -> datetime:
    return datetime.now(UTC)
