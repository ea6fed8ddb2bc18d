"""The newest readings become alerts, their history, and the mails about them.

One transaction: what it decided is stored with the mails that tell of it, or not at
all. Everything one run has to say goes into one bulletin, so a recipient gets one mail.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, or_
from sqlalchemy import select as select_columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from config.database import Sessions
from config.options import Store
from erp.alerts.models import Alert, AlertEvent, AlertStatus, EventKind
from erp.alerts.outages import inhibited, suppliers_down
from erp.alerts.posting import post
from erp.alerts.rules import (
    Action,
    Severity,
    Standing,
    Verdict,
    has_enough,
    judge,
    limit_percent,
)
from erp.kpis.measures import NOTHING, Measured
from erp.kpis.models import Kpi, Reading, ScopeKind
from erp.kpis.policy import Policy, Rule

log = logging.getLogger(__name__)

Key = tuple[Kpi, ScopeKind, str]
EVENTS = {
    Action.OPEN: EventKind.OPENED,
    Action.WORSEN: EventKind.WORSENED,
    Action.REMIND: EventKind.REMINDED,
    Action.RESOLVE: EventKind.RESOLVED,
}


@dataclass(frozen=True, slots=True)
class _Case:
    """One scope to be judged."""

    key: Key
    measured: Measured
    alert: Alert | None


def raise_alerts(
    sessions: Sessions, policy: Policy, store: Store, now: datetime
) -> int:
    """Judge the newest readings; how many alerts opened, changed, or were mailed again.

    If another process raised at the same time, its alerts stand and nothing is done.
    """
    try:
        with sessions.writing() as session:
            return _raise(session, policy, store, now)
    except IntegrityError:
        log.info("alerts were raised elsewhere at the same time")
        return 0


def _raise(session: Session, policy: Policy, store: Store, now: datetime) -> int:
    down = suppliers_down(session)
    verdicts = [
        (case, verdict)
        for case in _cases(session, policy)
        if (verdict := _verdict(case, policy, down, now)).action is not Action.NOTHING
    ]
    if not verdicts:
        return 0
    snoozes = _running_snoozes(session, now)
    told: list[tuple[Alert, AlertEvent]] = []
    for case, verdict in verdicts:
        alert = case.alert or _new(case, snoozes.get(case.key), now)
        _apply(alert, verdict, policy[case.key[0]], now)
        session.add(alert)
        session.flush()
        event = _event(alert, verdict, now)
        session.add(event)
        if case.alert or case.key not in snoozes:
            told.append((alert, event))
    post(session, told, policy, store, now)
    return len(verdicts)


def _verdict(
    case: _Case, policy: Policy, down: frozenset[str], now: datetime
) -> Verdict:
    """What to do about it; an open alert keeps up with its reading."""
    rule = policy[case.key[0]]
    standing = _standing(case.alert) if case.alert else None
    why_not = inhibited(*case.key, down)
    verdict = judge(case.measured, standing, rule, now, inhibited=why_not)
    if case.alert:
        _refresh(case.alert, case.measured, rule, now)
    return verdict


def _cases(session: Session, policy: Policy) -> Iterator[_Case]:
    """Scopes that are watched and big enough, and those that have an open alert."""
    alerts = {
        (alert.kpi, alert.scope_kind, alert.scope_key): alert
        for alert in session.exec(_OPEN)
    }
    readings = _readings(session, policy, alerts)
    for key, measured in readings.items():
        if key in alerts or not _is_the_whole(key, measured, readings):
            yield _Case(key, measured, alerts.get(key))
    for key, alert in alerts.items():
        if key not in readings:
            yield _Case(key, NOTHING, alert)


def _is_the_whole(
    key: Key, measured: Measured, readings: Mapping[Key, Measured]
) -> bool:
    """Whether a part is all there is, as a lone channel: the whole speaks for it."""
    kpi, kind, _ = key
    whole = readings.get((kpi, ScopeKind.OVERALL, ""))
    return kind is not ScopeKind.OVERALL and measured == whole


def _readings(
    session: Session, policy: Policy, alerts: Mapping[Key, Alert]
) -> dict[Key, Measured]:
    smallest = min(rule.smallest_sample for rule in policy.values())
    asked = {"smallest": smallest, "alerted": [key for _, _, key in alerts]}
    found: dict[Key, Measured] = {}
    for kpi, kind, key, *figures in session.connection().execute(_READINGS, asked):
        measured = Measured(*figures)
        if (kpi, kind, key) in alerts or _is_watched(kind, measured, policy[kpi]):
            found[kpi, kind, key] = measured
    return found


def _is_watched(kind: ScopeKind, measured: Measured, rule: Rule) -> bool:
    return kind in rule.scopes and measured.covered >= rule.smallest_sample


def _running_snoozes(session: Session, now: datetime) -> dict[Key, datetime]:
    """Snoozes of alerts that have resolved since: they hold if one opens anew."""
    query = select(Alert).where(
        col(Alert.snoozed_until) > now, col(Alert.status) == AlertStatus.RESOLVED
    )
    return {
        (alert.kpi, alert.scope_kind, alert.scope_key): alert.snoozed_until
        for alert in session.exec(query.order_by(col(Alert.snoozed_until)))
        if alert.snoozed_until
    }


def _standing(alert: Alert) -> Standing:
    return Standing(
        severity=alert.severity,
        opened_at=alert.opened_at,
        judged_at=alert.judged_at,
        reminded_at=alert.reminded_at,
        is_acknowledged=alert.acknowledged_at is not None,
        snoozed_until=alert.snoozed_until,
    )


def _refresh(alert: Alert, measured: Measured, rule: Rule, now: datetime) -> None:
    alert.numerator = measured.numerator
    alert.denominator = measured.denominator
    if has_enough(measured, rule):
        alert.judged_at = now


def _new(case: _Case, snoozed_until: datetime | None, now: datetime) -> Alert:
    kpi, scope_kind, scope_key = case.key
    return Alert(
        kpi=kpi,
        scope_kind=scope_kind,
        scope_key=scope_key,
        status=AlertStatus.OPEN,
        severity=Severity.WARNING,
        numerator=case.measured.numerator,
        denominator=case.measured.denominator,
        limit_percent="",
        opened_at=now,
        judged_at=now,
        snoozed_until=snoozed_until,
    )


def _apply(alert: Alert, verdict: Verdict, rule: Rule, now: datetime) -> None:
    if verdict.severity:
        alert.severity = verdict.severity
        alert.limit_percent = f"{limit_percent(rule, verdict.severity):f}"
    if verdict.action is Action.WORSEN:
        alert.acknowledged_at = None  # what was in hand was less than this
        alert.acknowledged_by = None
    if verdict.action in (Action.WORSEN, Action.REMIND):
        alert.reminded_at = now
    if verdict.action is Action.RESOLVE:
        alert.status = AlertStatus.RESOLVED
        alert.resolved_at = now


def _event(alert: Alert, verdict: Verdict, now: datetime) -> AlertEvent:
    assert alert.id is not None
    return AlertEvent(
        alert_id=alert.id,
        at=now,
        kind=EVENTS[verdict.action],
        reason=verdict.reason,
        numerator=alert.numerator,
        denominator=alert.denominator,
    )


# Built once: they are asked at every tick, and mostly nothing comes of it.
_OPEN = (
    select(Alert)
    .where(col(Alert.status) == AlertStatus.OPEN)
    .order_by(col(Alert.id))
    .with_for_update()
)
_READINGS = (
    select_columns(
        col(Reading.kpi),
        col(Reading.scope_kind),
        col(Reading.scope_key),
        col(Reading.numerator),
        col(Reading.denominator),
        col(Reading.covered),
        col(Reading.total),
    )
    .where(
        col(Reading.is_newest),
        or_(
            col(Reading.covered) >= bindparam("smallest"),
            col(Reading.scope_key).in_(bindparam("alerted", expanding=True)),
        ),
    )
    .order_by(col(Reading.kpi), col(Reading.scope_kind), col(Reading.scope_key))
)
