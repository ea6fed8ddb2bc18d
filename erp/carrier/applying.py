"""Applies procrastinate's schema and ours. Only `installing` imports this."""

from pathlib import Path

from procrastinate.schema import SchemaManager
from sqlalchemy import text
from sqlalchemy.engine import Connection

from erp.carrier.due import triggers
from erp.carrier.installing import MARKED, installed

ADVISORY_LOCK = 4_729_102  # any number; two processes that start apply it in turn
NOTED = "procrastinate_jobs"  # its comment names the last of its own migrations


def apply(connection: Connection, wanted: str) -> None:
    """All in the connection's transaction."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
    if installed(connection) == wanted:
        return
    migrations = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    reached = _reached(connection)
    if reached is None:
        _run(connection, SchemaManager.get_schema())
    else:
        for each in migrations:
            if each.name > reached:
                _run(connection, each.read_text("utf-8"))
    _run(connection, triggers())
    _run(connection, f"COMMENT ON TABLE {NOTED} IS '{migrations[-1].name}'")
    _run(connection, f"COMMENT ON FUNCTION {MARKED} IS '{wanted}'")


def _reached(connection: Connection) -> str | None:
    """The last of procrastinate's own migrations that is applied; None without any."""
    asked = text("SELECT obj_description(to_regclass(:noted), 'pg_class')")
    found: str | None = connection.execute(asked, {"noted": NOTED}).scalar()
    return found


def _run(connection: Connection, script: str) -> None:
    """Many statements at once, which only the driver itself takes."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(script.encode())
