"""A supplier that is down is told once and when it is back; what is late waits."""

from datetime import timedelta

import pytest
from sqlmodel import select

from erp.alerts.outages import TOLD_AFTER, tell_outages
from erp.alerts.raising import raise_alerts
from erp.kpis.models import Kpi, ScopeKind
from suppliers.health import OpenedBecause
from suppliers.models import SupplierOutage
from tests.erp.alerts.readings import STORE, alerts, events, mails, read
from tests.factories import NOW, make_account, make_supplier

HOUR = timedelta(hours=1)
OF_A = {"kind": ScopeKind.SUPPLIER, "key": "A"}


def goes_down(sessions, code="A", because=OpenedBecause.FAILING, since=NOW):
    with sessions.writing() as session:
        supplier = make_supplier(session, code)
        row = {"supplier_id": supplier.id, "since": since, "because": because}
        session.add(SupplierOutage(**row))


def comes_back(sessions, at):
    with sessions.writing() as session:
        for outage in session.exec(select(SupplierOutage)):
            outage.ended_at = at


def tell(sessions, at):
    return tell_outages(sessions, STORE, at)


def subjects(sessions):
    return [mail.subject for mail in mails(sessions)]


def test_an_outage_is_told_once_and_once_more_when_it_ends(both_sessions):
    with both_sessions.writing() as session:
        make_account(session, "owner@example.com")
    goes_down(both_sessions)
    counts = [tell(both_sessions, NOW + minutes * HOUR / 60) for minutes in (0, 9)]
    assert (counts, subjects(both_sessions)) == ([0, 0], [])

    told = [tell(both_sessions, NOW + TOLD_AFTER + each * HOUR) for each in range(3)]
    comes_back(both_sessions, NOW + 4 * HOUR)
    told += [tell(both_sessions, NOW + 4 * HOUR) for _ in range(2)]

    assert told == [1, 0, 0, 1, 0]
    first, last = subjects(both_sessions)
    assert first.startswith("Supplier A (Supplier A) cannot be reached, since 3/2/26")
    assert last.startswith("Supplier A (Supplier A) answers again, after an outage")


def test_a_hiccup_is_nobodys_news(sessions, owner):
    goes_down(sessions)
    tell(sessions, NOW + HOUR / 12)
    comes_back(sessions, NOW + HOUR / 10)

    assert tell(sessions, NOW + 2 * HOUR) == 0
    assert mails(sessions) == []


def test_refused_credentials_are_told_at_once(sessions, owner):
    goes_down(sessions, because=OpenedBecause.SHUT_OUT)

    assert tell(sessions, NOW) == 1

    (mail,) = mails(sessions)
    assert "It refuses our credentials: type them again." in mail.text
    assert "https://shop.example/suppliers/A" in mail.text
    assert "https://shop.example/suppliers/A" in mail.html


def test_many_at_once_are_one_mail_for_each_in_their_language(sessions, owner):
    for number in range(25):
        goes_down(sessions, f"S{number}", since=NOW + number * HOUR / 60)
    with sessions.writing() as session:
        make_account(session, "partner@example.com").language = "he"

    assert tell(sessions, NOW + 2 * HOUR) == 25

    english, hebrew = mails(sessions)
    assert english.subject.endswith("and 24 more")
    assert "5 more suppliers" in english.text
    assert 'dir="rtl"' in hebrew.html


@pytest.mark.parametrize("kpi", [Kpi.LATE_HAND_OVER, Kpi.LATE_DELIVERY])
def test_what_is_late_at_a_supplier_that_is_down_is_not_told_beside_it(
    sessions, policy, owner, kpi
):
    """Pain: one outage, and forty mails about what it made late."""
    goes_down(sessions)
    read(sessions, 40, 100, NOW, kpi=kpi, **OF_A)

    assert raise_alerts(sessions, policy, STORE, NOW) == 0
    assert alerts(sessions) == []

    comes_back(sessions, NOW + HOUR)
    assert raise_alerts(sessions, policy, STORE, NOW + HOUR) == 1


def test_other_suppliers_and_other_kpis_are_told_meanwhile(sessions, policy, owner):
    goes_down(sessions)
    late, returned = Kpi.LATE_HAND_OVER, Kpi.RETURN_RATE
    read(sessions, 40, 100, NOW, kpi=late, kind=ScopeKind.SUPPLIER, key="B")
    read(sessions, 60, 100, NOW, kpi=returned, **OF_A)

    raise_alerts(sessions, policy, STORE, NOW)

    assert {(each.kpi, each.scope_key) for each in alerts(sessions)} == {
        (late, "B"),
        (returned, "A"),
    }


def test_an_open_alert_gets_no_worse_meanwhile_and_may_resolve(sessions, policy, owner):
    read(sessions, 20, 100, NOW, **OF_A)
    raise_alerts(sessions, policy, STORE, NOW)
    (opened,) = events(sessions)
    goes_down(sessions)

    read(sessions, 90, 100, NOW + HOUR, **OF_A)
    raise_alerts(sessions, policy, STORE, NOW + HOUR)
    raise_alerts(sessions, policy, STORE, NOW + 240 * HOUR)
    assert events(sessions) == [opened]

    read(sessions, 0, 100, NOW + 250 * HOUR, **OF_A)
    raise_alerts(sessions, policy, STORE, NOW + 250 * HOUR)
    assert events(sessions) == [opened, ("resolved", "cleared")]
