"""INSERT with ON CONFLICT, which SQLite and PostgreSQL spell alike, on plain tables."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from config.database import metadata


def table_of(model: type[SQLModel]) -> Table:
    """The plain table behind a model, for statements over many rows."""
    return metadata.tables[str(model.__tablename__)]


def dialect_of(session: Session) -> str:
    """The database's kind, by which statements are built once and kept."""
    return session.get_bind().dialect.name


def insert_into(dialect: str, model: type[SQLModel]) -> Any:
    """The dialect's own INSERT, which knows `on_conflict_do_nothing` and `…_update`."""
    if dialect == "sqlite":
        return sqlite.insert(table_of(model))
    return postgresql.insert(table_of(model))
