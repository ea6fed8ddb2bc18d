"""Applies migrations. Only `upgrading` imports this, and only when some are missing."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection

ADVISORY_LOCK = 4_729_101  # any number; two processes that start upgrade in turn


def apply(connection: Connection) -> None:
    """Apply every migration that is missing, within the connection's transaction."""
    _wait_turn(connection)
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def _wait_turn(connection: Connection) -> None:
    """On SQLite BEGIN IMMEDIATE has waited already."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
