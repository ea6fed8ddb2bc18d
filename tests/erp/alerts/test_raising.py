import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from erp.alerts.models import Alert, AlertStatus
from erp.alerts.queries import (
    deliveries_about,
    history,
    open_alerts,
    outbox,
    outbox_counts,
    resolved_alerts,
)
from erp.alerts.raising import raise_alerts
from erp.alerts.rules import Severity
from erp.kpis.models import Kpi, ScopeKind
from tests.erp.alerts.readings import STORE, alerts, events, mails, read
from tests.factories import NOW, make_account, make_product, make_supplier

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_breach_opens_one_alert_and_mails_it_once(sessions, policy, owner):
    read(sessions, 331, 2970, NOW)

    assert raise_alerts(sessions, policy, STORE, NOW) == 1
    assert raise_alerts(sessions, policy, STORE, NOW + 5 * HOUR) == 0

    (alert,) = alerts(sessions)
    assert (alert.status, alert.severity) == (AlertStatus.OPEN, Severity.WARNING)
    assert (alert.numerator, alert.denominator, alert.limit_percent) == (331, 2970, "8")
    (mail,) = mails(sessions)
    assert mail.recipient == "owner@example.com"
    assert mail.subject == "Late hand-over 11.1% (331 of 2,970), limit 8%"


def test_an_alert_lives_from_opening_to_resolution(sessions, policy, owner):
    steps = [
        (200, 2000, 0),
        (150, 2000, 1),
        (600, 2000, 2),
        (600, 2000, 6),
        (130, 2000, 7),
        (100, 2000, 8),
        (100, 2000, 9),
    ]
    for numerator, denominator, days in steps:
        read(sessions, numerator, denominator, NOW + days * DAY)
        raise_alerts(sessions, policy, STORE, NOW + days * DAY)

    assert events(sessions) == [
        ("opened", "beyond_limit"),
        ("worsened", "beyond_critical_limit"),
        ("reminded", "reminder_due"),
        ("resolved", "cleared"),
    ]
    (alert,) = alerts(sessions)
    assert alert.status is AlertStatus.RESOLVED
    assert alert.resolved_at == NOW + 8 * DAY
    assert (alert.numerator, alert.denominator) == (100, 2000)
    assert [mail.subject.split(" ")[0] for mail in mails(sessions)] == [
        "Late",
        "Worse:",
        "Still",
        "Resolved:",
    ]


def test_a_value_that_sways_between_the_limits_changes_nothing(sessions, policy, owner):
    read(sessions, 200, 2000, NOW)
    raise_alerts(sessions, policy, STORE, NOW)

    for hours, numerator in enumerate((130, 190, 125, 180), start=20):
        read(sessions, numerator, 2000, NOW + hours * HOUR)
        raise_alerts(sessions, policy, STORE, NOW + hours * HOUR)

    assert events(sessions) == [("opened", "beyond_limit")]


def test_a_recipient_gets_one_mail_however_many_alerts_open(sessions, policy, owner):
    read(sessions, 200, 2000, NOW)
    for number in range(30):
        scope = {"kind": ScopeKind.SUPPLIER, "key": f"S{number}"}
        read(sessions, 30 + number, 100, NOW, **scope)

    assert raise_alerts(sessions, policy, STORE, NOW) == 31

    (mail,) = mails(sessions)
    assert mail.subject == (
        "Late hand-over, supplier S29: 59.0% (59 of 100), limit 15%, and 30 more"
    )
    assert "23 more alerts" in mail.text
    assert mail.text.index("S29") < mail.text.index("S28")


def test_only_enabled_accounts_that_want_alerts_are_mailed(sessions, policy):
    with sessions.writing() as session:
        make_account(session, "owner@example.com")
        make_account(session, "quiet@example.com").gets_alerts = False
        make_account(session, "gone@example.com").disabled_at = NOW
        make_account(session, "partner@example.com").language = "he"
        make_account(session, "agent@example.com").language = "ar"
    read(sessions, 331, 2970, NOW)

    raise_alerts(sessions, policy, STORE, NOW)

    found = {mail.recipient: mail for mail in mails(sessions)}
    heads = {who: mail.html.splitlines()[1] for who, mail in found.items()}
    assert heads == {
        "owner@example.com": '<html lang="en" dir="ltr">',
        "partner@example.com": '<html lang="he" dir="rtl">',
        "agent@example.com": '<html lang="ar" dir="rtl">',
    }
    assert len({mail.message_id for mail in found.values()}) == 3


def test_scopes_that_are_not_watched_open_nothing(sessions, policy, owner):
    read(sessions, 90, 100, NOW, kind=ScopeKind.PRODUCT, key="A")

    assert raise_alerts(sessions, policy, STORE, NOW) == 0


def test_each_kpi_and_scope_has_its_own_alert(sessions, policy, owner):
    for key in ("A", "B"):
        scope = {"kind": ScopeKind.PRODUCT, "key": key}
        read(sessions, 60, 100, NOW, kpi=Kpi.RETURN_RATE, **scope)
    read(sessions, 200, 10_000, NOW, kpi=Kpi.GROSS_MARGIN, covered=50)

    assert raise_alerts(sessions, policy, STORE, NOW) == 3


def test_too_little_data_never_resolves_silently(sessions, policy, owner):
    read(sessions, 200, 2000, NOW)
    raise_alerts(sessions, policy, STORE, NOW)
    read(sessions, 0, 2, NOW + DAY)

    for days in range(1, 30):
        raise_alerts(sessions, policy, STORE, NOW + days * DAY)
    assert alerts(sessions)[0].status is AlertStatus.OPEN

    raise_alerts(sessions, policy, STORE, NOW + 30 * DAY)
    assert events(sessions)[-1] == ("resolved", "nothing_left_to_judge")
    assert "Too few cases" in mails(sessions)[-1].text


def test_an_alert_whose_scope_is_measured_no_longer_ends_with_a_reason(
    sessions, policy, owner
):
    with sessions.writing() as session:
        session.add(open_alert(judged_at=NOW - 31 * DAY))

    raise_alerts(sessions, policy, STORE, NOW)

    assert events(sessions) == [("resolved", "nothing_left_to_judge")]
    assert "unknown" in mails(sessions)[0].subject


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


def test_a_scope_has_one_open_alert(both_sessions):
    with both_sessions.writing() as session:
        session.add(open_alert(status=AlertStatus.RESOLVED))
        session.add(open_alert())

    with pytest.raises(IntegrityError), both_sessions.writing() as session:
        session.add(open_alert())


def test_many_raisers_at_once_open_one_alert_and_mail_once(both_sessions, policy):
    with both_sessions.writing() as session:
        make_account(session)
    read(both_sessions, 331, 2970, NOW)

    def raise_them():
        raise_alerts(both_sessions, policy, STORE, NOW)

    threads = [threading.Thread(target=raise_them) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(alerts(both_sessions)) == 1
    assert len(mails(both_sessions)) == 1


def test_the_mail_names_who_causes_it(sessions, policy, owner):
    with sessions.writing() as session:
        make_supplier(session, "S1", name="Lisbon & Sons")
        make_product(session, "A", title="Lamp\r\nBcc: x@example.com")
    read(sessions, 331, 2970, NOW)
    for key, late in (("S1", 90), ("S2", 7), ("S3", 40), ("S4", 30), ("S5", 0)):
        read(sessions, late, 2000, NOW, kind=ScopeKind.SUPPLIER, key=key)
    read(sessions, 331, 2970, NOW, kind=ScopeKind.CHANNEL, key="web")

    raise_alerts(sessions, policy, STORE, NOW)

    (mail,) = mails(sessions)
    assert "supplier S1 (Lisbon & Sons): 4.5% (90 of 2,000)" in mail.text
    assert "Lisbon &amp; Sons" in mail.html
    assert mail.text.index("S3") < mail.text.index("S4")
    assert "S2" not in mail.text
    assert "S5" not in mail.text
    assert "channel" not in mail.text
    assert "https://shop.example/alerts/1" in mail.text
    assert 'href="https://shop.example/alerts/1"' in mail.html


def test_an_alert_of_a_part_is_shown_beside_the_whole(sessions, policy, owner):
    with sessions.writing() as session:
        make_product(session, "A", title="Lamp\r\nBcc: x@example.com")
    read(sessions, 40, 2000, NOW, kpi=Kpi.RETURN_RATE)
    scope = {"kind": ScopeKind.PRODUCT, "key": "A"}
    read(sessions, 30, 100, NOW, kpi=Kpi.RETURN_RATE, total=120, **scope)

    raise_alerts(sessions, policy, STORE, NOW)

    (mail,) = mails(sessions)
    assert mail.subject == (
        "Return rate, product A (Lamp Bcc: x@example.com): 30.0% (30 of 100), limit 15%"
    )
    assert "The whole store: 2.0% (40 of 2,000)" in mail.text
    assert "Known for 100 of 120 units." in mail.text


def test_a_margin_is_told_in_money(sessions, policy, owner):
    read(sessions, 98_765, 1_000_000, NOW, kpi=Kpi.GROSS_MARGIN, covered=90, total=100)

    raise_alerts(sessions, policy, STORE, NOW)

    (mail,) = mails(sessions)
    assert mail.subject == "Gross margin 9.9% ($987.65 of $10,000.00), limit 12%"
    assert "Known for 90 of 100 orders." in mail.text


def test_pages_find_alerts_their_history_and_their_mails(sessions, policy, owner):
    read(sessions, 200, 2000, NOW)
    scope = {"kind": ScopeKind.SUPPLIER, "key": "S1"}
    read(sessions, 90, 100, NOW, **scope)
    raise_alerts(sessions, policy, STORE, NOW)
    read(sessions, 0, 2000, NOW + DAY)
    raise_alerts(sessions, policy, STORE, NOW + DAY)

    with sessions.reading() as session:
        (still_open,) = open_alerts(session)
        (resolved,) = resolved_alerts(session)
        assert still_open.scope_key == "S1"
        assert len(history(session, resolved.id)) == 2
        assert len(deliveries_about(session, resolved.id)) == 2
        assert len(deliveries_about(session, still_open.id)) == 1
        assert len(outbox(session, limit=1)) == 1
        assert sum(outbox_counts(session).values()) == 2
