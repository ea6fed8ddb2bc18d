"""The sandbox's own books, on disk: one SQLite file that outlives a killed process."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from suppliers.sandbox.messages import SandboxSupplier, Script, StockList

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS supplier (
    code TEXT PRIMARY KEY, settings TEXT NOT NULL, stock_as_of TEXT
);
CREATE TABLE IF NOT EXISTS stock (
    supplier TEXT NOT NULL, sku TEXT NOT NULL,
    quantity INTEGER, unit_cost_cents INTEGER, currency TEXT,
    PRIMARY KEY (supplier, sku)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS script (
    supplier TEXT NOT NULL, order_name TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (supplier, order_name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS attempt (
    id INTEGER PRIMARY KEY, supplier TEXT NOT NULL, reference TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS attempt_reference ON attempt (supplier, reference);
CREATE TABLE IF NOT EXISTS purchase (
    id INTEGER PRIMARY KEY, supplier TEXT NOT NULL, reference TEXT NOT NULL,
    order_name TEXT NOT NULL, body TEXT NOT NULL, received_at TEXT NOT NULL,
    ship_by TEXT, deliver_by TEXT, refuses_cancel INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS purchase_reference ON purchase (supplier, reference);
CREATE TABLE IF NOT EXISTS draft (
    id INTEGER PRIMARY KEY, supplier TEXT NOT NULL, reference TEXT NOT NULL,
    body TEXT NOT NULL, created_at TEXT NOT NULL,
    is_cancelled INTEGER NOT NULL DEFAULT 0, purchase_id INTEGER,
    UNIQUE (supplier, reference)
);
CREATE TABLE IF NOT EXISTS line (
    purchase_id INTEGER NOT NULL, sku TEXT NOT NULL, quantity INTEGER NOT NULL,
    accepted_quantity INTEGER NOT NULL, PRIMARY KEY (purchase_id, sku)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parcel (
    shipment_id TEXT PRIMARY KEY, purchase_id INTEGER NOT NULL,
    carrier TEXT NOT NULL, tracking_number TEXT NOT NULL, contents TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS parcel_purchase ON parcel (purchase_id);
CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY, supplier TEXT NOT NULL, purchase_id INTEGER NOT NULL,
    visible_at TEXT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL,
    shipment_id TEXT, reason TEXT, note TEXT NOT NULL, published INTEGER
);
CREATE INDEX IF NOT EXISTS event_purchase ON event (purchase_id);
CREATE INDEX IF NOT EXISTS event_waiting ON event (supplier, visible_at, id)
    WHERE published IS NULL;
CREATE UNIQUE INDEX IF NOT EXISTS event_published ON event (supplier, published)
    WHERE published IS NOT NULL;
"""


class Books:
    """One connection behind one lock: each request is one transaction."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            path, check_same_thread=False, isolation_level=None, cached_statements=256
        )
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(SCHEMA)
        self._connection.execute(
            "INSERT OR IGNORE INTO meta VALUES ('books', ?)", (uuid4().hex[:8],)
        )

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._connection.close()


def stamp(moment: datetime) -> str:
    """A moment as the books keep it: sorts as text, and is sent as it is."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def books_id(books: sqlite3.Connection) -> str:
    """Tells these books from others, so that their cursors cannot be mixed up."""
    return str(books.execute("SELECT value FROM meta WHERE name='books'").fetchone()[0])


def save_suppliers(
    books: sqlite3.Connection, suppliers: Sequence[SandboxSupplier]
) -> None:
    books.executemany(
        "INSERT INTO supplier (code, settings) VALUES (?, ?)"
        " ON CONFLICT (code) DO UPDATE SET settings = excluded.settings",
        [(each.code, each.model_dump_json()) for each in suppliers],
    )


def find_supplier(books: sqlite3.Connection, code: str) -> SandboxSupplier | None:
    row = books.execute(
        "SELECT settings FROM supplier WHERE code = ?", (code,)
    ).fetchone()
    return None if row is None else SandboxSupplier.model_validate_json(row[0])


def supplier_codes(books: sqlite3.Connection) -> list[str]:
    return [row[0] for row in books.execute("SELECT code FROM supplier ORDER BY code")]


def save_stock(books: sqlite3.Connection, stock: StockList, now: datetime) -> None:
    if stock.replace:
        books.execute("DELETE FROM stock WHERE supplier = ?", (stock.supplier,))
    books.executemany(
        "INSERT OR REPLACE INTO stock VALUES (?, ?, ?, ?, ?)",
        [
            (stock.supplier, i.sku, i.quantity, i.unit_cost_cents, i.currency)
            for i in stock.items
        ],
    )
    books.execute(
        "UPDATE supplier SET stock_as_of = ? WHERE code = ?",
        (stamp(stock.as_of or now), stock.supplier),
    )


def stock_list(books: sqlite3.Connection, code: str) -> dict[str, Any]:
    row = books.execute("SELECT stock_as_of FROM supplier WHERE code = ?", (code,))
    items = books.execute(
        "SELECT sku, quantity, unit_cost_cents, currency FROM stock"
        " WHERE supplier = ? ORDER BY sku",
        (code,),
    )
    names = ("sku", "quantity", "unit_cost_cents", "currency")
    return {
        "as_of": row.fetchone()[0],
        "items": [dict(zip(names, item, strict=True)) for item in items],
    }


def save_scripts(books: sqlite3.Connection, scripts: Sequence[Script]) -> None:
    books.executemany(
        "INSERT OR REPLACE INTO script VALUES (?, ?, ?)",
        [(s.supplier, s.order_name, s.model_dump_json()) for s in scripts],
    )


def find_script(
    books: sqlite3.Connection, supplier: str, order_name: str
) -> Script | None:
    row = books.execute(
        "SELECT body FROM script WHERE supplier = ? AND order_name = ?",
        (supplier, order_name),
    ).fetchone()
    return None if row is None else Script.model_validate_json(row[0])
