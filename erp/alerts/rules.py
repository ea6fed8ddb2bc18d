"""Whether a reading is a matter for an alert, as a verdict with a named reason.

Pure. An alert opens beyond one limit and resolves on the good side of another, so a
value that sways between them changes nothing. Small numbers do not cry wolf: a reading
needs a smallest sample, enough known cases and, for a rate, a breach that holds at the
near end of its confidence interval. Too little data never resolves an alert by itself;
only a whole window without enough of it does, and says so.

Severity never falls while an alert is open: a critical one that eases stays critical
until it resolves. While snoozed an alert is neither mailed nor made worse, whatever its
numbers do; it may still resolve. Acknowledging ends the reminders, not what gets worse.
What follows from something that was told already, as late orders do from a supplier
that is down, is inhibited for as long as that lasts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from erp.kpis.measures import Measured, wilson
from erp.kpis.policy import Rule


class Severity(StrEnum):
    WARNING = "warning"
    CRITICAL = "critical"


class Action(StrEnum):
    OPEN = "open"
    WORSEN = "worsen"
    REMIND = "remind"
    RESOLVE = "resolve"
    NOTHING = "nothing"


class Reason(StrEnum):
    BEYOND_LIMIT = "beyond_limit"
    BEYOND_CRITICAL_LIMIT = "beyond_critical_limit"
    REMINDER_DUE = "reminder_due"
    CLEARED = "cleared"
    NOTHING_LEFT_TO_JUDGE = "nothing_left_to_judge"
    WITHIN_LIMITS = "within_limits"
    NOT_CERTAIN = "not_certain"  # beyond the limit, but chance could do that
    TOO_FEW_CASES = "too_few_cases"
    TOO_LITTLE_KNOWN = "too_little_known"
    NOT_OPEN_LONG_ENOUGH = "not_open_long_enough"
    SNOOZED = "snoozed"
    SUPPLIER_DOWN = "supplier_down"  # that was told; what is late there follows from it
    ACKNOWLEDGED = "acknowledged"
    STILL_OPEN = "still_open"


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is to know of an open alert."""

    severity: Severity
    opened_at: datetime
    judged_at: datetime  # last time there was enough data
    reminded_at: datetime | None = None
    is_acknowledged: bool = False
    snoozed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    action: Action
    reason: Reason
    severity: Severity | None = None  # to open or worsen to


def judge(
    measured: Measured,
    standing: Standing | None,
    rule: Rule,
    now: datetime,
    *,
    inhibited: Reason | None = None,
) -> Verdict:
    """What to do about one scope's newest reading.

    While something else explains it (`inhibited`) it may resolve, and nothing more.
    """
    verdict = _judge(measured, standing, rule, now)
    if inhibited and verdict.action in (Action.OPEN, Action.WORSEN, Action.REMIND):
        return Verdict(Action.NOTHING, inhibited)
    return verdict


def limit_percent(rule: Rule, severity: Severity) -> Decimal:
    if severity is Severity.CRITICAL:
        return rule.critical_percent
    return rule.warning_percent


def has_enough(measured: Measured, rule: Rule) -> bool:
    """Whether a reading can be judged at all."""
    return _missing(measured, rule) is None


def _judge(
    measured: Measured, standing: Standing | None, rule: Rule, now: datetime
) -> Verdict:
    missing = _missing(measured, rule)
    if standing is None:
        return _judge_new(measured, missing, rule)
    if missing:
        window = timedelta(days=rule.window_days)
        if now - standing.judged_at >= window:
            return Verdict(Action.RESOLVE, Reason.NOTHING_LEFT_TO_JUDGE)
        return Verdict(Action.NOTHING, missing)
    return _judge_open(measured, standing, rule, now)


def _missing(measured: Measured, rule: Rule) -> Reason | None:
    if measured.percent is None or measured.covered < rule.smallest_sample:
        return Reason.TOO_FEW_CASES
    known = measured.coverage_percent
    if known is None or known < rule.smallest_coverage_percent:
        return Reason.TOO_LITTLE_KNOWN
    return None


def _judge_new(measured: Measured, missing: Reason | None, rule: Rule) -> Verdict:
    if missing:
        return Verdict(Action.NOTHING, missing)
    severity = _surely_beyond(measured, rule)
    if severity:
        return Verdict(Action.OPEN, _why(severity), severity)
    assert measured.percent is not None
    is_beyond = _is_beyond(measured.percent, rule.warning_percent, rule)
    return Verdict(
        Action.NOTHING, Reason.NOT_CERTAIN if is_beyond else Reason.WITHIN_LIMITS
    )


def _judge_open(
    measured: Measured, standing: Standing, rule: Rule, now: datetime
) -> Verdict:
    assert measured.percent is not None
    if not _is_beyond(measured.percent, rule.clear_percent, rule):
        if now - standing.opened_at < timedelta(hours=rule.min_open_hours):
            return Verdict(Action.NOTHING, Reason.NOT_OPEN_LONG_ENOUGH)
        return Verdict(Action.RESOLVE, Reason.CLEARED)
    if standing.snoozed_until and now < standing.snoozed_until:
        return Verdict(Action.NOTHING, Reason.SNOOZED)
    severity = _surely_beyond(measured, rule)
    if severity is Severity.CRITICAL and standing.severity is Severity.WARNING:
        return Verdict(Action.WORSEN, _why(severity), severity)
    if standing.is_acknowledged:
        return Verdict(Action.NOTHING, Reason.ACKNOWLEDGED)
    return _judge_reminder(standing, rule, now)


def _judge_reminder(standing: Standing, rule: Rule, now: datetime) -> Verdict:
    last_mailed_at = standing.reminded_at or standing.opened_at
    wait = timedelta(days=rule.reminder_days)
    if rule.reminder_days and now - last_mailed_at >= wait:
        return Verdict(Action.REMIND, Reason.REMINDER_DUE)
    return Verdict(Action.NOTHING, Reason.STILL_OPEN)


def _surely_beyond(measured: Measured, rule: Rule) -> Severity | None:
    """The worst limit that the reading is beyond, chance allowed for."""
    value = _near_end(measured, rule)
    for severity in (Severity.CRITICAL, Severity.WARNING):
        if _is_beyond(value, limit_percent(rule, severity), rule):
            return severity
    return None


def _near_end(measured: Measured, rule: Rule) -> Decimal:
    """The end of the confidence interval that is nearer to the good side."""
    assert measured.percent is not None
    if rule.is_floor or not rule.confidence_percent:
        return measured.percent
    found = wilson(
        measured.numerator,
        measured.denominator,
        confidence_percent=rule.confidence_percent,
    )
    assert found is not None
    return found.low


def _is_beyond(percent: Decimal, limit: Decimal, rule: Rule) -> bool:
    return percent < limit if rule.is_floor else percent > limit


def _why(severity: Severity) -> Reason:
    if severity is Severity.CRITICAL:
        return Reason.BEYOND_CRITICAL_LIMIT
    return Reason.BEYOND_LIMIT
