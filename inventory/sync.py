"""Reads suppliers' stock and cost: one pass over one feed at a time.

The feed is read outside of any transaction; then only what differs is written. A SKU
that is not in the feed keeps its last figures and grows stale; an empty feed or one
that breaks off changes nothing.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from config.database import Sessions
from config.secrets import Secrets
from config.upsert import table_of
from inventory.models import Offer
from suppliers.connections import connection_of
from suppliers.contract import StockReading, StockRow
from suppliers.errors import SupplierError
from suppliers.models import Supplier
from suppliers.registry import Clients, Connection

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


def sync_one(sessions: Sessions, reader: FeedReader) -> bool:
    """Read the feed of the supplier whose turn it is; false if it is nobody's."""
    with sessions.reading() as session:
        if not anything_due(session, reader.clock()):
            return False
    with sessions.writing() as session:
        connection = _claim(session, reader)
    if connection is None:
        return False
    try:
        reading = reader.clients.client_for(connection).read_stock()
        rows = list(reading.rows)
    except SupplierError as error:
        log.warning("feed not read supplier=%s %s", connection.code, error)
        _record_failure(sessions, connection, error, reader)
        return True
    with sessions.writing() as session:
        changed = _apply(session, connection, reading, rows, reader)
    log.info("feed read supplier=%s changed=%s", connection.code, changed)
    return True


def anything_due(session: Session, now: datetime) -> bool:
    """Whether it is some supplier's turn to have its feed read."""
    return session.exec(_due(now)).first() is not None


def _due(now: datetime) -> SelectOfScalar[Supplier]:
    turn = or_(
        col(Supplier.next_stock_read_at).is_(None),
        col(Supplier.next_stock_read_at) <= now,
    )
    return (
        select(Supplier)
        .where(col(Supplier.kind).is_not(None), turn)
        .order_by(col(Supplier.next_stock_read_at), col(Supplier.id))
        .limit(1)
    )


def _claim(session: Session, reader: FeedReader) -> Connection | None:
    now = reader.clock()
    supplier = session.exec(_due(now).with_for_update(skip_locked=True)).first()
    if supplier is None:
        return None
    supplier.next_stock_read_at = now + READ_LEASE
    return connection_of(supplier, reader.secrets, reader.call_seconds)


def _record_failure(
    sessions: Sessions, connection: Connection, error: SupplierError, reader: FeedReader
) -> None:
    with sessions.writing() as session:
        supplier = session.get_one(Supplier, connection.supplier_id)
        supplier.last_error = error.detail
        supplier.next_stock_read_at = reader.clock() + RETRY


def _apply(
    session: Session,
    connection: Connection,
    reading: StockReading,
    rows: Iterable[StockRow],
    reader: FeedReader,
) -> int:
    now = reader.clock()
    supplier = session.get_one(Supplier, connection.supplier_id)
    supplier.next_stock_read_at = now + reader.every
    supplier.last_seen_at = now
    told = {row.supplier_sku: row for row in rows}
    if told:
        supplier.stock_read_at = now
    as_of = min(reading.as_of or now, now)
    found = session.connection().execute(_OFFERS, {"supplier": connection.supplier_id})
    read = [
        (row, _read(row, told[row.supplier_sku], as_of))
        for row in found.all()
        if row.supplier_sku in told and as_of >= row.as_of
    ]
    if read:
        session.connection().execute(_RENEW, [figures for _, figures in read])
    return sum(_differs(row, figures) for row, figures in read)


def _read(offer: Any, row: StockRow, as_of: datetime) -> dict[str, Any]:
    """Take what a row says; of the cost, what it does not say keeps its last value."""
    cost = offer.unit_cost_cents
    if row.unit_cost_cents is not None and row.currency in (None, offer.currency):
        cost = row.unit_cost_cents
    return {
        "offer": offer.id,
        "at": as_of,
        "units": row.quantity,
        "cost": cost,
        "listed": True,
    }


def _differs(offer: Any, figures: Mapping[str, Any]) -> bool:
    before = (offer.quantity, offer.unit_cost_cents)
    return before != (figures["units"], figures["cost"])


# A feed may have a hundred thousand rows: they are read and written as plain rows.
_OFFER = table_of(Offer)
_OFFERS = _OFFER.select().where(_OFFER.c.supplier_id == bindparam("supplier"))
_RENEW = (
    _OFFER.update()
    .where(_OFFER.c.id == bindparam("offer"))
    .values(
        as_of=bindparam("at"),
        is_listed=bindparam("listed"),
        quantity=bindparam("units"),
        unit_cost_cents=bindparam("cost"),
    )
)
