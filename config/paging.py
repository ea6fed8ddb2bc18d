"""One page of a long list, found by the last row seen instead of by counting rows.

However deep a page lies it costs the same. A mark names a row by its sort value and
its id, and stands in the address; one that makes no sense means the first page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_
from sqlmodel import Session

PAGE_SIZE = 50  # a screen or two; more is a matter for search
COUNT_LIMIT = 1_000  # nobody reads further; beyond it a list says "more than"

LONGEST_NUMBER = 19  # digits of the largest 64-bit integer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows there are; not exact once it reaches the limit."""

    number: int
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows of a list, and the marks of the pages on either side (None: the end)."""

    rows: Sequence[T]
    before: str | None = None
    after: str | None = None

    @property
    def whole(self) -> Count | None:
        """How many rows there are if this page shows them all: nobody need count."""
        return None if self.before or self.after else Count(len(self.rows), True)


@dataclass(frozen=True, slots=True)
class Order:
    """What a list is sorted by: a column that is never NULL, then the id."""

    key: Any
    id: Any
    descending: bool = True


@dataclass(frozen=True, slots=True)
class _Mark:
    is_before: bool
    key: object
    id: int


def page(
    session: Session,
    query: Select[*tuple[Any, ...]],
    order: Order,
    mark: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[Any]:
    """The rows after (or before) a mark, in the list's order."""
    at = _read(mark, _kind(order.key.type))
    backwards = at is not None and at.is_before
    falling = order.descending is not backwards
    if at is not None:
        query = query.where(_beyond(order, at, falling))
    columns = [order.key, order.id]
    found = session.execute(
        query.add_columns(*(column.label(None) for column in columns))
        .order_by(*(column.desc() if falling else column.asc() for column in columns))
        .limit(size + 1)
    ).all()
    rows, more = list(found[:size]), len(found) > size
    if backwards:
        rows.reverse()
    return Page(
        rows=rows,
        before=_write(rows, "b") if (more if backwards else at is not None) else None,
        after=_write(rows, "a") if (more or backwards) else None,
    )


def count(
    session: Session, query: Select[*tuple[Any, ...]], limit: int = COUNT_LIMIT
) -> Count:
    """How many rows a query finds, counted no further than a limit."""
    some = query.order_by(None).limit(limit + 1).subquery()
    number = session.execute(select(func.count()).select_from(some)).scalar_one()
    return counted(number, limit)


def counted(number: int, limit: int = COUNT_LIMIT) -> Count:
    return Count(min(number, limit), number <= limit)


def _kind(column_type: Any) -> type:
    """The Python type behind a column type, decorated (as moments are) or not."""
    plain = getattr(column_type, "impl_instance", column_type)
    kind: type = plain.python_type
    return kind


def _beyond(order: Order, at: _Mark, falling: bool) -> ColumnElement[bool]:
    here = tuple_(order.key, order.id)
    mark = tuple_(literal(at.key, order.key.type), literal(at.id))
    return here < mark if falling else here > mark


def _write(rows: Sequence[Any], side: str) -> str | None:
    if not rows:
        return None
    *_, key, row_id = rows[0 if side == "b" else -1]
    text = key.isoformat() if isinstance(key, datetime) else str(key)
    return f"{side}{row_id}~{text}"


def _read(mark: str | None, kind: type) -> _Mark | None:
    row_id, _, text = (mark or "")[1:].partition("~")
    if not mark or mark[0] not in "ab" or not _is_storable(row_id):
        return None
    if kind is int and not _is_storable(text.removeprefix("-")):
        return None
    try:
        key = datetime.fromisoformat(text) if kind is datetime else kind(text)
    except ValueError:
        return None
    if isinstance(key, datetime) and key.tzinfo is None:
        return None
    return _Mark(mark[0] == "b", key, int(row_id))


def _is_storable(digits: str) -> bool:
    """Whether a number fits into 64 bits; no database takes a larger one."""
    return digits.isascii() and digits.isdecimal() and len(digits) < LONGEST_NUMBER
