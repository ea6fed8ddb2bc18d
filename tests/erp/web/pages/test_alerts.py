"""Alerts are read, acknowledged and snoozed; the figures behind them are shown."""

from datetime import timedelta

import pytest

from erp.accounts.models import Role
from erp.alerts.models import Alert, AlertEvent, AlertStatus, EventKind
from erp.alerts.rules import Severity
from erp.kpis.models import Kpi, Reading, ScopeKind
from suppliers.health import OpenedBecause
from suppliers.models import SupplierOutage
from tests.factories import make_supplier


@pytest.fixture
def operator(sign_in_as):
    return sign_in_as(Role.OPERATOR)


@pytest.fixture
def alert_id(sessions, now):
    """Supplier S1 hands over late: 9 of 60."""
    with sessions.writing() as session:
        for days in (2, 1, 0):
            session.add(
                Reading(
                    kpi=Kpi.LATE_HAND_OVER,
                    scope_kind=ScopeKind.SUPPLIER,
                    scope_key="S1",
                    at=now - timedelta(days=days),
                    window_days=30,
                    numerator=9 - days,
                    denominator=60,
                    covered=60,
                    total=61,
                    is_newest=days == 0,
                )
            )
        return _alert(session, now, "S1").id


def _alert(session, now, key, **given):
    row = Alert(
        kpi=Kpi.LATE_HAND_OVER,
        scope_kind=ScopeKind.SUPPLIER,
        scope_key=key,
        severity=Severity.WARNING,
        numerator=9,
        denominator=60,
        limit_percent="8",
        opened_at=now,
        judged_at=now,
        **({"status": AlertStatus.OPEN} | given),
    )
    session.add(row)
    session.flush()
    event = AlertEvent(
        alert_id=row.id, at=now, kind=EventKind.OPENED, numerator=9, denominator=60
    )
    session.add(event)
    return row


def _row(sessions, alert_id):
    with sessions.reading() as session:
        return session.get(Alert, alert_id)


def test_without_alerts_the_page_says_when_one_opens(operator):
    assert "Nothing is wrong" in operator.get("/alerts").text
    assert "No alert was ever resolved" in operator.get("/alerts?show=past").text


def test_open_and_past_alerts_are_lists_of_their_own(operator, sessions, alert_id, now):
    with sessions.writing() as session:
        past = {"status": AlertStatus.RESOLVED, "resolved_at": now}
        _alert(session, now, "S2", **past)
    opened = operator.get("/alerts").text
    past = operator.get("/alerts?show=past").text
    assert "S1" in opened.partition("<tbody>")[2]
    assert "S2" not in opened.partition("<tbody>")[2]
    assert "S2" in past.partition("<tbody>")[2]
    assert "Nothing matches" in operator.get("/alerts?q=S9").text
    found = operator.get("/alerts?show=past&q=supplier+s2").text
    assert "S2" in found.partition("<tbody>")[2]
    assert "Nothing matches" in operator.get("/alerts?show=past&q=S1").text
    assert (
        operator.get("/alerts?show=past&mark=99999999999999999999").status_code == 200
    )


def test_the_page_shows_the_reading_its_limit_and_the_rows_behind(operator, alert_id):
    page = operator.get(f"/alerts/{alert_id}").text
    assert "15.0%" in page
    assert "9 of 60" in page
    assert ">likely " in page
    assert "chart-limit" in page
    rows = page.partition('class="stat mb-0"><a href="')[2].partition('"')[0]
    assert "late=hand_over" in rows
    assert operator.get(rows.replace("&amp;", "&")).status_code == 200


def test_an_alert_is_acknowledged_once(operator, sessions, alert_id):
    for _ in range(2):
        operator.submit(f"/alerts/{alert_id}/acknowledge")
    assert _row(sessions, alert_id).acknowledged_by == "operator@example.com"
    page = operator.get(f"/alerts/{alert_id}").text
    assert page.count("by operator@example.com") == 1


@pytest.mark.parametrize("days", [1, 3, 7])
def test_an_alert_is_snoozed_and_woken(operator, sessions, alert_id, now, days):
    operator.submit(f"/alerts/{alert_id}/snooze", days=days)
    assert _row(sessions, alert_id).snoozed_until == now + timedelta(days=days)
    assert "Snoozed" in operator.get("/alerts").text
    operator.submit(f"/alerts/{alert_id}/wake")
    assert _row(sessions, alert_id).snoozed_until is None


def test_a_snooze_of_no_known_length_is_refused(operator, sessions, alert_id):
    answer = operator.submit(f"/alerts/{alert_id}/snooze", days="400")
    assert answer.status_code == 400
    assert _row(sessions, alert_id).snoozed_until is None


def test_a_resolved_alert_is_left_alone(operator, sessions, now):
    with sessions.writing() as session:
        past = {"status": AlertStatus.RESOLVED, "resolved_at": now}
        past_id = _alert(session, now, "S2", **past).id
    for command in ("acknowledge", "snooze", "wake"):
        told = operator.submit(f"/alerts/{past_id}/{command}", True, days="1")
        assert "resolved already" in told.text
    assert _row(sessions, past_id).acknowledged_at is None


def test_a_viewer_looks_and_changes_nothing(sign_in_as, sessions, alert_id):
    viewer = sign_in_as(Role.VIEWER)
    assert "Acknowledge<" not in viewer.get(f"/alerts/{alert_id}").text
    for command in ("acknowledge", "snooze", "wake"):
        answer = viewer.submit(f"/alerts/{alert_id}/{command}", days="1")
        assert answer.status_code == 403
    assert _row(sessions, alert_id).acknowledged_at is None


def test_the_outage_of_a_supplier_says_why_nothing_of_it_is_told(
    operator, sessions, alert_id, now
):
    why = "The supplier cannot be reached: this is not told until it is back"
    assert why not in operator.get(f"/alerts/{alert_id}").text
    with sessions.writing() as session:
        supplier = make_supplier(session, "S1")
        failing = OpenedBecause.FAILING
        session.add(
            SupplierOutage(
                supplier_id=supplier.id, since=now, because=failing, told_at=now
            )
        )

    assert why in operator.get(f"/alerts/{alert_id}").text
    page = operator.get("/alerts").text
    assert "Suppliers that cannot be reached" in page
    assert "Told by mail" in page
    assert "cannot be reached" not in operator.get("/alerts?show=past").text


def test_an_alert_nobody_knows_is_not_found(operator):
    assert operator.get("/alerts/1").status_code == 404
