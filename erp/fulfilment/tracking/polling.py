"""Asks suppliers what changed, and applies it: each supplier when its turn comes."""

import logging
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from config.database import Sessions
from erp.fulfilment.forwarding.carrier import NOT_APPLICABLE, Carrier, answer_of
from erp.fulfilment.forwarding.retries import wait
from erp.fulfilment.lifecycle import AWAITED, PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.tracking.reports import apply_told
from suppliers.connections import connection_of
from suppliers.contract import ChangePage
from suppliers.errors import Garbled, SupplierError
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


Heard = tuple[Poll, ChangePage | SupplierError]


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
    return _ask_all(sessions, carrier, polls, every)


def anything_due(session: Session, now: datetime) -> bool:
    """Whether it is some supplier's turn to be asked."""
    return session.exec(_due(now).limit(1)).first() is not None


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


def _ask_all(
    sessions: Sessions, carrier: Carrier, polls: Sequence[Poll], every: timedelta
) -> int:
    """Ask at the same time, page after page; what came in meanwhile is kept together.

    So a slow supplier delays nobody, and many quick ones cost little more than one.
    """
    applied = 0
    with ThreadPoolExecutor(min(carrier.threads, len(polls))) as pool:
        asked = {pool.submit(_ask, carrier, poll): poll for poll in polls}
        while asked:
            done, _ = wait_for(asked, return_when=FIRST_COMPLETED)
            heard = [(asked.pop(each), each.result()) for each in done]
            applied += _keep(sessions, carrier, heard, every)
            for poll, page in heard:
                if isinstance(page, ChangePage) and _goes_on(poll, page):
                    following = Poll(poll.connection, page.cursor)
                    asked[pool.submit(_ask, carrier, following)] = following
    return applied


def _ask(carrier: Carrier, poll: Poll) -> ChangePage | SupplierError:
    def changes() -> ChangePage:
        return carrier.clients.client_for(poll.connection).changes(poll.cursor)

    return answer_of(poll.connection, changes)


def _goes_on(poll: Poll, page: ChangePage) -> bool:
    return page.more and page.cursor != poll.cursor


def _keep(
    sessions: Sessions, carrier: Carrier, heard: Sequence[Heard], every: timedelta
) -> int:
    """Apply what was heard, together if possible; how many purchase orders it was.

    If a supplier tells what cannot be applied, each is taken by itself, so that it
    spoils nobody else's news.
    """
    try:
        return _record(sessions, carrier, heard, every)
    except NOT_APPLICABLE as error:
        if len(heard) > 1:
            return sum(_keep(sessions, carrier, [each], every) for each in heard)
        poll, _ = heard[0]
        log.exception("not applied supplier=%s", poll.connection.code)
        unfit = Garbled(poll.connection.code, f"cannot be applied: {error}")
        return _record(sessions, carrier, [(poll, unfit)], every)


def _record(
    sessions: Sessions, carrier: Carrier, heard: Sequence[Heard], every: timedelta
) -> int:
    """One transaction; each page is applied together with its cursor."""
    now = carrier.clock()
    told = [
        (poll.connection.supplier_id, report)
        for poll, page in heard
        if isinstance(page, ChangePage)
        for report in page.reports
    ]
    with sessions.writing() as session:
        suppliers = _suppliers(session, heard)
        applied = apply_told(session, told, now) if told else 0
        for poll, page in heard:
            supplier = suppliers[poll.connection.supplier_id]
            if isinstance(page, SupplierError):
                _note_failure(supplier, page, carrier, now)
            else:
                _note_page(supplier, page, now, every)
        return applied


def _suppliers(session: Session, heard: Sequence[Heard]) -> dict[int, Supplier]:
    ids = [poll.connection.supplier_id for poll, _ in heard]
    query = select(Supplier).where(col(Supplier.id).in_(ids)).order_by(col(Supplier.id))
    return {supplier.id or 0: supplier for supplier in session.exec(query)}


def _note_page(
    supplier: Supplier, page: ChangePage, now: datetime, every: timedelta
) -> None:
    supplier.changes_cursor = page.cursor
    supplier.poll_failures = 0
    supplier.last_seen_at = now
    supplier.last_error = ""
    if not page.more:
        supplier.next_poll_at = now + every


def _note_failure(
    supplier: Supplier, error: SupplierError, carrier: Carrier, now: datetime
) -> None:
    log.warning("not polled supplier=%s %s", supplier.code, error)
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
