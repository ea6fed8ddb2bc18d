"""Reads suppliers' stock and cost: one pass over one feed at a time.

The feed is read outside of any transaction; then only what differs is written. A SKU
that is not in the feed keeps its last figures and grows stale; an empty feed or one
that breaks off changes nothing.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection as Database
from sqlalchemy import and_, bindparam, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

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
    found = session.connection().execute(_ANYBODY, {"now": now})
    return found.first() is not None


def _claim(session: Session, reader: FeedReader) -> Connection | None:
    now = reader.clock()
    supplier = session.exec(_DUE, params={"now": now}).first()
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
    database = session.connection()
    told = {row.supplier_sku: row for row in rows}
    seen: dict[str, Any] = {"seen": now, "next": now + reader.every}
    of_supplier = {"supplier": connection.supplier_id}
    database.execute(_READ if told else _EMPTY, seen | of_supplier)
    as_of = min(reading.as_of or now, now)
    offers = database.execute(_OFFERS, of_supplier).all()
    known = [
        (offer, told[offer.supplier_sku])
        for offer in offers
        if offer.supplier_sku in told and as_of >= offer.as_of
    ]
    changed = [figures for each in known if (figures := _changed(*each, as_of))]
    if len(known) == len(offers):  # most feeds are whole, and most of each is as it was
        database.execute(_STANDS, of_supplier | {"at": as_of})
        _renew(database, changed)
    else:
        _renew(database, [_figures(*each, as_of) for each in known])
    return len(changed)


def _renew(database: Database, figures: list[dict[str, Any]]) -> None:
    if figures:
        database.execute(_RENEW, figures)


def _changed(offer: Any, row: StockRow, as_of: datetime) -> dict[str, Any] | None:
    figures = _figures(offer, row, as_of)
    before = (offer.quantity, offer.unit_cost_cents)
    return None if before == (figures["units"], figures["cost"]) else figures


def _figures(offer: Any, row: StockRow, as_of: datetime) -> dict[str, Any]:
    """Take what a row says; of the cost, what it does not say keeps its last value."""
    cost = offer.unit_cost_cents
    if row.unit_cost_cents is not None and row.currency in (None, offer.currency):
        cost = row.unit_cost_cents
    return {"offer": offer.id, "at": as_of, "units": row.quantity, "cost": cost}


# Built once: they are asked at every tick, and mostly nothing comes of it.
_IS_DUE = and_(
    col(Supplier.kind).is_not(None),
    or_(
        col(Supplier.next_stock_read_at).is_(None),
        col(Supplier.next_stock_read_at) <= bindparam("now"),
    ),
)
_ANYBODY = select(Supplier.id).where(_IS_DUE).limit(1)
_DUE = (
    select(Supplier)
    .where(_IS_DUE)
    .order_by(col(Supplier.next_stock_read_at), col(Supplier.id))
    .limit(1)
    .with_for_update(skip_locked=True)
)
_SUPPLIER = table_of(Supplier)
_EMPTY = (
    _SUPPLIER.update()
    .where(_SUPPLIER.c.id == bindparam("supplier"))
    .values(last_seen_at=bindparam("seen"), next_stock_read_at=bindparam("next"))
)
_READ = _EMPTY.values(stock_read_at=bindparam("seen"))
# A feed may have a hundred thousand rows: they are read and written as plain rows.
_OFFER = table_of(Offer)
_OFFERS = select_columns(
    _OFFER.c.id,
    _OFFER.c.supplier_sku,
    _OFFER.c.currency,
    _OFFER.c.as_of,
    _OFFER.c.quantity,
    _OFFER.c.unit_cost_cents,
).where(_OFFER.c.supplier_id == bindparam("supplier"))
_STANDS = (
    _OFFER.update()
    .where(_OFFER.c.supplier_id == bindparam("supplier"))
    .values(as_of=bindparam("at"), is_listed=True)
)
_RENEW = (
    _OFFER.update()
    .where(_OFFER.c.id == bindparam("offer"))
    .values(
        as_of=bindparam("at"),
        is_listed=True,
        quantity=bindparam("units"),
        unit_cost_cents=bindparam("cost"),
    )
)
