"""Readings: measure every KPI over its window and keep what changed.

A reading is stored only if its figures differ from the newest one of its scope; else
that one still holds. So that a chart has a point even in a quiet time, the whole store
gets one every hour and a supplier or channel one every day; a product never does, so
20,000 products that stand still cost nothing. A scope whose last case has left the
window gets one closing reading of nothing, since its old figures no longer hold; a
product has no newest reading then, so the thousands that rest are never looked at.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    CursorResult,
    String,
    and_,
    bindparam,
    delete,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from config.database import Sessions
from config.upsert import table_of
from erp.kpis.facts import late_delivery, late_hand_over, return_rate
from erp.kpis.margin_facts import gross_margin
from erp.kpis.measures import NOTHING, Measured
from erp.kpis.models import Kpi, Reading, ScopeKind
from erp.kpis.policy import Policy
from erp.kpis.scopes import OVERALL, Measures, Scope, Window

log = logging.getLogger(__name__)

REPEATED_AFTER = {  # though nothing changed, so that a chart has a point
    ScopeKind.OVERALL: timedelta(hours=1),
    ScopeKind.SUPPLIER: timedelta(days=1),
    ScopeKind.CHANNEL: timedelta(days=1),
}
KEPT_WHOLE = timedelta(days=2)  # long enough to see why an alert opened
AT_ONCE = 5_000  # readings stored in one transaction: other writers wait for it
Subject = tuple[Kpi, Scope]


class _Newest(NamedTuple):
    """The newest reading of a scope, and how it lies to the present moment."""

    id: int
    measured: Measured
    is_later: bool  # or of this very moment
    is_of_today: bool
    is_repeated: bool  # though nothing changed


class _Change(NamedTuple):
    """A reading to be stored, and the one that it takes the place of."""

    subject: Subject
    measured: Measured
    before: _Newest | None


def measure(sessions: Sessions, policy: Policy, now: datetime, *, currency: str) -> int:
    """Measure every KPI over the window that ends now; how many readings were stored.

    `currency` is the store's. Another process that measured at the same time wins: its
    readings are as good.
    """
    with sessions.reading() as session:
        newest = _newest(session, now)
        changes: list[_Change] = []
        for kpi, rule in policy.items():
            window = Window(now - timedelta(days=rule.window_days), now)
            measures = measured(session, kpi, window, currency=currency)
            changes += _changes(kpi, measures, newest[kpi])
    stored = 0
    for start in range(0, len(changes), AT_ONCE):
        stored += _store(sessions, policy, changes[start : start + AT_ONCE], now)
    return stored


def measured(session: Session, kpi: Kpi, window: Window, *, currency: str) -> Measures:
    """A KPI of every scope that had a case in the window."""
    if kpi is Kpi.LATE_HAND_OVER:
        return late_hand_over(session, window)
    if kpi is Kpi.LATE_DELIVERY:
        return late_delivery(session, window)
    if kpi is Kpi.RETURN_RATE:
        return return_rate(session, window)
    return gross_margin(session, window, currency=currency)


def measure_whole(
    session: Session, until: datetime, *, currency: str
) -> dict[Kpi, Measures]:
    """Every KPI over everything up to a moment; stores nothing."""
    window = Window(None, until)
    return {kpi: measured(session, kpi, window, currency=currency) for kpi in Kpi}


def thin_readings(session: Session, now: datetime) -> int:
    """Delete what lies between the days' last readings, two days back; how many.

    The newest reading of a scope always closes its day, so it stays however old it is.
    """
    result: CursorResult[Any] = session.connection().execute(
        delete(Reading).where(
            ~col(Reading.closes_day), col(Reading.at) < now - KEPT_WHOLE
        )
    )
    return result.rowcount


def _newest(session: Session, now: datetime) -> Mapping[Kpi, dict[Scope, _Newest]]:
    found: dict[Kpi, dict[Scope, _Newest]] = {kpi: {} for kpi in Kpi}
    kinds = {kind.value: kind for kind in ScopeKind}
    kpis = {kpi.value: found[kpi] for kpi in Kpi}
    moments = {
        "now": now,
        "today": now.replace(hour=0, minute=0, second=0, microsecond=0),
    }
    moments |= {kind.value: now - age for kind, age in REPEATED_AFTER.items()}
    rows = session.connection().execute(_NEWEST, moments).all()
    for kpi, kind, key, row_id, bad, of, covered, total, *marks in rows:
        measured = Measured(bad, of, covered, total)
        kpis[kpi][kinds[kind], key] = _Newest(row_id, measured, *marks)
    return found


def _changes(
    kpi: Kpi, measures: Measures, newest: dict[Scope, _Newest]
) -> Iterator[_Change]:
    for scope, value in _wanted(measures, newest):
        before = newest.get(scope)
        if _is_due(value, before):
            yield _Change((kpi, scope), value, before)


def _wanted(
    measures: Measures, newest: dict[Scope, _Newest]
) -> Iterator[tuple[Scope, Measured]]:
    """The whole store always, a part only while it has something to show."""
    yield OVERALL, measures.get(OVERALL, NOTHING)
    for scope, value in measures.items():
        if scope != OVERALL and value.denominator > 0:
            yield scope, value
    for scope, before in newest.items():
        now_empty = scope not in measures or measures[scope].denominator <= 0
        if scope != OVERALL and now_empty and before.measured != NOTHING:
            yield scope, NOTHING


def _is_due(value: Measured, before: _Newest | None) -> bool:
    if before is None:
        return True
    if before.is_later:
        return False  # somebody measured at this moment, or the clock was set back
    return before.measured != value or (before.is_repeated and value != NOTHING)


def _store(
    sessions: Sessions, policy: Policy, changes: Sequence[_Change], now: datetime
) -> int:
    """Store them all, or none: nobody may have measured since they were found."""
    old = [
        {
            "reading": change.before.id,
            "closes": not change.before.is_of_today,
        }
        for change in changes
        if change.before
    ]
    new = [_row(change, policy, now) for change in changes]
    try:
        with sessions.writing() as session:
            _supersede(session, old)
            session.connection().execute(_INSERT, new)
    except (_MeasuredElsewhereError, IntegrityError):
        log.info("measured elsewhere at the same time")
        return 0
    return len(changes)


def _supersede(session: Session, old: Sequence[dict[str, Any]]) -> None:
    if not old:
        return
    result = session.connection().execute(_SUPERSEDE, old)
    if result.rowcount != len(old):
        raise _MeasuredElsewhereError


def _row(change: _Change, policy: Policy, now: datetime) -> dict[str, Any]:
    kpi, (kind, key) = change.subject
    value = change.measured
    return {
        "kpi": kpi,
        "scope_kind": kind,
        "scope_key": key,
        "at": now,
        "window_days": policy[kpi].window_days,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "covered": value.covered,
        "total": value.total,
        "is_newest": value != NOTHING or kind in REPEATED_AFTER,
        "closes_day": True,
    }


class _MeasuredElsewhereError(Exception):
    """A reading that was the newest is so no longer."""


# Built once: measuring is done often, and many rows are read and written each time.
_READING = table_of(Reading)
_NEWEST = select(
    type_coerce(_READING.c.kpi, String),  # many rows, few kinds
    type_coerce(_READING.c.scope_kind, String),
    _READING.c.scope_key,
    _READING.c.id,
    _READING.c.numerator,
    _READING.c.denominator,
    _READING.c.covered,
    _READING.c.total,
    _READING.c.at >= bindparam("now"),
    _READING.c.at >= bindparam("today"),
    or_(
        *(
            and_(_READING.c.scope_kind == kind, _READING.c.at <= bindparam(kind.value))
            for kind in REPEATED_AFTER
        )
    ),
).where(_READING.c.is_newest)
_SUPERSEDE = (
    _READING.update()
    .where(_READING.c.id == bindparam("reading"), _READING.c.is_newest)
    .values(is_newest=False, closes_day=bindparam("closes"))
)
_INSERT = _READING.insert()
