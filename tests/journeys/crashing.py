"""Runs the real steps in a process of its own, and kills it at one exact point.

    python -m tests.journeys.crashing DATABASE_URL KEY BOOKS_URL POINT

Nothing in the program knows of this: the point is met from outside, by a client that
wraps the real one or by the database's own events. Without a point ("nowhere") the
process works until nothing is owed any more, and ends by itself.
"""

import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session as AnySession
from sqlmodel import col, select

from config.database import Sessions, connect
from config.secrets import Secrets
from erp.fulfilment.forwarding.carrier import Carrier
from erp.fulfilment.forwarding.reconciling import reconcile_due
from erp.fulfilment.forwarding.retries import RetryRules
from erp.fulfilment.forwarding.sending import forward_due
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.sourcing.candidates import Parcels
from erp.fulfilment.sourcing.purchasing import RoutingRules, route_some
from erp.fulfilment.tracking.polling import track_due
from erp.migrations.tables import metadata  # noqa: F401  every table is known
from suppliers.contract import (
    ChangePage,
    Duplicates,
    PurchaseReport,
    PurchaseRequest,
    SupplierClient,
)
from suppliers.registry import Clients, Connection, Lines, rest

KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # on Windows both end it at once
PATIENCE_SECONDS = 20.0
PAUSE_SECONDS = 0.02
CALL_SECONDS = 0.3
RULES = RetryRules(
    first=timedelta(milliseconds=20),
    longest=timedelta(hours=1),
    max_attempts=50,
    lease=timedelta(seconds=0.9),
    settle=timedelta(seconds=0.3),
)
ROUTING = RoutingRules(timedelta(days=9000), Parcels.PREFER, False, 0, 0)

# A point in a transaction: what it has written when it is killed, and whether its
# commit has been.
IN_TRANSACTIONS = {
    "before the routing is committed": ("INSERT INTO purchase_order ", False),
    "before the claim is committed": ("INSERT INTO attempt", False),
    "before the answer is committed": ("UPDATE attempt SET ended_at", False),
    "after the answer is committed": ("UPDATE attempt SET ended_at", True),
    "before a page of changes is committed": ("changes_cursor", False),
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


class Wrapped:
    """The real client, with a point before and after each call."""

    duplicates = Duplicates.NATIVE_KEY

    def __init__(self, real: SupplierClient, point: str, books_url: str) -> None:
        self._real = real
        self._point = point
        self._books_url = books_url

    def submit(self, request: PurchaseRequest) -> PurchaseReport:
        self._at("before the call")
        if self._point == "during the call":
            threading.Thread(target=self._die_once_taken, args=[request]).start()
        report = self._real.submit(request)
        self._at("after the call")
        return report

    def look_up(self, reference: str) -> PurchaseReport | None:
        self._at("before the look-up")
        report = self._real.look_up(reference)
        self._at("after the look-up")
        return report

    def changes(self, cursor: str | None) -> ChangePage:
        page = self._real.changes(cursor)
        if page.reports:
            self._at("after a page of changes is read")
        return page

    def close(self) -> None:
        self._real.close()

    def _at(self, point: str) -> None:
        if point == self._point:
            die(point)

    def _die_once_taken(self, request: PurchaseRequest) -> None:
        """The supplier hangs with the order in its books."""
        with httpx.Client(trust_env=False) as client:
            while request.reference not in client.get(self._books_url).text:
                time.sleep(PAUSE_SECONDS)
        die(self._point)


def watch(engine: Engine, point: str) -> None:
    """Kill the process where a transaction that wrote this is committed."""
    if point not in IN_TRANSACTIONS:
        return
    written, is_committed = IN_TRANSACTIONS[point]
    has_written = threading.local()

    def look(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        if re.match(r"(INSERT|UPDATE)", statement) and written in statement:
            has_written.yes = True

    def end(*_: Any) -> None:
        if getattr(has_written, "yes", False):
            die(point)

    event.listen(engine, "after_cursor_execute", look)
    if is_committed:
        event.listen(AnySession, "after_commit", end)
    else:
        event.listen(engine, "commit", end)


def wrapping(point: str, books_url: str) -> Callable[..., SupplierClient]:
    def dialect(
        connection: Connection, clock: Callable[[], datetime], lines: Lines
    ) -> SupplierClient:
        return Wrapped(rest(connection, clock, lines), point, books_url)  # type: ignore[return-value]  # it reads no stock and cancels nothing

    return dialect


def main(url: str, key: str, books_url: str, point: str) -> None:
    engine = connect(url)
    watch(engine, point)
    sessions = Sessions(engine)

    def clock() -> datetime:
        return datetime.now(UTC)

    clients = Clients(clock, {"rest": wrapping(point, books_url)})
    carrier = Carrier(
        clients=clients,
        secrets=Secrets(key.encode()),
        clock=clock,
        rules=RULES,
        threads=4,
        call_seconds=CALL_SECONDS,
    )
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while is_owed(sessions) and time.monotonic() < give_up_at:
        route_some(sessions, ROUTING, clock())
        forward_due(sessions, carrier)
        reconcile_due(sessions, carrier)
        track_due(sessions, carrier, timedelta(milliseconds=50))
        time.sleep(PAUSE_SECONDS)
    clients.close()
    engine.dispose()


def is_owed(sessions: Sessions) -> bool:
    """Whether something is still to be routed, sent, settled or acknowledged."""
    ended = (PurchaseStatus.ACCEPTED, PurchaseStatus.DELIVERED)
    with sessions.reading() as session:
        total = select(PurchaseOrder.status)
        statuses = session.exec(total).all()
        open_ones = total.where(col(PurchaseOrder.status).not_in(ended))
        return not statuses or session.exec(open_ones.limit(1)).first() is not None


if __name__ == "__main__":
    main(*sys.argv[1:5])
