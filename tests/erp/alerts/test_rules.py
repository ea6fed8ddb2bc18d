from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.alerts.rules import Action, Reason, Severity, Standing, judge
from erp.kpis.measures import Measured, rate
from erp.kpis.models import ScopeKind
from erp.kpis.policy import Rule

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RATE = Rule(
    window_days=30,
    warning_percent=Decimal(8),
    critical_percent=Decimal(15),
    clear_percent=Decimal(6),
    smallest_sample=20,
    confidence_percent=Decimal(90),
    smallest_coverage_percent=Decimal(50),
    reminder_days=3,
    min_open_hours=12,
    scopes=(ScopeKind.OVERALL,),
    is_floor=False,
)
MARGIN = Rule(
    window_days=30,
    warning_percent=Decimal(12),
    critical_percent=Decimal(5),
    clear_percent=Decimal(14),
    smallest_sample=20,
    confidence_percent=Decimal(0),
    smallest_coverage_percent=Decimal(80),
    reminder_days=7,
    min_open_hours=24,
    scopes=(ScopeKind.OVERALL,),
    is_floor=True,
)


def standing(
    severity=Severity.WARNING, *, days=2.0, judged_days=0.0, reminded_days=None, **given
):
    return Standing(
        severity=severity,
        opened_at=NOW - timedelta(days=days),
        judged_at=NOW - timedelta(days=judged_days),
        reminded_at=None
        if reminded_days is None
        else NOW - timedelta(days=reminded_days),
        **given,
    )


def margin(percent, covered=100, total=100):
    return Measured(percent * 100, 10_000, covered, total)


@pytest.mark.parametrize(
    ("measured", "action", "reason", "severity"),
    [
        (rate(331, 2970), Action.OPEN, Reason.BEYOND_LIMIT, Severity.WARNING),
        (rate(60, 200), Action.OPEN, Reason.BEYOND_CRITICAL_LIMIT, Severity.CRITICAL),
        (rate(160, 2000), Action.NOTHING, Reason.WITHIN_LIMITS, None),
        (rate(0, 2000), Action.NOTHING, Reason.WITHIN_LIMITS, None),
        (rate(2, 20), Action.NOTHING, Reason.NOT_CERTAIN, None),
        (rate(1, 1), Action.NOTHING, Reason.TOO_FEW_CASES, None),
        (rate(19, 19), Action.NOTHING, Reason.TOO_FEW_CASES, None),
        (rate(0, 0), Action.NOTHING, Reason.TOO_FEW_CASES, None),
        (rate(90, 100, 300), Action.NOTHING, Reason.TOO_LITTLE_KNOWN, None),
    ],
    ids=[
        "surely above the limit",
        "surely above the critical limit",
        "just at the limit",
        "nothing late",
        "above it, but by chance",
        "the only one is late",
        "one short of the sample",
        "no cases",
        "most cases unknown",
    ],
)
def test_a_rate_opens_an_alert_only_when_it_is_surely_too_high(
    measured, action, reason, severity
):
    verdict = judge(measured, None, RATE, NOW)

    assert (verdict.action, verdict.reason, verdict.severity) == (
        action,
        reason,
        severity,
    )


@pytest.mark.parametrize(
    ("measured", "action", "severity"),
    [
        (margin(11), Action.OPEN, Severity.WARNING),
        (margin(4), Action.OPEN, Severity.CRITICAL),
        (margin(-20), Action.OPEN, Severity.CRITICAL),
        (margin(12), Action.NOTHING, None),
        (margin(4, covered=70), Action.NOTHING, None),
        (margin(4, covered=10, total=10), Action.NOTHING, None),
    ],
    ids=["below", "far below", "a loss", "at the floor", "not covered", "few orders"],
)
def test_a_margin_opens_an_alert_when_it_is_too_low(measured, action, severity):
    verdict = judge(measured, None, MARGIN, NOW)

    assert (verdict.action, verdict.severity) == (action, severity)


@pytest.mark.parametrize(
    ("measured", "alert", "action", "reason"),
    [
        (rate(140, 2000), standing(), Action.NOTHING, Reason.STILL_OPEN),
        (rate(120, 2000), standing(), Action.RESOLVE, Reason.CLEARED),
        (
            rate(0, 2000),
            standing(days=0.2),
            Action.NOTHING,
            Reason.NOT_OPEN_LONG_ENOUGH,
        ),
        (rate(400, 2000), standing(), Action.WORSEN, Reason.BEYOND_CRITICAL_LIMIT),
        (
            rate(400, 2000),
            standing(Severity.CRITICAL),
            Action.NOTHING,
            Reason.STILL_OPEN,
        ),
        (
            rate(200, 2000),
            standing(Severity.CRITICAL),
            Action.NOTHING,
            Reason.STILL_OPEN,
        ),
        (rate(200, 2000), standing(days=3), Action.REMIND, Reason.REMINDER_DUE),
        (
            rate(200, 2000),
            standing(days=30, reminded_days=2.9),
            Action.NOTHING,
            Reason.STILL_OPEN,
        ),
        (
            rate(200, 2000),
            standing(days=30, reminded_days=3),
            Action.REMIND,
            Reason.REMINDER_DUE,
        ),
        (
            rate(200, 2000),
            standing(days=30, is_acknowledged=True),
            Action.NOTHING,
            Reason.ACKNOWLEDGED,
        ),
        (
            rate(400, 2000),
            standing(is_acknowledged=True),
            Action.WORSEN,
            Reason.BEYOND_CRITICAL_LIMIT,
        ),
        (
            rate(900, 2000),
            standing(days=9, snoozed_until=NOW + timedelta(minutes=1)),
            Action.NOTHING,
            Reason.SNOOZED,
        ),
        (
            rate(900, 2000),
            standing(snoozed_until=NOW),
            Action.WORSEN,
            Reason.BEYOND_CRITICAL_LIMIT,
        ),
        (
            rate(0, 2000),
            standing(snoozed_until=NOW + timedelta(days=1)),
            Action.RESOLVE,
            Reason.CLEARED,
        ),
        (rate(0, 3), standing(days=9), Action.NOTHING, Reason.TOO_FEW_CASES),
        (
            rate(0, 100, 300),
            standing(days=9),
            Action.NOTHING,
            Reason.TOO_LITTLE_KNOWN,
        ),
        (
            rate(0, 3),
            standing(days=40, judged_days=30),
            Action.RESOLVE,
            Reason.NOTHING_LEFT_TO_JUDGE,
        ),
    ],
    ids=[
        "between the two limits",
        "at the clear limit",
        "cleared at once",
        "got critical",
        "critical already",
        "critical eased",
        "reminder due",
        "reminded lately",
        "reminder due again",
        "acknowledged",
        "acknowledged, got worse",
        "snoozed",
        "snooze over",
        "snoozed but cleared",
        "too few to tell",
        "too little known to tell",
        "nothing to tell for a whole window",
    ],
)
def test_an_open_alert_moves_only_for_a_named_reason(measured, alert, action, reason):
    verdict = judge(measured, alert, RATE, NOW)

    assert (verdict.action, verdict.reason) == (action, reason)


def test_no_reminders_are_sent_where_the_rule_wants_none():
    quiet = Rule(
        **{name: getattr(RATE, name) for name in RATE.__slots__} | {"reminder_days": 0}
    )

    verdict = judge(rate(200, 2000), standing(days=300), quiet, NOW)

    assert verdict.action is Action.NOTHING


@given(numerator=st.integers(0, 400), cases=st.integers(0, 400))
def test_what_has_just_opened_does_not_resolve_on_the_same_reading(numerator, cases):
    measured = rate(min(numerator, cases), cases)
    opened = judge(measured, None, RATE, NOW)

    if opened.action is Action.OPEN:
        again = judge(measured, standing(opened.severity, days=1), RATE, NOW)
        assert again.action is Action.NOTHING


@given(percent=st.integers(-100, 100))
def test_a_margin_never_both_opens_and_resolves(percent):
    opened = judge(margin(percent), None, MARGIN, NOW)
    again = judge(margin(percent), standing(Severity.CRITICAL), MARGIN, NOW)

    assert (opened.action, again.action) != (Action.OPEN, Action.RESOLVE)
