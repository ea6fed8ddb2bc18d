"""The engine, its transactions, and the column types every table shares.

SQLite runs in WAL with `synchronous=FULL`; every writing transaction starts with BEGIN
IMMEDIATE, since a deferred one that turns into a writer fails at once when another
writer was faster. PostgreSQL runs the same code.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import CheckConstraint, Column, MetaData, String, create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.pool import QueuePool, StaticPool
from sqlalchemy.sql.compiler import InsertmanyvaluesSentinelOpts
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata
metadata.naming_convention = NAMING

MOST_COUNTED = 1000  # rows of each index; SQLite's own advice, and some milliseconds
HIDES_VALUES = True  # of customers, in the texts of errors, which are logged and shown
CONNECT_SECONDS = 10  # below a heartbeat's patience: a server that is away is told
LONGEST_ENUM = 40  # characters; enum columns are text with a CHECK


def stored_by_value(
    kind: type[StrEnum], *, nullable: bool = False, index: bool = False
) -> Any:
    """Column of an enum, stored by its value; give the CHECK with `one_of`."""
    return Column(_StoredByValue(kind), nullable=nullable, index=index)


def one_of(column: str, kind: type[StrEnum]) -> CheckConstraint:
    """The database's own check that a column holds a value of the enum (or NULL)."""
    values = ", ".join(f"'{member.value}'" for member in kind)
    return CheckConstraint(f"{column} IN ({values})", name=f"{column}_known")


class Sessions:
    """Opens transactions: `writing()` commits at the end, `reading()` never writes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(erp_begin="BEGIN IMMEDIATE")
        self._reading = engine.execution_options(erp_begin="BEGIN")

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One writing transaction; committed if the block ends, else rolled back."""
        fresh = Session(self._writing, expire_on_commit=False)
        with fresh as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view of the database, rolled back at the end."""
        with Session(self._reading, autoflush=False) as session:
            yield session

    def renew_statistics(self) -> None:
        """Let SQLite look how large its tables have become, and plan by that.

        PostgreSQL does so by itself. Open connections plan as before: later ones know.
        """
        if not isinstance(self.engine.pool, QueuePool) or not _is_sqlite(self.engine):
            return
        with self._writing.connect() as connection, connection.begin():
            connection.exec_driver_sql(f"PRAGMA analysis_limit = {MOST_COUNTED}")
            connection.exec_driver_sql("ANALYZE")
        self.engine.dispose()


def _is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def connect(url: str, *, busy_timeout_seconds: int = 15) -> Engine:
    """An engine for a SQLite or PostgreSQL URL; an in-memory SQLite is one database."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _connect_sqlite(parsed, busy_timeout_seconds)
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_size=16,
        hide_parameters=HIDES_VALUES,
        connect_args={"connect_timeout": CONNECT_SECONDS},
    )


def _connect_sqlite(url: URL, busy_timeout_seconds: int) -> Engine:
    arguments: dict[str, Any] = {}
    if not url.database or url.database == ":memory:":
        arguments = {"poolclass": StaticPool}
    else:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        # The one used last is used again: each has a page cache of its own.
        arguments = {"pool_size": 24, "max_overflow": 24, "pool_use_lifo": True}
    engine = create_engine(
        url,
        connect_args={
            "timeout": busy_timeout_seconds,
            "check_same_thread": False,
            "isolation_level": None,
        },
        hide_parameters=HIDES_VALUES,
        **arguments,
    )
    # Rows of one INSERT get rising ids in the order they stand in, as there is only one
    # writer; told so, SQLAlchemy inserts many at once where it would go row by row.
    in_order = InsertmanyvaluesSentinelOpts.AUTOINCREMENT
    engine.dialect.insertmanyvalues_implicit_sentinel = in_order
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA temp_store = MEMORY")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    how = connection.get_execution_options().get("erp_begin", "BEGIN IMMEDIATE")
    connection.exec_driver_sql(how)


class _StoredByValue(TypeDecorator[StrEnum]):
    """Text in the database, the enum's member in Python."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__(LONGEST_ENUM)
        self.kind = kind
        self._members = {member.value: member for member in kind}

    def process_bind_param(self, value: StrEnum | None, dialect: object) -> str | None:
        if value is None:
            return None
        return (value if type(value) is self.kind else self.kind(value)).value

    def process_result_value(self, value: str | None, dialect: object) -> Any:
        return None if value is None else self._members[value]
