"""Reads suppliers' stock and cost: one pass over one feed at a time.

The feed is read outside of any transaction; then only what differs is written. A SKU
that is not in the feed keeps its last figures and grows stale; an empty feed or one
that breaks off changes nothing. One that is as it was at our last reading tells no
rows: it counts as if it had told them again.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, or_
from sqlmodel import Session, col, select

from config.database import Sessions
from config.secrets import Secrets
from config.upsert import table_of
from inventory.marks import keep_mark, stand_unchanged
from inventory.renewing import renew_offers
from suppliers.allowances import Told, grant, listen, resting, told
from suppliers.connections import connection_of, is_still
from suppliers.contract import StockReading, StockRow
from suppliers.errors import RateLimited, SupplierError
from suppliers.models import Supplier
from suppliers.registry import NEVER_CALLED, Clients, Connection

log = logging.getLogger(__name__)

READ_LEASE = timedelta(minutes=15)  # a reading that takes longer died with its process
RETRY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class FeedReader:
    """What a pass needs to talk to suppliers."""

    clients: Clients
    secrets: Secrets
    clock: Callable[[], datetime]
    every: timedelta
    call_seconds: float


@dataclass(frozen=True, slots=True)
class _Turn:
    """A feed that is ours to read; what comes of it is to be told if it `counts`."""

    connection: Connection
    mark: str  # of what our offers show of it
    counts: bool
    is_probe: bool


def sync_one(sessions: Sessions, reader: FeedReader) -> bool:
    """Read the feed of the supplier whose turn it is; false if it is nobody's."""
    with sessions.reading() as session:
        if not anything_due(session, reader.clock()):
            return False
    with sessions.writing() as session:
        turn = _claim(session, reader)
    if turn is None:
        return False
    connection = turn.connection
    try:
        reading = reader.clients.client_for(connection).read_stock(turn.mark)
        rows = list(reading.rows)
    except SupplierError as error:
        log.warning("feed not read supplier=%s %s", connection.code, error)
        _record_failure(sessions, turn, error, reader)
        return True
    with sessions.writing() as session:
        if _is_replaced(session, turn, reader):
            return True
        changed = _apply(session, turn, reading, rows, reader)
        listen(session, [_told(turn, reading, reader)], reader.clock())
    log.info("feed read supplier=%s changed=%s", connection.code, changed)
    return True


def anything_due(session: Session, now: datetime) -> bool:
    """Whether it is some supplier's turn to have its feed read."""
    found = session.connection().execute(_ANYBODY, {"now": now})
    return found.first() is not None


def _claim(session: Session, reader: FeedReader) -> _Turn | None:
    now = reader.clock()
    supplier = session.exec(_DUE, params={"now": now}).first()
    if supplier is None:
        return None
    supplier.next_stock_read_at = now + READ_LEASE
    connection = connection_of(supplier, reader.secrets, reader.call_seconds)
    wanted = {connection.supplier_id: 1}
    granted = grant(session, wanted, now, READ_LEASE)[connection.supplier_id]
    if not granted.calls:
        supplier.next_stock_read_at = now  # as soon as it may be called
        return None
    return _Turn(connection, supplier.stock_mark, granted.counts, granted.is_probe)


def _told(turn: _Turn, answer: object, reader: FeedReader) -> Told:
    """What a reading says of the supplier, and until when it asks for patience."""
    until = None
    if isinstance(answer, RateLimited):
        until = reader.clock() + (answer.retry_after or RETRY)
    return told(
        turn.connection.supplier_id,
        answer,
        until,
        counts=turn.counts,
        is_probe=turn.is_probe,
    )


def _record_failure(
    sessions: Sessions, turn: _Turn, error: SupplierError, reader: FeedReader
) -> None:
    with sessions.writing() as session:
        if _is_replaced(session, turn, reader):
            return
        supplier = session.get_one(Supplier, turn.connection.supplier_id)
        supplier.last_error = error.detail
        supplier.next_stock_read_at = reader.clock() + RETRY
        listen(session, [_told(turn, error, reader)], reader.clock())


def _is_replaced(session: Session, turn: _Turn, reader: FeedReader) -> bool:
    """Whether another connection took this one's place; then that one is read next.

    What the former one told says nothing of the new one, least of all its mark.
    """
    query = select(Supplier).where(col(Supplier.id) == turn.connection.supplier_id)
    supplier = session.exec(query.with_for_update(key_share=True)).one()
    if is_still(supplier, turn.connection):
        return False
    log.info("feed of a former connection supplier=%s", supplier.code)
    supplier.next_stock_read_at = reader.clock()
    return True


def _apply(
    session: Session,
    turn: _Turn,
    reading: StockReading,
    rows: Iterable[StockRow],
    reader: FeedReader,
) -> int:
    """How many offers changed. The supplier's row is taken first: see `marks`."""
    now = reader.clock()
    as_of = min(reading.as_of or now, now)
    told = {row.supplier_sku: row for row in rows}
    if reading.is_unchanged and turn.mark:
        _apply_unchanged(session, turn, as_of, reader)
        return 0
    supplier_id = turn.connection.supplier_id
    _note_reading(session, turn, reader, is_read=bool(told))
    renewed = renew_offers(session, supplier_id, told, as_of)
    if told and not renewed.outdated:  # else offers show more than this feed
        keep_mark(
            session, supplier_id, former=turn.mark, mark=reading.mark, as_of=as_of
        )
    return renewed.changed


def _apply_unchanged(
    session: Session, turn: _Turn, as_of: datetime, reader: FeedReader
) -> None:
    """As if it had told the same rows again; if we lost them, it tells them at once."""
    stands = stand_unchanged(session, turn.connection.supplier_id, turn.mark, as_of)
    _note_reading(session, turn, reader, is_read=stands, is_over=stands)


def _note_reading(
    session: Session,
    turn: _Turn,
    reader: FeedReader,
    *,
    is_read: bool,
    is_over: bool = True,
) -> None:
    now = reader.clock()
    row = {
        "supplier": turn.connection.supplier_id,
        "seen": now,
        "next": now + reader.every if is_over else now,
    }
    session.connection().execute(_READ if is_read else _EMPTY, row)


# Built once: they are asked at every tick, and mostly nothing comes of it.
_IS_DUE = and_(
    col(Supplier.kind).is_not(None),
    col(Supplier.kind).not_in(NEVER_CALLED),
    or_(
        col(Supplier.next_stock_read_at).is_(None),
        col(Supplier.next_stock_read_at) <= bindparam("now"),
    ),
    col(Supplier.id).not_in(resting()),
)
_ANYBODY = select(Supplier.id).where(_IS_DUE).limit(1)
_DUE = (
    select(Supplier)
    .where(_IS_DUE)
    .order_by(col(Supplier.next_stock_read_at), col(Supplier.id))
    .limit(1)
    .with_for_update(skip_locked=True, key_share=True)
)
_SUPPLIER = table_of(Supplier)
_EMPTY = (
    _SUPPLIER.update()
    .where(_SUPPLIER.c.id == bindparam("supplier"))
    .values(last_seen_at=bindparam("seen"), next_stock_read_at=bindparam("next"))
)
_READ = _EMPTY.values(stock_read_at=bindparam("seen"))
