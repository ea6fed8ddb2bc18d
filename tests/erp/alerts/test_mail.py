"""What mail servers and folders answer, and what becomes of the mail."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

from aiosmtpd.smtp import AuthResult

from erp.accounts.models import AuditEntry
from erp.alerts.mail import FolderMailer, SmtpMailer, mailer_for
from erp.alerts.models import Delivery, DeliveryStatus
from erp.alerts.notify import (
    queue_again,
    send_one,
)
from tests.erp.alerts.mail_server import Server, queue, send_all
from tests.erp.alerts.readings import mails
from tests.factories import NOW

DAY = timedelta(days=1)


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
