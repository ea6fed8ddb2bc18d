"""Mails go out: late if need be, once each, and none is lost."""

import threading
from datetime import timedelta

import pytest

from erp.alerts.mail import MailDown, SmtpMailer
from erp.alerts.models import DeliveryStatus
from erp.alerts.notify import (
    LEASE,
    anything_due,
    pause_seconds,
    send_one,
)
from tests.erp.alerts.mail_server import queue, send_all
from tests.erp.alerts.readings import mails
from tests.factories import NOW

DAY = timedelta(days=1)


def test_a_mail_reaches_the_inbox_with_text_and_html(
    both_sessions, mail, clock, server
):
    server.start()
    queue(both_sessions)

    assert send_one(both_sessions, SmtpMailer(mail), clock, mail)
    assert not send_one(both_sessions, SmtpMailer(mail), clock, mail)

    (got,) = server.inbox.mails
    assert got["To"] == "owner@example.com"
    assert got["From"] == "Corner Shop <erp@shop.example>"
    assert got["Subject"] == "Late hand-over 11,1 % · שלום"
    assert got["Message-ID"] == "<1.owner@example.com>"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["Date"].datetime == NOW
    assert got.get_body(("plain",)).get_content().strip() == "text körper"
    assert got.get_body(("html",)).get_content().strip() == "<p>html körper</p>"
    (delivery,) = mails(both_sessions)
    assert (delivery.status, delivery.sent_at) == (DeliveryStatus.SENT, NOW)
    assert delivery.lease_until is None


def test_a_mail_says_in_which_language_it_is(sessions, mail, clock, server):
    server.start()
    queue(sessions, language="he")

    assert send_one(sessions, SmtpMailer(mail), clock, mail)

    (got,) = server.inbox.mails
    assert got.get_all("Content-Language") == ["he"]


def test_a_mail_server_that_is_down_for_days_loses_nothing(
    sessions, mail, clock, server
):
    queue(sessions, "a@example.com", "b@example.com", "c@example.com")
    mailer = SmtpMailer(mail)
    for _ in range(3 * 24 * 4):
        assert not send_one(sessions, mailer, clock, mail)
        clock.now += timedelta(minutes=15)
    assert {each.status for each in mails(sessions)} == {DeliveryStatus.QUEUED}
    assert all(each.attempts > mail.max_attempts for each in mails(sessions))
    assert str(mail.smtp_port) in mails(sessions)[0].last_error

    server.start()
    clock.now += timedelta(hours=1)

    assert send_all(sessions, mailer, clock, mail) == 3
    assert {got["To"] for got in server.inbox.mails} == {
        "a@example.com",
        "b@example.com",
        "c@example.com",
    }


def test_a_mail_a_crash_left_behind_goes_again_under_the_same_id(
    sessions, mail, clock, server
):
    server.start()
    queue(sessions, status=DeliveryStatus.SENDING, lease_until=NOW + LEASE)
    assert not send_one(sessions, SmtpMailer(mail), clock, mail)

    clock.now += LEASE

    assert send_one(sessions, SmtpMailer(mail), clock, mail)
    assert server.inbox.mails[0]["Message-ID"] == mails(sessions)[0].message_id


def test_several_senders_share_the_work_and_send_nothing_twice(
    both_sessions, mail, clock, server
):
    server.start()
    wanted = {f"user{number}@example.com" for number in range(20)}
    queue(both_sessions, *sorted(wanted))

    def work():
        send_all(both_sessions, SmtpMailer(mail), clock, mail)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(got["To"] for got in server.inbox.mails) == sorted(wanted)
    assert {each.attempts for each in mails(both_sessions)} == {1}


def test_an_outcome_that_comes_after_the_lease_does_not_overrule_the_newer_one(
    sessions, mail, clock
):
    class Slow:
        def send(self, message, key):
            clock.now += 2 * LEASE
            if key not in self.tried:
                self.tried.add(key)
                send_one(sessions, self, clock, mail)
                raise MailDown("too slow")

        tried = set()  # noqa: RUF012  one per test is what is wanted

    queue(sessions)

    send_one(sessions, Slow(), clock, mail)

    assert mails(sessions)[0].status is DeliveryStatus.SENT


def test_a_mail_that_waits_is_not_due_before_its_time(sessions, clock):
    queue(sessions, due_at=NOW + DAY)

    with sessions.reading() as session:
        assert not anything_due(session, NOW)
        assert anything_due(session, NOW + DAY)


@pytest.mark.parametrize(
    ("attempts", "luck", "seconds"),
    [(1, 1, 60), (1, 0, 30), (2, 1, 120), (6, 1, 1920), (7, 1, 3600), (500, 1, 3600)],
)
def test_pauses_double_up_to_a_ceiling(mail, attempts, luck, seconds):
    assert pause_seconds(attempts, mail, luck) == seconds
