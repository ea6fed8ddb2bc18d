"""One transaction on either side: all of a store is moved and proved, or nothing is.

The source is locked against writers as long as it takes and never written. The target
is committed only once every table has been read back and is what the source holds, so
that whatever interrupts a move leaves an empty database behind.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, Table, func, inspect, select, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError

from config.upsert import table_of
from erp.jobs.models import Lease
from erp.migrations.tables import metadata
from erp.migrations.upgrading import (
    current_revision,
    newest_revision,
    upgrade_within,
)
from erp.moving.errors import NotMovedError
from erp.moving.rows import Content, batches, content, count

Tell = Callable[[str, int, int], None]  # what is being done, how many rows, of how many
OF_OTHERS = "alembic_version"  # a table of the migrations' own


@dataclass(frozen=True, slots=True)
class Proof:
    """A table whose rows are the same on both sides."""

    table: str
    content: Content


def move(source: Engine, target: Engine, now: datetime, tell: Tell) -> list[Proof]:
    """Copy a store into an empty database; what was proved of each table.

    Raises NotMovedError if it cannot be done; then nothing has been.
    """
    _refuse_an_old_schema(source)
    with _locked(source) as ours, target.begin() as theirs:
        _refuse_a_served_store(ours, now)
        _prepare(theirs)
        totals = {table: count(ours, table) for table in metadata.sorted_tables}
        _copy_all(ours, theirs, totals, tell)
        proofs = list(_prove_all(ours, theirs, totals, tell))
    _analyse(target)
    return proofs


def _refuse_an_old_schema(source: Engine) -> None:
    if current_revision(source) != newest_revision():
        raise NotMovedError(
            "this store was last opened by another version: start `erp serve` once, "
            "end it, and try again"
        )


def _locked(source: Engine) -> Connection:
    """A transaction beside which nobody writes."""
    try:
        connection = source.execution_options(erp_begin="BEGIN IMMEDIATE").connect()
        connection.begin()
    except OperationalError as error:
        raise NotMovedError(f"the store is being written to ({error.orig})") from error
    return connection


def _refuse_a_served_store(source: Connection, now: datetime) -> None:
    lease = table_of(Lease)
    leads = select(lease.c.holder).where(lease.c.until > now)
    holder = source.execute(leads).scalar()
    if holder:
        raise NotMovedError(
            f"`erp serve` or `erp worker` still runs ({holder}): end it"
        )


def _prepare(target: Connection) -> None:
    """Our schema and nothing in it."""
    known = set(metadata.tables) | {OF_OTHERS}
    strangers = sorted(set(inspect(target).get_table_names()) - known)
    if strangers:
        raise NotMovedError(f"the target holds other tables: {', '.join(strangers)}")
    upgrade_within(target)
    full = [table.name for table in metadata.sorted_tables if _has_rows(target, table)]
    if full:
        raise NotMovedError(f"the target is not empty: {', '.join(full)}")


def _has_rows(target: Connection, table: Table) -> bool:
    return target.execute(select(1).select_from(table).limit(1)).first() is not None


def _copy_all(
    source: Connection, target: Connection, totals: dict[Table, int], tell: Tell
) -> None:
    done, total = 0, sum(totals.values())
    for table in totals:
        for batch in batches(source, table):
            _insert(target, table, batch)
            done += len(batch)
            tell(f"copying {table.name}", done, total)
        _count_on(target, table)


def _insert(target: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    try:
        target.execute(table.insert().inline(), rows)
    except (DataError, IntegrityError) as error:
        raise NotMovedError(
            f"PostgreSQL refuses a row of {table.name}: {_briefly(error)}"
        ) from error


def _briefly(error: DBAPIError) -> str:
    """Its first line; the others may name customers."""
    return str(error.orig).partition("\n")[0]


def _count_on(target: Connection, table: Table) -> None:
    """The next number that PostgreSQL gives follows the last one that is taken."""
    key = table.autoincrement_column
    if key is None or not isinstance(key.type, Integer):
        return
    highest = target.execute(select(func.max(key))).scalar()
    sequence = func.pg_get_serial_sequence(table.name, key.name)
    if highest is not None and target.execute(select(sequence)).scalar():
        target.execute(select(func.setval(sequence, highest)))


def _prove_all(
    source: Connection, target: Connection, totals: dict[Table, int], tell: Tell
) -> Iterator[Proof]:
    done, total = 0, sum(totals.values())
    for table, rows in totals.items():
        found = Content(0, "")
        for found in _alike(source, target, table):
            tell(f"proving {table.name}", done + found.rows, total)
        if not found.rows == rows == count(target, table):
            raise NotMovedError(f"{table.name} has not as many rows on both sides")
        done += rows
        yield Proof(table.name, found)


def _alike(source: Connection, target: Connection, table: Table) -> Iterator[Content]:
    """What both sides hold, batch by batch, for as long as it is the same."""
    with closing(content(source, table)) as ours, closing(content(target, table)) as it:
        for mine, theirs in zip(ours, it, strict=False):
            if mine != theirs:
                raise NotMovedError(
                    f"{table.name} is not the same on both sides, in its first "
                    f"{mine.rows:,} rows"
                )
            yield mine


def _analyse(target: Engine) -> None:
    """Let PostgreSQL look at what it has now, so that it plans well from the start."""
    with target.begin() as connection:
        connection.execute(text("ANALYZE"))
