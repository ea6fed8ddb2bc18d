"""A store with many orders, made in seconds: see big_store.sql."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import Engine

SCRIPT = Path(__file__).with_suffix(".sql")


def fill(engine: Engine, size: int, newest: datetime) -> int:
    """Fill an empty SQLite store; how many rows it has then."""

    def moment(minutes: int) -> str:
        return (newest - timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S.%f")

    raw = engine.raw_connection()
    try:
        inner = raw.driver_connection
        assert isinstance(inner, sqlite3.Connection)
        inner.create_function("moment", 1, moment, deterministic=True)
        inner.create_function("size", 0, lambda: size, deterministic=True)
        script = SCRIPT.read_text("utf-8")
        inner.executescript(f"BEGIN; {script} COMMIT;")
        return inner.total_changes
    finally:
        raw.close()
