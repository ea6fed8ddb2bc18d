from datetime import timedelta

import pytest

from erp.alerts.commands import AlertError, acknowledge, snooze, wake
from erp.alerts.models import Alert, AlertStatus
from erp.alerts.queries import (
    open_alerts,
)
from erp.alerts.raising import raise_alerts
from erp.alerts.rules import Severity
from erp.kpis.models import Kpi, ScopeKind
from tests.erp.alerts.readings import STORE, alerts, events, mails, read
from tests.factories import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def open_alert(**given):
    values = {
        "kpi": Kpi.LATE_HAND_OVER,
        "scope_kind": ScopeKind.SUPPLIER,
        "scope_key": "S1",
        "status": AlertStatus.OPEN,
        "severity": Severity.WARNING,
        "numerator": 1,
        "denominator": 2,
        "limit_percent": "8",
        "opened_at": NOW - 40 * DAY,
        "judged_at": NOW,
    }
    return Alert(**values | given)


def test_acknowledging_ends_the_reminders_until_it_gets_worse(sessions, policy, owner):
    read(sessions, 200, 2000, NOW)
    raise_alerts(sessions, policy, STORE, NOW)
    with sessions.writing() as session:
        alert = open_alerts(session)[0]
        acknowledge(session, alert, NOW, by="ada")
        acknowledge(session, alert, NOW + HOUR, by="bob")

    raise_alerts(sessions, policy, STORE, NOW + 9 * DAY)
    assert [kind for kind, _ in events(sessions)] == ["opened", "acknowledged"]
    assert alerts(sessions)[0].acknowledged_by == "ada"

    read(sessions, 900, 2000, NOW + 10 * DAY)
    raise_alerts(sessions, policy, STORE, NOW + 10 * DAY)
    raise_alerts(sessions, policy, STORE, NOW + 13 * DAY)
    assert [kind for kind, _ in events(sessions)][2:] == ["worsened", "reminded"]


def test_a_snooze_survives_changing_numbers_and_a_new_opening(sessions, policy, owner):
    read(sessions, 200, 2000, NOW)
    raise_alerts(sessions, policy, STORE, NOW)
    with sessions.writing() as session:
        snooze(session, open_alerts(session)[0], NOW + 9 * DAY, NOW, by="ada")

    for days, numerator in ((1, 900), (2, 0), (3, 900), (8, 1200)):
        read(sessions, numerator, 2000, NOW + days * DAY)
        raise_alerts(sessions, policy, STORE, NOW + days * DAY)

    assert [kind for kind, _ in events(sessions)] == [
        "opened",
        "snoozed",
        "resolved",
        "opened",
    ]
    subjects = [mail.subject.split(" ")[0] for mail in mails(sessions)]
    assert subjects == ["Late", "Resolved:"]
    raise_alerts(sessions, policy, STORE, NOW + 9 * DAY)
    assert mails(sessions)[-1].subject.startswith("Still open: Late hand-over 60.0%")


def test_a_snooze_can_be_ended_by_hand(sessions, policy, owner):
    read(sessions, 200, 2000, NOW)
    raise_alerts(sessions, policy, STORE, NOW)
    with sessions.writing() as session:
        alert = open_alerts(session)[0]
        snooze(session, alert, NOW + 30 * DAY, NOW, by="ada")
        wake(session, alert, NOW + DAY, by="ada")

    raise_alerts(sessions, policy, STORE, NOW + 4 * DAY)

    assert [kind for kind, _ in events(sessions)] == [
        "opened",
        "snoozed",
        "woken",
        "reminded",
    ]


def test_a_command_on_a_resolved_alert_is_refused(sessions):
    with sessions.writing() as session:
        alert = open_alert(status=AlertStatus.RESOLVED)
        session.add(alert)
        session.flush()

        with pytest.raises(AlertError, match="resolved already"):
            acknowledge(session, alert, NOW, by="ada")
        with pytest.raises(AlertError, match="resolved already"):
            snooze(session, alert, NOW + DAY, NOW, by="ada")


def test_a_snooze_into_the_past_is_refused(sessions):
    with sessions.writing() as session:
        alert = open_alert()
        session.add(alert)
        with pytest.raises(AlertError, match="future"):
            snooze(session, alert, NOW, NOW, by="ada")
