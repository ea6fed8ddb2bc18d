"""The real `erp` command, killed at one exact point of its work.

    python -m tests.journeys.crashing POINT serve --data FOLDER --port 0

Nothing in the program knows of this: the point is met from outside, by a client in
the place of the real one or by the database's own events. All else is as it always is.
"""

import os
import re
import signal
import sys
import threading
import time
from typing import Any, ClassVar
from urllib.parse import urljoin

import httpx
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from erp.command import main
from suppliers import registry
from suppliers.contract import ChangePage, PurchaseReport, PurchaseRequest
from suppliers.dialects.rest import RestClient

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # on Windows both end it at once
PAUSE_SECONDS = 0.02

# A point in a transaction: all it has written when the process is killed, and whether
# its commit has been.
IN_TRANSACTIONS = {
    "before the routing is committed": ((r"INSERT INTO purchase_order\b",), False),
    "before the claim is committed": ((r"INSERT INTO attempt\b",), False),
    "before the answer is committed": ((r"UPDATE attempt\b",), False),
    "after the answer is committed": ((r"UPDATE attempt\b",), True),
    "before a page of changes is committed": (
        (r"UPDATE supplier\b.*changes_cursor", r"UPDATE purchase_order\b"),
        False,
    ),
}
IN_CALLS = (
    "before the call",
    "during the call",
    "after the call",
    "before the look-up",
    "after the look-up",
    "after a page of changes is read",
)
POINTS = (*IN_TRANSACTIONS, *IN_CALLS)
_once = threading.Lock()


def die(point: str) -> None:
    """Say where, and be gone: no handler, no rollback, no goodbye."""
    _once.acquire()  # never given back: a second thread waits for its end here
    sys.stdout.write(f"killed {point}\n")
    sys.stdout.flush()
    os.kill(os.getpid(), KILL)
    threading.Event().wait()  # no thread goes on while the signal is on its way


class Doomed(RestClient):
    """The real client, with a point before, during and after its calls."""

    point: ClassVar[str]

    def submit(self, request: PurchaseRequest) -> PurchaseReport:
        self._at("before the call")
        if self.point == "during the call":
            threading.Thread(target=super().submit, args=[request]).start()
            self._wait_until_taken(request.reference)
            die(self.point)
        report = super().submit(request)
        self._at("after the call")
        return report

    def look_up(self, reference: str) -> PurchaseReport | None:
        self._at("before the look-up")
        report = super().look_up(reference)
        self._at("after the look-up")
        return report

    def changes(self, cursor: str | None) -> ChangePage:
        page = super().changes(cursor)
        if page.reports:
            self._at("after a page of changes is read")
        return page

    def _at(self, point: str) -> None:
        if point == self.point:
            die(point)

    def _wait_until_taken(self, reference: str) -> None:
        """The supplier has the order in its books, and hangs."""
        books = urljoin(self._base, "/control/books")
        with httpx.Client(trust_env=False) as client:
            while reference not in client.get(books).text:
                time.sleep(PAUSE_SECONDS)


def watch(point: str) -> None:
    """Kill the process where a transaction that wrote all this is committed."""
    wanted, is_committed = IN_TRANSACTIONS[point]
    written = threading.local()

    def begin(*_: Any) -> None:
        written.so_far = set()

    def look(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        found = {each for each in wanted if re.match(each, statement, re.DOTALL)}
        written.so_far |= found

    def end(*_: Any) -> None:
        if written.so_far == set(wanted):
            die(point)

    event.listen(Engine, "begin", begin)
    event.listen(Engine, "after_cursor_execute", look)
    if is_committed:
        event.listen(Session, "after_commit", end)
    else:
        event.listen(Engine, "commit", end)


def run(point: str, *command: str) -> None:
    Doomed.point = point
    registry.RestClient = Doomed  # the client of kind "rest"
    if point in IN_TRANSACTIONS:
        watch(point)
    sys.argv = ["erp", *command]
    main()


if __name__ == "__main__":
    run(*sys.argv[1:])
