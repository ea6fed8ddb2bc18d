"""Exact lengths of time, and their median and p90, by the database.

The p-th percentile is the smallest length that at least p percent do not exceed: one
that did happen, whatever the database. Lengths are whole microseconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, Select, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Times:
    """Of so many cases; `missing` ones have no end yet, or were never told."""

    count: int = 0
    median: timedelta | None = None
    p90: timedelta | None = None
    missing: int = 0


class Microseconds(FunctionElement[int]):
    """Of a moment, since 1970."""

    type = BigInteger()
    inherit_cache = True


@compiles(Microseconds, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    # to the second, since SQLite would round what is behind it up into the next
    at = compiler.process(element.clauses, **more)
    seconds = f"CAST(strftime('%s', substr({at}, 1, 19)) AS INTEGER)"
    return f"({seconds} * 1000000 + CAST(substr({at}, 21, 6) AS INTEGER))"


@compiles(Microseconds, "postgresql")
def _on_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    at = compiler.process(element.clauses, **more)
    return f"CAST(EXTRACT(EPOCH FROM {at}) * 1000000 AS BIGINT)"


def length(begun: Any, ended: Any) -> Any:
    """Whole microseconds from one moment to the other."""
    return Microseconds(ended) - Microseconds(begun)


def times(session: Session, lengths: Rows, missing: Rows) -> dict[int, Times]:
    """By supplier: `lengths` are rows of (supplier id, length), `missing` of
    (supplier id, how many)."""
    every = lengths.subquery()
    supplier, took = every.c
    ranked = select(
        supplier.label("supplier"),
        took.label("took"),
        func.row_number().over(partition_by=supplier, order_by=took).label("place"),
        func.count().over(partition_by=supplier).label("cases"),
    ).subquery()
    place, cases = ranked.c.place, ranked.c.cases
    query = select(
        ranked.c.supplier,
        cases,
        func.max(case((place == (cases + 1) // 2, ranked.c.took))),
        func.max(case((place == (9 * cases + 9) // 10, ranked.c.took))),
    ).group_by(ranked.c.supplier, cases)
    lacking = numbers(session.execute(missing))
    found = {key: Times(missing=number) for key, number in lacking.items()}
    for key, count, median, p90 in session.execute(query):
        found[key] = Times(count, _span(median), _span(p90), lacking.get(key, 0))
    return found


def numbers(rows: Iterable[Any]) -> dict[int, int]:
    return {key: int(number) for key, number in rows}


def _span(microseconds: int) -> timedelta:
    return timedelta(microseconds=int(microseconds))
