"""The rows of a store in one order and one form, whatever database they lie in."""

import hashlib
import json
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, Table, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeDecorator

BATCH = 1_000  # rows in one statement: some hundred kilobytes
STREAMED = {"yield_per": BATCH}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Content:
    """How many rows a table has, and a hash of them all in the order of their keys."""

    rows: int
    digest: str


def count(connection: Connection, table: Table) -> int:
    """How many rows a table has."""
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def batches(connection: Connection, table: Table) -> Generator[list[Row]]:
    """All rows of a table by key, a batch at a time, as Python reads them."""
    query = select(table).order_by(*_by_key(connection, table))
    with connection.execute(query, execution_options=STREAMED) as streamed:
        for part in streamed.mappings().partitions():
            yield [dict(row) for row in part]


def content(connection: Connection, table: Table) -> Generator[Content]:
    """What a table holds so far, after each batch; the last one tells of it all."""
    digest, rows = hashlib.sha256(), 0
    with closing(batches(connection, table)) as read:
        for batch in read:
            for row in batch:
                digest.update(_canonical(list(row.values())))
            rows += len(batch)
            yield Content(rows, digest.hexdigest())
    if not rows:
        yield Content(0, digest.hexdigest())


def _by_key(connection: Connection, table: Table) -> Sequence[ColumnElement[Any]]:
    """SQLite orders text by its bytes; PostgreSQL does so in the collation "C"."""
    keys: list[ColumnElement[Any]] = list(table.primary_key.columns)
    if connection.dialect.name == "postgresql":
        keys = [_by_bytes(key) for key in keys]
    return keys


def _by_bytes(key: ColumnElement[Any]) -> ColumnElement[Any]:
    return key.collate("C") if isinstance(key.type, String | TypeDecorator) else key


def _canonical(values: list[Any]) -> bytes:
    told = json.dumps(values, sort_keys=True, default=_plain, separators=(",", ":"))
    return told.encode() + b"\n"


def _plain(value: object) -> str:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case bytes():
            return value.hex()
    raise TypeError(type(value).__name__)
