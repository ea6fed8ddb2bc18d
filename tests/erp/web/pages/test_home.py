"""The home page: what needs a decision today, then how the KPIs stand."""

import pytest

from erp.accounts.models import Role
from erp.alerts.models import Alert, AlertStatus
from erp.alerts.rules import Severity
from erp.fulfilment.lifecycle import PurchaseStatus, ReturnReason, ReturnStatus
from erp.fulfilment.models import Return
from erp.jobs.models import JobRun, RunOutcome
from erp.kpis.models import Kpi, Reading, ScopeKind
from erp.orders.holds import hold
from erp.orders.lifecycle import HoldReason
from tests.factories import make_order, make_purchase_order, make_supplier


@pytest.fixture
def viewer(sign_in_as):
    return sign_in_as(Role.VIEWER)


def test_an_empty_store_is_told_the_first_steps(viewer):
    page = viewer.get("/").text
    assert "Three steps" in page
    assert "erp import orders" in page
    assert ">0.0%" not in page


def test_a_quiet_day_says_so_and_shows_no_invented_figures(viewer, sessions):
    with sessions.writing() as session:
        make_order(session)
    page = viewer.get("/").text
    assert "Nothing waits for you" in page
    assert page.count("unknown") == len(Kpi)
    assert ">0.0%" not in page


@pytest.fixture
def busy(sessions, now):
    with sessions.writing() as session:
        for _ in range(2):
            order = make_order(session)
            hold(session, order, HoldReason.UNKNOWN_SKU, {"skus": "?"}, now)
        supplier = make_supplier(session, "S1")
        make_purchase_order(session, make_order(session), supplier)
        make_purchase_order(
            session, make_order(session), supplier, PurchaseStatus.UNKNOWN
        )
        row = Return(
            reference="R-1",
            order_id=order.id,
            status=ReturnStatus.RECEIVED,
            reason=ReturnReason.LATE,
            requested_at=now,
        )
        run = JobRun(
            job="send_mail",
            slot="1",
            started_at=now,
            outcome=RunOutcome.FAILED,
            error="boom",
        )
        session.add_all([row, run])
    return sessions


WAITING = [
    ("/orders?reason=unknown_sku", 'Unknown SKU <span class="count">2<'),
    ("/purchases?status=unknown", 'Answer lost <span class="count">1<'),
    ("/purchases?supplier=S1&amp;status=queued&amp;status=sending", "1 waits"),
    ("/returns?status=received", 'Back, to be settled <span class="count">1<'),
    ("/jobs/send_mail", "Send mail"),
]


@pytest.mark.parametrize(("link", "words"), WAITING, ids=[w[0] for w in WAITING])
def test_what_waits_is_counted_and_links_to_its_rows(viewer, busy, link, words):
    page = viewer.get("/").text
    assert f'href="{link}"' in page
    assert words in page
    assert viewer.get(link.replace("&amp;", "&")).status_code == 200


def test_a_card_shows_value_parts_interval_coverage_and_limit(viewer, busy, now):
    with busy.writing() as session:
        for kpi, bad, cases in (
            (Kpi.LATE_HAND_OVER, 33, 300),
            (Kpi.GROSS_MARGIN, 125_000, 500_000),
            (Kpi.RETURN_RATE, 0, 0),
        ):
            session.add(
                Reading(
                    kpi=kpi,
                    scope_kind=ScopeKind.OVERALL,
                    at=now,
                    window_days=30,
                    numerator=bad,
                    denominator=cases,
                    covered=290,
                    total=300,
                )
            )
    page = viewer.get("/").text
    for words in ("11.0%", "33 of 300", ">likely ", "96.7%", "limit 8.0%", "floor "):
        assert words in page
    assert "25.0%" in page
    assert "$1,250.00 of $5,000.00" in page
    assert "Above the limit" in page
    assert "Below the limit" not in page
    cards = page.partition("How it is going")[2]
    assert cards.count(">unknown<") == 2


def test_every_number_of_a_card_links_to_a_page_that_answers(viewer, busy, now):
    with busy.writing() as session:
        for kpi in Kpi:
            session.add(
                Reading(
                    kpi=kpi,
                    scope_kind=ScopeKind.OVERALL,
                    at=now,
                    window_days=30,
                    numerator=1,
                    denominator=10,
                    covered=10,
                    total=10,
                )
            )
    page = viewer.get("/").text
    links = page.split('class="stat mb-0"><a href="')[1:]
    assert len(links) == len(Kpi)
    assert "status=settled" in links[2]
    assert "refused" not in links[2]
    for link in links:
        path = link.partition('"')[0].replace("&amp;", "&")
        assert viewer.get(path).status_code == 200


def test_a_card_whose_cases_are_all_known_does_not_speak_of_them(viewer, busy, now):
    with busy.writing() as session:
        session.add(
            Reading(
                kpi=Kpi.LATE_HAND_OVER,
                scope_kind=ScopeKind.OVERALL,
                at=now,
                window_days=30,
                numerator=1,
                denominator=10,
                covered=10,
                total=10,
            )
        )
    page = viewer.get("/").text
    assert "1 of 10" in page
    assert "of the cases" not in page


def test_an_open_alert_says_whom_it_is_about(viewer, busy, now):
    with busy.writing() as session:
        for kind, key in ((ScopeKind.OVERALL, ""), (ScopeKind.SUPPLIER, "S1")):
            session.add(
                Alert(
                    kpi=Kpi.LATE_HAND_OVER,
                    scope_kind=kind,
                    scope_key=key,
                    status=AlertStatus.OPEN,
                    severity=Severity.WARNING,
                    numerator=9,
                    denominator=60,
                    limit_percent="8",
                    opened_at=now,
                    judged_at=now,
                )
            )
    page = viewer.get("/").text
    assert "The whole store" in page
    assert "Supplier <bdi>S1</bdi>" in page
