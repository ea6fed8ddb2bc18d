"""What an order costs us from the API to the customer's door, in processor time.

Only `erp serve` is measured, from outside: not the client, not the suppliers. What it
costs while nothing happens is measured in the same run and taken off.
"""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.measured import Measured
from tests.bench.trade import Trade, trade

ROUNDS = 3
ORDERS = 500  # a round
SINGLE = 200
IDLE_SECONDS = 15.0
LIMIT_MS = 8.0
# table -> how its rows belong to an order
BELONGS = {
    "contact": "SELECT o.id, t.* FROM contact t JOIN customer_order o "
    "ON o.contact_id = t.id",
    "customer_order": "SELECT t.id, t.* FROM customer_order t",
    "order_line": "SELECT t.order_id, t.* FROM order_line t",
    "hold": "SELECT t.order_id, t.* FROM hold t",
    "order_event": "SELECT t.order_id, t.* FROM order_event t",
    "decision": "SELECT t.order_id, t.* FROM decision t",
    "purchase_order": "SELECT t.order_id, t.* FROM purchase_order t",
    "purchase_order_line": "SELECT p.order_id, t.* FROM purchase_order_line t "
    "JOIN purchase_order p ON p.id = t.purchase_order_id",
    "attempt": "SELECT p.order_id, t.* FROM attempt t "
    "JOIN purchase_order p ON p.id = t.purchase_order_id",
    "shipment": "SELECT p.order_id, t.* FROM shipment t "
    "JOIN purchase_order p ON p.id = t.purchase_order_id",
    "shipment_line": "SELECT p.order_id, t.* FROM shipment_line t "
    "JOIN shipment s ON s.id = t.shipment_id "
    "JOIN purchase_order p ON p.id = s.purchase_order_id",
    "scan": "SELECT p.order_id, t.* FROM scan t JOIN shipment s "
    "ON s.id = t.shipment_id JOIN purchase_order p ON p.id = s.purchase_order_id",
}
Rows = dict[int, dict[str, list[Sequence[object]]]]


def measure(folder: Path) -> Iterator[Measured]:
    with trade(folder) as running:
        _round(running, 50, 10, 0.0)  # warms up
        idle = _idle(running)
        pairs = [_round(running, ORDERS, 100, idle) for _ in range(ROUNDS)]
        singles = [_round(running, SINGLE, 1, idle) for _ in range(ROUNDS)]
        memory = running.serve.memory_mb()
        store = folder / "store" / "erp.db"
        floor, rows = zip(*[_floor(store, folder, n) for n in range(3)], strict=True)
        count = running.posted
    said = [
        f"{rows[0]} rows an order; floor: the same rows by bare sqlite3, one "
        "transaction an order, without HTTP",
        f"idle, and taken off: {1000 * idle:.1f} ms a second",
        f"resident memory after {count:,} orders: {memory:.0f} MB",
    ]
    yield Measured(
        "whole flow, batches of 100",
        "ms CPU",
        [cpu for cpu, _ in pairs],
        limit=LIMIT_MS,
        floor=floor,
        notes=said,
    )
    yield Measured(
        "whole flow, single orders",
        "ms CPU",
        [cpu for cpu, _ in singles],
        limit=LIMIT_MS,
        floor=floor,
    )
    yield Measured(
        "orders delivered a second", "", [rate for _, rate in pairs], notes=[_HABITS]
    )


_HABITS = "of which 8 s are the suppliers' own, at the least"


def _round(running: Trade, orders: int, batch: int, idle: float) -> tuple[float, float]:
    """(milliseconds of processor time an order, orders a second)."""
    before, began = running.serve.cpu_seconds(), time.perf_counter()
    running.post(orders, batch)
    running.wait()
    took = time.perf_counter() - began
    used = running.serve.cpu_seconds() - before - idle * took
    return 1000 * used / orders, orders / took


def _idle(running: Trade) -> float:
    """Processor seconds a second while nothing happens."""
    before = running.serve.cpu_seconds()
    time.sleep(IDLE_SECONDS)
    return (running.serve.cpu_seconds() - before) / IDLE_SECONDS


def _floor(store: Path, folder: Path, number: int) -> tuple[float, int]:
    """(milliseconds an order, rows an order) for writing what the flow has left."""
    with sqlite3.connect(store) as source:
        schema = [row[0] for row in source.execute(_SCHEMA)]
        found = _rows(source)
    source.close()
    target = sqlite3.connect(folder / f"floor-{number}.db", isolation_level=None)
    target.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
    for statement in schema:
        target.execute(statement)
    began = time.process_time()
    for tables in found.values():
        target.execute("BEGIN IMMEDIATE")
        for table, rows in tables.items():
            holes = ", ".join("?" * len(rows[0]))
            target.executemany(f"INSERT INTO {table} VALUES ({holes})", rows)
        target.execute("COMMIT")
    used = time.process_time() - began
    target.close()
    count = sum(len(rows) for tables in found.values() for rows in tables.values())
    return 1000 * used / len(found), count // len(found)


_SCHEMA = (
    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
)


def _rows(source: sqlite3.Connection) -> Rows:
    """Every row of the flow, by order and table."""
    found: Rows = defaultdict(lambda: defaultdict(list))
    for table, question in BELONGS.items():
        for order_id, *row in source.execute(question):
            found[order_id][table].append(row)
    return found
