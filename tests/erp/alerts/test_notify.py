import threading
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from config.settings import load
from erp.accounts.models import AuditEntry
from erp.alerts.mail import FolderMailer, MailDown, SmtpMailer, mailer_for
from erp.alerts.models import Delivery, DeliveryStatus, Notice
from erp.alerts.notify import (
    LEASE,
    anything_due,
    pause_seconds,
    queue_again,
    send_one,
)
from tests.erp.alerts.readings import mails
from tests.factories import NOW

DAY = timedelta(days=1)


class Clock:
    """A clock that is moved by hand."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


class Inbox:
    """A mail server's other side: keeps what comes, or answers as it is told."""

    def __init__(self):
        self.mails = []
        self.answers = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 kept"


class Server:
    """A real SMTP server on a port of its own, that can be stopped and started."""

    def __init__(self, port, **options):
        self.inbox = Inbox()
        self.port = port
        self.options = options
        self.controller = None

    def start(self):
        self.controller = Controller(
            self.inbox, hostname="127.0.0.1", port=self.port, **self.options
        )
        self.controller.start()
        return self

    def stop(self):
        if self.controller:
            self.controller.stop()
            self.controller = None


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def server(free_port):
    server = Server(free_port)
    yield server
    server.stop()


@pytest.fixture
def mail(tmp_path, free_port):
    settings = load(tmp_path, environment={}).mail
    return replace(
        settings,
        smtp_host="127.0.0.1",
        smtp_port=free_port,
        smtp_security="none",
        sender="Corner Shop <erp@shop.example>",
    )


def queue(sessions, *recipients, **given):
    with sessions.writing() as session:
        notice = Notice(at=NOW)
        session.add(notice)
        session.flush()
        for recipient in recipients or ("owner@example.com",):
            values = {
                "recipient": recipient,
                "language": "en",
                "status": DeliveryStatus.QUEUED,
                "message_id": f"<{notice.id}.{recipient}>",
                "subject": "Late hand-over 11,1 % · שלום",
                "text": "text körper\n",
                "html": "<p>html körper</p>\n",
                "due_at": NOW,
                "created_at": NOW,
            } | given
            session.add(Delivery(notice_id=notice.id, **values))


def send_all(sessions, mailer, clock, mail):
    sent = 0
    while send_one(sessions, mailer, clock, mail):
        sent += 1
    return sent


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


def test_a_recipient_that_is_refused_for_good_is_given_up_after_three_tries(
    sessions, mail, clock, server
):
    server.start()
    server.inbox.answers = ["550 no such user"] * 3
    queue(sessions)

    for _ in range(3):
        assert send_one(sessions, SmtpMailer(mail), clock, mail)
        clock.now += DAY

    (delivery,) = mails(sessions)
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.FAILED, 3)
    assert "550 no such user" in delivery.last_error
    assert not send_one(sessions, SmtpMailer(mail), clock, mail)


def test_one_bad_recipient_does_not_keep_the_others_from_their_mail(
    sessions, mail, clock, server
):
    server.start()
    server.inbox.answers = ["550 no such user"]
    queue(sessions, "bad@example.com", "good@example.com")

    assert send_all(sessions, SmtpMailer(mail), clock, mail) == 2

    assert [got["To"] for got in server.inbox.mails] == ["good@example.com"]


def test_a_greylisted_mail_goes_out_later(sessions, mail, clock, server):
    server.start()
    server.inbox.answers = ["451 come back later"] * 5
    queue(sessions)

    for _ in range(6):
        send_one(sessions, SmtpMailer(mail), clock, mail)
        clock.now += DAY

    (delivery,) = mails(sessions)
    assert (delivery.status, delivery.refusals) == (DeliveryStatus.SENT, 5)
    assert len(server.inbox.mails) == 1


def test_a_passing_no_is_believed_in_the_end(sessions, mail, clock, server):
    server.start()
    server.inbox.answers = ["451 never"] * 2
    few = replace(mail, max_attempts=2)
    queue(sessions)

    for _ in range(2):
        send_one(sessions, SmtpMailer(few), clock, few)
        clock.now += DAY

    assert mails(sessions)[0].status is DeliveryStatus.FAILED


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


def test_a_server_that_wants_a_sign_in_gets_one(sessions, mail, clock, free_port):
    seen = []

    def check(server, session, envelope, mechanism, data):
        seen.append((data.login, data.password))
        return AuthResult(success=data.password == b"right")

    options = {"authenticator": check, "auth_require_tls": False}
    server = Server(free_port, **options).start()
    queue(sessions)
    try:
        wrong = replace(mail, smtp_user="erp", smtp_password="wrong")
        assert not send_one(
            sessions, SmtpMailer(wrong, timeout_seconds=1), clock, wrong
        )
        right = replace(mail, smtp_user="erp", smtp_password="right")
        clock.now += DAY
        assert send_one(sessions, SmtpMailer(right), clock, right)
    finally:
        server.stop()

    assert (b"erp", b"right") in seen
    assert mails(sessions)[0].status is DeliveryStatus.SENT


def test_no_mail_goes_out_in_the_clear_when_encryption_is_wanted(
    sessions, mail, clock, server
):
    server.start()
    queue(sessions)

    for security in ("starttls", "tls"):
        strict = replace(mail, smtp_security=security)
        assert not send_one(sessions, SmtpMailer(strict), clock, strict)
        clock.now += DAY

    assert server.inbox.mails == []
    assert mails(sessions)[0].status is DeliveryStatus.QUEUED


def test_a_line_break_in_a_header_is_refused_and_holds_up_nobody(
    sessions, mail, clock, server
):
    server.start()
    queue(sessions, subject="Hello\r\nBcc: everybody@example.com")
    queue(sessions, "second@example.com")

    assert send_all(sessions, SmtpMailer(mail), clock, mail) == 2

    assert [got["To"] for got in server.inbox.mails] == ["second@example.com"]


def test_without_a_server_mails_become_files(sessions, mail, clock, tmp_path):
    nowhere = replace(mail, smtp_host="")
    outbox = tmp_path / "outbox"
    queue(sessions)

    assert send_one(sessions, mailer_for(nowhere, outbox), clock, nowhere)

    (file,) = outbox.iterdir()
    assert file.name == "delivery-000001.eml"
    got = message_from_bytes(file.read_bytes(), policy=default)
    assert got["Subject"] == "Late hand-over 11,1 % · שלום"
    assert got.get_body(("html",)).get_content().strip() == "<p>html körper</p>"


def test_a_mail_sent_again_replaces_its_own_file(sessions, mail, clock, tmp_path):
    mailer = FolderMailer(tmp_path / "outbox")
    queue(sessions)
    send_one(sessions, mailer, clock, mail)
    with sessions.writing() as session:
        assert queue_again(session, session.get(Delivery, 1), NOW, by="ada")
        assert not queue_again(session, session.get(Delivery, 1), NOW, by="ada")

    assert send_one(sessions, mailer, clock, mail)

    assert len(list((tmp_path / "outbox").iterdir())) == 1
    with sessions.reading() as session:
        assert session.get(AuditEntry, 1).action == "mail_queued_again"


def test_a_folder_that_cannot_be_written_loses_nothing(sessions, mail, clock, tmp_path):
    blocked = tmp_path / "outbox"
    blocked.write_text("a file stands where the folder should be")
    queue(sessions)

    assert not send_one(sessions, FolderMailer(blocked), clock, mail)
    assert mails(sessions)[0].status is DeliveryStatus.QUEUED

    blocked.unlink()
    clock.now += DAY
    assert send_one(sessions, FolderMailer(blocked), clock, mail)


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
