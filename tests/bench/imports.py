"""How many orders of a Shopify export are read and stored in a second."""

import csv
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config.settings import load
from erp.bootstrap import Erp, assemble
from erp.channels.importing import import_orders
from tests.bench.measured import Measured
from tests.bench.processes import NotHere
from tests.factories import make_product

ORDERS = 20_000
PRODUCTS = 1_000
ROUNDS = 3
LIMIT = 2_000
BATCH = 1_000  # orders in a transaction of the floor, as the import has them
TABLES = ("contact", "customer_order", "order_line", "order_event", "daily_demand")
HEADER = (
    *("Name", "Email", "Financial Status", "Paid at", "Currency", "Subtotal"),
    *("Shipping", "Taxes", "Total", "Discount Amount", "Created at"),
    *("Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku"),
    *("Shipping Name", "Shipping Address1", "Shipping City", "Shipping Zip"),
    *("Shipping Province", "Shipping Country", "Id", "Risk Level"),
)
SCHEMA = """
SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
"""


def measure(folder: Path) -> Iterator[Measured]:
    path = folder / "orders.csv"
    rows = _write(path)
    rounds = [_round(folder / str(number), path) for number in range(ROUNDS)]
    first, floor, again = zip(*rounds, strict=True)
    yield Measured(
        "CSV import",
        "orders/s",
        [each.by_clock for each in first],
        limit=LIMIT,
        floor=[each.by_clock for each in floor],
        more_is_better=True,
        notes=[
            f"{ORDERS:,} orders in {rows:,} rows of Shopify's layout, read once; "
            "floor: csv and bare sqlite3, the same rows into the same tables"
        ],
    )
    yield Measured(
        "CSV import, by processor time",
        "orders/s",
        [each.by_processor for each in first],
        floor=[each.by_processor for each in floor],
        more_is_better=True,
        notes=["what it would be if nothing else ran and the disk were free"],
    )
    yield Measured(
        "CSV import, the same file again",
        "orders/s",
        [each.by_clock for each in again],
        more_is_better=True,
        notes=["nothing changes"],
    )


def _write(path: Path) -> int:
    """Orders of one to three lines; how many rows the file has."""
    rows = 0
    began = datetime.now(UTC) - timedelta(hours=20)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, HEADER)
        out.writeheader()
        for number in range(ORDERS):
            at = (began + timedelta(seconds=number)).strftime("%Y-%m-%d %H:%M:%S +0000")
            for row in _rows(number, at):
                out.writerow(row)
                rows += 1
    return rows


def _rows(number: int, at: str) -> Iterator[dict[str, object]]:
    lines = 1 + number % 3
    for position in range(lines):
        row: dict[str, object] = {
            "Name": f"#{number}",
            "Email": f"customer{number}@example.com",
            "Created at": at,
            "Lineitem quantity": 1 + position,
            "Lineitem name": f"Product {number % PRODUCTS}",
            "Lineitem price": "19.90",
            "Lineitem sku": f"SKU-{(7 * number + position) % PRODUCTS}",
        }
        yield row if position else row | _head(number, at, lines)


def _head(number: int, at: str, lines: int) -> dict[str, object]:
    """What stands only in an order's first row."""
    goods = 19.90 * lines * (lines + 1) / 2
    return {
        "Financial Status": "paid",
        "Paid at": at,
        "Currency": "USD",
        "Subtotal": f"{goods:.2f}",
        "Shipping": "4.90",
        "Taxes": "0.00",
        "Total": f"{goods + 4.90:.2f}",
        "Discount Amount": "0.00",
        "Shipping Name": f"Customer {number}",
        "Shipping Address1": f"{number} Long Street",
        "Shipping City": "London",
        "Shipping Zip": "N1 1AA",
        "Shipping Province": "",
        "Shipping Country": "GB",
        "Id": f"id-{number}",
        "Risk Level": "Low",
    }


@dataclass(frozen=True)
class Rate:
    """Orders a second of our time, and of the processor's."""

    by_clock: float
    by_processor: float


def _timed(work: Callable[[], None]) -> Rate:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    took = time.perf_counter() - clock, time.process_time() - processor
    return Rate(ORDERS / took[0], ORDERS / took[1])


def _round(folder: Path, path: Path) -> tuple[Rate, Rate, Rate]:
    """Imported, by the floor, imported again."""
    erp = assemble(load(folder, {}))
    try:
        with erp.sessions.writing() as session:
            for number in range(PRODUCTS):
                make_product(session, f"SKU-{number}")
        first = _timed(lambda: _import(erp, path))
        return first, _floor(folder, path), _timed(lambda: _import(erp, path))
    finally:
        erp.close()


def _import(erp: Erp, path: Path) -> None:
    report = import_orders(erp.sessions, path, erp.clock())
    if report.refused:
        raise NotHere(f"the import refused orders: {report}")


def _floor(folder: Path, path: Path) -> Rate:
    """Parse the file, and write what its import has left into a bare database."""
    source = sqlite3.connect(folder / "erp.db")
    schema = [row[0] for row in source.execute(SCHEMA)]
    left = {table: _all(source, table) for table in TABLES}
    source.close()
    target = sqlite3.connect(folder / "floor.db", isolation_level=None)
    target.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
    for statement in schema:
        target.execute(statement)
    rate = _timed(lambda: _write_bare(target, path, left))
    target.close()
    return rate


def _write_bare(
    target: sqlite3.Connection, path: Path, left: dict[str, list[tuple[object, ...]]]
) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        for _ in csv.DictReader(file):
            pass
    for part in range(ORDERS // BATCH):
        target.execute("BEGIN IMMEDIATE")
        for table, rows in left.items():
            share = -(-len(rows) // (ORDERS // BATCH))
            _insert(target, table, rows[part * share : (part + 1) * share])
        target.execute("COMMIT")


def _all(source: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    return source.execute(f"SELECT * FROM {table}").fetchall()


def _insert(
    target: sqlite3.Connection, table: str, rows: list[tuple[object, ...]]
) -> None:
    if rows:
        holes = ", ".join("?" * len(rows[0]))
        target.executemany(f"INSERT INTO {table} VALUES ({holes})", rows)
