"""How long pages take at the server, with 100,000 orders in the store."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from config.settings import load
from erp.accounts.models import Role
from erp.accounts.sign_in import open_session
from erp.bootstrap import Erp, assemble
from erp.web.app import create_app
from tests.bench.big_store import fill
from tests.bench.measured import Measured, percentile
from tests.bench.processes import NotHere
from tests.factories import make_account

ORDERS = 100_000
ROUNDS = 60
LIST_MS = 20.0
HOME_MS = 50.0
# what is asked for, its address, the most it may take
VARIANTS: tuple[tuple[str, str, float | None], ...] = (
    ("home", "/", HOME_MS),
    ("order list", "/orders", LIST_MS),
    ("order list, page 2", "/orders?at={after}", LIST_MS),
    ("order list, held only", "/orders?status=held", LIST_MS),
    ("order list, one hold reason", "/orders?reason=fraud_risk", LIST_MS),
    ("order list, one channel, oldest first", "/orders?channel=web&sort=oldest", 20.0),
    ("order list, largest first", "/orders?sort=largest", LIST_MS),
    ("order list, found by number", "/orders?q=%2377123", LIST_MS),
    ("order list, found by SKU", "/orders?q=SKU-0777", LIST_MS),
    ("order list, found by part of a name", "/orders?q=name77", LIST_MS),
    ("order list, one supplier", "/orders?supplier=S07", LIST_MS),
    ("order list, late", "/orders?late=1", LIST_MS),
    ("one order", "/orders/77123", None),
    ("purchase orders", "/purchases", None),
    ("suppliers", "/suppliers", None),
    ("products", "/products", None),
    ("returns", "/returns", None),
    ("alerts", "/alerts", None),
)
# What the pages need of the database, asked plainly.
LIST_SQL = (
    "SELECT o.id, o.name, o.channel, c.name, o.status, o.total_cents, o.currency, "
    "o.placed_at FROM customer_order o JOIN contact c ON c.id = o.contact_id "
    "ORDER BY o.placed_at DESC, o.id DESC LIMIT 51",
)
HOME_SQL = (
    "SELECT reason, count(*) FROM hold WHERE closed_at IS NULL GROUP BY reason",
    "SELECT * FROM reading WHERE is_newest AND scope_kind = 'overall'",
    "SELECT * FROM reading WHERE scope_kind = 'overall' AND closes_day ORDER BY at",
    "SELECT * FROM alert WHERE status = 'open'",
)


@dataclass(frozen=True)
class Times:
    """Milliseconds of each call, by the clock and of the processor."""

    clock: list[float]
    processor: list[float]


def measure(folder: Path) -> Iterator[Measured]:
    erp = assemble(load(folder, {}))
    try:
        fill(erp.sessions.engine, ORDERS, erp.clock())
        app = create_app(erp)
        client = _signed_in(app, erp)
        floors = {"/orders": _sql(erp, LIST_SQL), "/": _sql(erp, HOME_SQL)}
        for name, address, limit in VARIANTS:
            path = address.format(after=_after(client))
            times = _times(lambda path=path: _get(client, path))
            floor = floors.get(path.partition("?")[0])
            yield Measured(
                f"{name} (p95)",
                "ms",
                _windows(times.clock),
                limit=limit,
                floor=_windows(floor.clock) if floor else (),
                notes=[
                    f"median {percentile(times.clock, 0.5):.1f} ms; processor time "
                    f"median {percentile(times.processor, 0.5):.1f}, "
                    f"p95 {percentile(times.processor, 0.95):.1f} ms"
                ],
            )
    finally:
        erp.close()


def _sql(erp: Erp, questions: Sequence[str]) -> Times:
    """The same answers by bare SQL."""

    def ask() -> None:
        with erp.sessions.reading() as session:
            for question in questions:
                session.connection().exec_driver_sql(question).fetchall()

    return _times(ask)


def _after(client: FlaskClient) -> str:
    """The mark of the list's second page."""
    links = client.get("/orders").text.partition('rel="next"')[2]
    address = links.partition('href="')[2].partition('"')[0]
    return address.partition("at=")[2]


def _signed_in(app: Flask, erp: Erp) -> FlaskClient:
    with erp.sessions.writing() as session:
        account = make_account(session, "bench@example.com", Role.OWNER)
        opened = open_session(session, account.id, erp.clock())
    client = app.test_client()
    client.set_cookie("erp_login", opened.secret)
    return client


def _get(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != 200:
        raise NotHere(f"{path} answers {answer.status}")
    answer.get_data()


def _times(call: Callable[[], None]) -> Times:
    """After a few calls that warm up."""
    for _ in range(3):
        call()
    found = Times([], [])
    for _ in range(ROUNDS):
        began, used = time.perf_counter(), time.thread_time()
        call()
        found.processor.append(1000 * (time.thread_time() - used))
        found.clock.append(1000 * (time.perf_counter() - began))
    return found


def _windows(times: list[float]) -> list[float]:
    """The p95 of each third of the calls, so that the spread shows too."""
    third = len(times) // 3
    return [percentile(times[n * third : (n + 1) * third], 0.95) for n in range(3)]
