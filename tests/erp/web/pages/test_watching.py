"""Jobs, outbox and health: what the house did, as people and programs see it."""

import pytest
from sqlmodel import select

from erp.accounts.models import Role
from erp.alerts.models import (
    Alert,
    AlertEvent,
    AlertStatus,
    Bulletin,
    Delivery,
    DeliveryStatus,
    EventKind,
)
from erp.alerts.rules import Severity
from erp.jobs.models import JobRequest, JobRun, RunOutcome
from erp.jobs.runner import lead
from erp.kpis.models import Kpi, ScopeKind


@pytest.fixture
def operator(sign_in_as):
    return sign_in_as(Role.OPERATOR)


@pytest.fixture
def mail(sessions, now) -> int:
    """A mail that was given up."""
    with sessions.writing() as session:
        bulletin = Bulletin(at=now)
        session.add(bulletin)
        session.flush()
        delivery = Delivery(
            bulletin_id=bulletin.id,
            recipient="owner@example.com",
            language="en",
            status=DeliveryStatus.FAILED,
            message_id="<1@erp>",
            subject="Late <b>hand-over</b>",
            text="5 of 20 orders are late.",
            html="<h1 style='color:red'>5 of 20</h1><script>alert(1)</script>",
            attempts=12,
            due_at=now,
            created_at=now,
            last_error="550 no such box",
        )
        session.add(delivery)
        session.flush()
        return delivery.id


def run(sessions, now, **given) -> None:
    values = {
        "job": "send_mail",
        "slot": "1",
        "started_at": now,
        "outcome": RunOutcome.DONE,
        "did": 3,
    } | given
    with sessions.writing() as session:
        session.add(JobRun(**values))


def test_jobs_show_their_last_run_and_what_went_wrong(operator, sessions, now):
    run(sessions, now, outcome=RunOutcome.FAILED, error="OSError: <disk full>")
    page = operator.get("/jobs").text
    assert "Send mail" in page
    assert "Failed" in page
    detail = operator.get("/jobs/send_mail").text
    assert "OSError: &lt;disk full&gt;" in detail


def test_a_silent_scheduler_is_said_aloud(operator, sessions, now):
    assert "scheduler is not running" in operator.get("/jobs").text
    with sessions.writing() as session:
        lead(session, "here", now)
    assert "scheduler is running" in operator.get("/jobs").text


def test_asking_for_a_run_leaves_a_request(operator, sessions):
    assert operator.submit("/jobs/send_mail/run").status_code == 303
    with sessions.reading() as session:
        request = session.exec(select(JobRequest)).one()
    assert (request.job, request.requested_by) == (
        "send_mail",
        "operator@example.com",
    )
    assert "Asked for" in operator.get("/jobs").text


def test_a_job_there_is_not_cannot_be_run(operator):
    assert operator.submit("/jobs/nothing/run").status_code == 404


def test_the_outbox_says_what_to_expect_while_it_is_empty(operator):
    assert "No mails yet" in operator.get("/outbox").text


def test_a_mail_is_listed_read_and_sent_again(operator, sessions, mail):
    assert "Late &lt;b&gt;hand-over" in operator.get("/outbox?status=failed").text
    assert "No such mails" in operator.get("/outbox?status=sent").text
    page = operator.get(f"/outbox/{mail}")
    assert "5 of 20 orders are late." in page.text
    assert "550 no such box" in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert operator.submit(f"/outbox/{mail}/again").status_code == 303
    with sessions.reading() as session:
        assert session.get_one(Delivery, mail).status is DeliveryStatus.QUEUED


def test_a_mail_leads_to_the_alert_it_tells_of(operator, sessions, mail, now):
    with sessions.writing() as session:
        alert = Alert(
            kpi=Kpi.LATE_HAND_OVER,
            scope_kind=ScopeKind.SUPPLIER,
            scope_key="S1",
            status=AlertStatus.OPEN,
            severity=Severity.WARNING,
            numerator=9,
            denominator=60,
            limit_percent="8",
            opened_at=now,
            judged_at=now,
        )
        session.add(alert)
        session.flush()
        session.add(
            AlertEvent(
                alert_id=alert.id,
                at=now,
                kind=EventKind.OPENED,
                numerator=9,
                denominator=60,
                bulletin_id=session.get_one(Delivery, mail).bulletin_id,
            )
        )
    page = operator.get(f"/outbox/{mail}").text
    assert f'<a href="/alerts/{alert.id}">Late hand-over rate, Supplier' in page


def test_a_mail_stands_in_a_frame_where_nothing_runs(operator, mail):
    page = operator.get(f"/outbox/{mail}/page")
    policy = page.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy


def test_health_is_well_while_a_scheduler_ticks(visitor, sessions, clock):
    assert visitor.get("/healthz").status_code == 503
    with sessions.writing() as session:
        lead(session, "here", clock())
    answer = visitor.get("/healthz")
    assert (answer.status_code, answer.json["status"]) == (200, "ok")
    clock.move(minutes=5)
    assert visitor.get("/healthz").json["scheduler"] is False


def test_health_names_the_jobs_that_fail(visitor, sessions, now):
    run(sessions, now, outcome=RunOutcome.FAILED)
    assert visitor.get("/healthz").json["failing_jobs"] == ["send_mail"]


def test_health_says_when_the_database_is_gone(visitor, sessions):
    sessions.engine.dispose()  # an in-memory store is gone with its connection
    answer = visitor.get("/healthz")
    assert (answer.status_code, answer.json["database"]) == (503, False)
