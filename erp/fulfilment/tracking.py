"""Asks suppliers what changed, and applies it: each supplier when its turn comes."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from config.database import Sessions
from erp.fulfilment.carrier import Carrier
from erp.fulfilment.lifecycle import AWAITED, PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.reports import apply_reports
from erp.fulfilment.retries import wait
from suppliers.connections import connection_of
from suppliers.contract import ChangePage
from suppliers.errors import SupplierError
from suppliers.models import Supplier
from suppliers.registry import Connection

log = logging.getLogger(__name__)

POLL_LEASE = timedelta(minutes=10)  # a poll that takes longer died with its process
LISTENED_TO = AWAITED | {
    PurchaseStatus.SENDING,
    PurchaseStatus.UNKNOWN,
    PurchaseStatus.NEEDS_ATTENTION,
}


@dataclass(frozen=True, slots=True)
class Poll:
    """One supplier to ask, from where its change list was read to."""

    connection: Connection
    cursor: str | None


def track_due(sessions: Sessions, carrier: Carrier, every: timedelta) -> int:
    """Poll the suppliers whose turn it is; how many purchase orders were reported."""
    now = carrier.clock()
    with sessions.reading() as session:
        if not anything_due(session, now):
            return 0
    with sessions.writing() as session:
        polls = _claim(session, carrier, now)
    if not polls:
        return 0
    with ThreadPoolExecutor(min(carrier.threads, len(polls))) as pool:
        return sum(pool.map(lambda p: _poll(sessions, carrier, p, every), polls))


def anything_due(session: Session, now: datetime) -> bool:
    """Whether it is some supplier's turn to be asked."""
    return session.exec(_due(now).limit(1)).first() is not None


def poll_now(session: Session, supplier: Supplier, now: datetime) -> None:
    """Make a supplier's next poll due, for a human who does not want to wait."""
    supplier.next_poll_at = now


def _due(now: datetime) -> SelectOfScalar[Supplier]:
    """Suppliers with something left to tell, whose turn it is."""
    waited_for = (
        select(PurchaseOrder.id)
        .where(
            col(PurchaseOrder.supplier_id) == col(Supplier.id),
            col(PurchaseOrder.status).in_(LISTENED_TO),
        )
        .exists()
    )
    return select(Supplier).where(
        col(Supplier.kind).is_not(None),
        or_(col(Supplier.next_poll_at).is_(None), col(Supplier.next_poll_at) <= now),
        waited_for,
    )


def _poll(sessions: Sessions, carrier: Carrier, poll: Poll, every: timedelta) -> int:
    """Read page after page; each is applied together with its cursor."""
    applied = 0
    cursor = poll.cursor
    while True:
        try:
            client = carrier.clients.client_for(poll.connection)
            page = client.changes(cursor)
        except SupplierError as error:
            _record_failure(sessions, carrier, poll, error)
            return applied
        applied += _record(sessions, carrier, poll, page, every)
        if not page.more or page.cursor == cursor:
            return applied
        cursor = page.cursor


def _record(
    sessions: Sessions,
    carrier: Carrier,
    poll: Poll,
    page: ChangePage,
    every: timedelta,
) -> int:
    now = carrier.clock()
    with sessions.writing() as session:
        supplier = session.get_one(Supplier, poll.connection.supplier_id)
        applied = apply_reports(session, page.reports, now) if page.reports else 0
        supplier.changes_cursor = page.cursor
        supplier.poll_failures = 0
        supplier.last_seen_at = now
        supplier.last_error = ""
        if not page.more:
            supplier.next_poll_at = now + every
        return applied


def _record_failure(
    sessions: Sessions, carrier: Carrier, poll: Poll, error: SupplierError
) -> None:
    now = carrier.clock()
    log.warning("not polled supplier=%s %s", poll.connection.code, error)
    with sessions.writing() as session:
        supplier = session.get_one(Supplier, poll.connection.supplier_id)
        supplier.poll_failures += 1
        supplier.last_error = error.detail
        pause = wait(carrier.rules, supplier.poll_failures, carrier.chance)
        supplier.next_poll_at = now + pause


def _claim(session: Session, carrier: Carrier, now: datetime) -> list[Poll]:
    query = _due(now).order_by(col(Supplier.id)).with_for_update(skip_locked=True)
    polls = []
    for supplier in session.exec(query):
        supplier.next_poll_at = now + POLL_LEASE
        connection = connection_of(supplier, carrier.secrets, carrier.call_seconds)
        polls.append(Poll(connection, supplier.changes_cursor))
    return polls
