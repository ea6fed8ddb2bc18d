"""Readings: measure every KPI over its window and keep what changed.

A reading is stored only if its figures differ from the newest one of its scope; else
that one still holds. So that a chart has a point even in a quiet time, the whole store
gets one every hour and a supplier or channel one every day; a product never does, so
20,000 products that stand still cost nothing. A scope whose last case has left the
window gets one closing reading of nothing, since its old figures no longer hold; a
product has no newest reading then, so the thousands that rest are never looked at.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CursorResult,
    String,
    delete,
    insert,
    select,
    type_coerce,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from config.database import Sessions
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
AT_ONCE = 500  # rows of one UPDATE; SQLite's smallest limit of values is 999


@dataclass(frozen=True, slots=True)
class _Newest:
    id: int
    at: datetime
    measured: Measured


def measure(sessions: Sessions, policy: Policy, now: datetime, *, currency: str) -> int:
    """Measure every KPI over the window that ends now; how many readings were stored.

    `currency` is the store's. Another process that measured at the same time wins: its
    readings are as good.
    """
    stored = 0
    for kpi, rule in policy.items():
        window = Window(now - timedelta(days=rule.window_days), now)
        with sessions.reading() as session:
            measures = measured(session, kpi, window, currency=currency)
        try:
            with sessions.writing() as session:
                stored += _store(session, kpi, measures, rule.window_days, now)
        except IntegrityError:
            log.info("measured elsewhere at the same time kpi=%s", kpi)
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


def _store(
    session: Session, kpi: Kpi, measures: Measures, window_days: int, now: datetime
) -> int:
    newest = _newest_of(session, kpi)
    changed = {
        scope: value
        for scope, value in _wanted(measures, newest)
        if _is_due(scope, value, newest.get(scope), now)
    }
    _supersede(session, [newest[scope] for scope in changed if scope in newest], now)
    rows = [
        {
            "kpi": kpi,
            "scope_kind": kind,
            "scope_key": key,
            "at": now,
            "window_days": window_days,
            "is_newest": value != NOTHING or kind in REPEATED_AFTER,
            "closes_day": True,
            **asdict(value),
        }
        for (kind, key), value in changed.items()
    ]
    if rows:
        session.connection().execute(insert(Reading), rows)
    return len(rows)


def _newest_of(session: Session, kpi: Kpi) -> dict[Scope, _Newest]:
    kind_column = type_coerce(col(Reading.scope_kind), String)  # many rows, few kinds
    query = select(
        kind_column,
        col(Reading.scope_key),
        col(Reading.id),
        col(Reading.at),
        col(Reading.numerator),
        col(Reading.denominator),
        col(Reading.covered),
        col(Reading.total),
    ).where(col(Reading.kpi) == kpi, col(Reading.is_newest))
    kinds = {kind.value: kind for kind in ScopeKind}
    return {
        (kinds[kind], key): _Newest(row_id, at, Measured(*figures))
        for kind, key, row_id, at, *figures in session.execute(query)
    }


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


def _is_due(
    scope: Scope, value: Measured, before: _Newest | None, now: datetime
) -> bool:
    if before is None:
        return True
    if before.at >= now:
        return False  # somebody measured at this moment, or the clock was set back
    if before.measured != value:
        return True
    repeated_after = REPEATED_AFTER.get(scope[0])
    return (
        repeated_after is not None
        and value != NOTHING
        and now - before.at >= repeated_after
    )


def _supersede(session: Session, old: Iterable[_Newest], now: datetime) -> None:
    same_day = [each.id for each in old if each.at.date() == now.date()]
    earlier = [each.id for each in old if each.at.date() != now.date()]
    for ids, values in (
        (same_day, {"is_newest": False, "closes_day": False}),
        (earlier, {"is_newest": False}),
    ):
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            session.connection().execute(
                update(Reading).where(col(Reading.id).in_(some)).values(values)
            )
