"""Applies migrations. Only `upgrading` imports this, and only when some are missing."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection, Engine

ADVISORY_LOCK = 4_729_101  # any number; two processes that start upgrade in turn


def apply(engine: Engine) -> None:
    """Apply every migration that is missing, in one transaction."""
    config = alembic_config()
    with engine.begin() as connection:
        _wait_turn(connection)
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
