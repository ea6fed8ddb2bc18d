"""Writes down what sending a notice came to, and what that says of its endpoint."""

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, delete

from config.upsert import table_of
from erp.fulfilment.notices.claiming import Claimed
from erp.fulfilment.notices.endpoints import turn_off
from erp.fulfilment.notices.models import (
    DisabledBecause,
    NoticeStatus,
    SupplierEndpoint,
    SupplierNotice,
)
from erp.fulfilment.notices.schedule import Chance, pause, quiet
from suppliers.notifying import Heard

log = logging.getLogger(__name__)

KEPT = timedelta(days=60)  # notices that have ended; the timeline keeps the events
_NOTICE, _ENDPOINT = table_of(SupplierNotice), table_of(SupplierEndpoint)


def record(
    session: Session, claimed: Claimed, heard: Heard, chance: Chance, now: datetime
) -> None:
    """Write an answer down, unless the lease ran out and another took over."""
    if heard.is_delivered:
        _write(session, claimed, heard, NoticeStatus.DELIVERED, now)
        _rest(session, claimed, None)
        return
    log.warning("no notice supplier=%s %s", claimed.supplier, heard.error)
    waits = pause(claimed.attempt, heard.told_to_wait, chance)
    if heard.is_gone or waits is None:
        _write(session, claimed, heard, NoticeStatus.GIVEN_UP, now)
    else:
        _write(session, claimed, heard, NoticeStatus.WAITING, now, now + waits)
    if heard.is_gone:
        _turn_off(session, claimed, now)
    else:
        rests = quiet(waits or timedelta.max, heard.told_to_wait)
        _rest(session, claimed, now + rests)


def forget_old(session: Session, now: datetime) -> int:
    """Remove notices that ended long ago; how many there were."""
    old = delete(SupplierNotice).where(col(SupplierNotice.ended_at) <= now - KEPT)
    return int(session.exec(old).rowcount)


def _write(
    session: Session,
    claimed: Claimed,
    heard: Heard,
    status: NoticeStatus,
    now: datetime,
    due_at: datetime | None = None,
) -> None:
    values: dict[str, Any] = {
        "notice": claimed.notice_id,
        "leased": claimed.leased_until,
        "then": status,
        "due": due_at,
        "ended": None if due_at else now,
        "answer": heard.status,
        "why": heard.error,
    }
    session.connection().execute(_RECORD, values)


def _rest(session: Session, claimed: Claimed, until: datetime | None) -> None:
    values = {"supplier": claimed.supplier_id, "at": claimed.url, "until": until}
    session.connection().execute(_REST, values)


def _turn_off(session: Session, claimed: Claimed, now: datetime) -> None:
    """Unless its address was changed meanwhile: then another one is gone."""
    endpoint = session.get_one(SupplierEndpoint, claimed.supplier_id)
    if endpoint.url == claimed.url:
        gone = DisabledBecause.GONE
        turn_off(session, claimed.supplier_id, gone, now, by="system")


_RECORD = (
    _NOTICE.update()
    .where(
        _NOTICE.c.id == bindparam("notice"),
        _NOTICE.c.status == NoticeStatus.WAITING,
        _NOTICE.c.due_at == bindparam("leased"),
    )
    .values(
        status=bindparam("then"),
        due_at=bindparam("due"),
        ended_at=bindparam("ended"),
        last_status=bindparam("answer"),
        last_error=bindparam("why"),
    )
)
_REST = (
    _ENDPOINT.update()
    .where(
        _ENDPOINT.c.supplier_id == bindparam("supplier"),
        _ENDPOINT.c.url == bindparam("at"),
    )
    .values(quiet_until=bindparam("until"))
)
