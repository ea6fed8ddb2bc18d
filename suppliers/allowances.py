"""Calls granted to suppliers and what came of them, as rows all processes share.

Whoever claims work asks `grant` in the same transaction, and tells `listen` in the one
that records the answers. Rows are locked, by id, and after everything else: two
processes never spend the same call, nor do both probe.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from config.upsert import table_of
from suppliers.errors import RateLimited, Rejected, ShutOut, SupplierError
from suppliers.health import (
    NEVER,
    Circuit,
    Health,
    Heard,
    Limits,
    OpenedBecause,
    hear,
    spend,
    take,
    throttle,
)
from suppliers.health_rows import (
    health_of,
    limits_of,
    lock_health,
    locked_health,
    store_health,
)
from suppliers.models import Supplier, SupplierHealth, SupplierOutage

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Grant:
    """So many calls may go out; what they say is to be told if it `counts`."""

    supplier: Supplier
    calls: int
    counts: bool = False
    is_probe: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """How one call went. `until`: when it may be called again, if it said so."""

    supplier_id: int
    heard: Heard
    detail: str = ""
    until: datetime | None = None
    counts: bool = False
    is_probe: bool = False


def resting() -> Select[tuple[int]]:
    """Ids of the suppliers that may not be called at the parameter `now`."""
    return _RESTING


def grant(
    session: Session, wanted: Mapping[int, int], now: datetime, lease: timedelta
) -> dict[int, Grant]:
    """Grant as many of the wanted calls, by supplier id, as may go out now.

    A probe counts as lost with its process after the lease.
    """
    found = session.execute(_CALLED, {"ids": sorted(wanted)}).all()
    watched = [each.id for each, row in found if _is_watched(each, row, now)]
    rows = locked_health(session, watched) if watched else {}
    grants = {}
    for supplier, _ in found:
        asked, row = wanted[supplier.id], rows.get(supplier.id)
        if row is None:
            grants[supplier.id] = Grant(supplier, asked)
            continue
        limits = limits_of(supplier)
        health, calls = take(health_of(row), limits, asked, now, lease)
        store_health(row, health, limits)
        is_probe = calls > 0 and health.circuit is Circuit.HALF_OPEN
        grants[supplier.id] = Grant(supplier, calls, _counts(health, limits), is_probe)
    return grants


def spend_one(session: Session, supplier_id: int, now: datetime) -> datetime | None:
    """Take one call for a human's question; None: it may go out, else from when on.

    Its circuit is neither asked nor moved: they may be mending what opened it.
    """
    found = session.execute(_CALLED, {"ids": [supplier_id]}).first()
    if found is None or not _is_watched(found[0], found[1], now):
        return None
    row, limits = (
        locked_health(session, [supplier_id])[supplier_id],
        limits_of(found[0]),
    )
    health, ready = spend(health_of(row), limits, now)
    store_health(row, health, limits)
    return ready


def listen(session: Session, told: Iterable[Told], now: datetime) -> None:
    """Take in how calls went. Writes nothing where all is well."""
    telling = [each for each in told if each.counts or each.heard is not Heard.ANSWERED]
    if not telling:
        return
    session.flush()
    ids = {each.supplier_id for each in telling}
    rows = locked_health(session, ids)
    query = select(Supplier).where(col(Supplier.id).in_(ids))
    suppliers = {each.id or 0: each for each in session.exec(query)}
    for each in telling:
        supplier, row = suppliers[each.supplier_id], rows[each.supplier_id]
        _take_in(session, supplier, row, each, now)


def told(
    supplier_id: int,
    answer: object,
    until: datetime | None = None,
    *,
    counts: bool = True,
    is_probe: bool = False,
) -> Told:
    """What an answer, or the error in its place, says about the supplier."""
    heard, detail = Heard.ANSWERED, ""
    if isinstance(answer, SupplierError):
        heard, detail = _heard(answer), answer.detail
    return Told(supplier_id, heard, detail, until, counts, is_probe)


def forget(session: Session, supplier_id: int, now: datetime) -> None:
    """Begin anew, as after a change of the connection or of what is allowed."""
    session.flush()
    for row in session.exec(lock_health([supplier_id])):
        store_health(row, Health(), Limits())
    _end_outage(session, supplier_id, now)


def _is_watched(supplier: Supplier, row: SupplierHealth | None, now: datetime) -> bool:
    """Whether its row must be looked at: it is limited, or something is the matter."""
    limits = limits_of(supplier)
    if limits.calls_per_minute or limits.error_budget_percent is not None:
        return True
    if row is None:
        return False
    return not health_of(row).is_quiet or (row.not_before or NEVER) > now


def _counts(health: Health, limits: Limits) -> bool:
    return limits.error_budget_percent is not None or not health.is_quiet


def _heard(error: SupplierError) -> Heard:
    match error:
        case ShutOut():
            return Heard.SHUT_OUT
        case RateLimited():
            return Heard.THROTTLED
        case Rejected():
            return Heard.ANSWERED
    return Heard.FAILED


def _take_in(
    session: Session, supplier: Supplier, row: SupplierHealth, told: Told, now: datetime
) -> None:
    before, limits = health_of(row), limits_of(supplier)
    health, because = hear(before, limits, told.heard, now, is_probe=told.is_probe)
    if told.until is not None:
        health = throttle(health, told.until)
    store_health(row, health, limits)
    if because is not None:
        _begin_outage(session, supplier, because, told, now)
    elif told.is_probe and health.circuit is Circuit.CLOSED:
        _end_outage(session, row.supplier_id, now)
        log.info("circuit closed supplier=%s", supplier.code)
    elif told.is_probe:
        for outage in session.exec(_open_outage(row.supplier_id)):
            outage.probes, outage.detail = outage.probes + 1, told.detail


def _begin_outage(
    session: Session,
    supplier: Supplier,
    because: OpenedBecause,
    told: Told,
    now: datetime,
) -> None:
    log.warning("circuit open supplier=%s because=%s", supplier.code, because.value)
    outage = SupplierOutage(
        supplier_id=told.supplier_id, since=now, because=because, detail=told.detail
    )
    session.add(outage)
    session.flush()


def _end_outage(session: Session, supplier_id: int, now: datetime) -> None:
    for outage in session.exec(_open_outage(supplier_id)):
        outage.ended_at = now
    session.flush()


def _open_outage(supplier_id: int) -> SelectOfScalar[SupplierOutage]:
    return select(SupplierOutage).where(
        col(SupplierOutage.supplier_id) == supplier_id,
        col(SupplierOutage.ended_at).is_(None),
    )


_HEALTH = table_of(SupplierHealth)
_RESTING: Select[tuple[int]] = select_columns(_HEALTH.c.supplier_id).where(
    _HEALTH.c.ready_at > bindparam("now")
)
_CALLED = (
    select_columns(Supplier, SupplierHealth)
    .outerjoin(SupplierHealth, col(SupplierHealth.supplier_id) == col(Supplier.id))
    .where(col(Supplier.id).in_(bindparam("ids", expanding=True)))
    .order_by(col(Supplier.id))
)
