"""Alerts go to the mail server that was meant, and to no other."""

from dataclasses import replace

import pytest
from aiosmtpd.smtp import AuthResult

from erp.alerts.mail import SmtpMailer
from erp.alerts.models import DeliveryStatus
from erp.alerts.notify import send_one
from tests.authority import WRONG, Authority
from tests.erp.alerts.mail_server import Server, queue
from tests.erp.alerts.readings import mails

HOST = "localhost"
each_security = pytest.mark.parametrize("security", ["starttls", "tls"])


@pytest.fixture
def authority(tmp_path, monkeypatch) -> Authority:
    """One that we trust."""
    authority = Authority(tmp_path / "ours", "Our authority")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))
    return authority


@pytest.fixture
def send(sessions, mail, clock, free_port):
    """Try one mail at a server with these papers; it, and the passwords it was told."""

    def once(security, papers):
        passwords = []

        def check(server, session, envelope, mechanism, data):
            passwords.append(data.password)
            return AuthResult(success=True)

        context = papers.context()
        at_once = {"ssl_context": context, "auth_require_tls": False}
        later = {"tls_context": context, "require_starttls": True}
        way = at_once if security == "tls" else later
        server = Server(free_port, authenticator=check, **way).start()
        signed_in = {"smtp_user": "erp", "smtp_password": "secret"}
        told = replace(mail, smtp_host=HOST, smtp_security=security, **signed_in)
        queue(sessions)
        try:
            send_one(sessions, SmtpMailer(told), clock, told)
        finally:
            server.stop()
        return server.inbox.mails, passwords

    return once


@each_security
def test_an_alert_goes_to_a_server_whose_authority_is_trusted(
    send, sessions, authority, security
):
    arrived, passwords = send(security, authority.papers(HOST))

    assert (len(arrived), passwords) == (1, [b"secret"])
    assert mails(sessions)[0].status is DeliveryStatus.SENT


@each_security
@pytest.mark.parametrize("why", WRONG)
def test_a_server_with_a_wrong_certificate_is_told_nothing(
    send, sessions, authority, security, why
):
    arrived, passwords = send(security, authority.wrong_papers(HOST, why))

    assert (arrived, passwords) == ([], [])
    (delivery,) = mails(sessions)
    assert delivery.status is DeliveryStatus.QUEUED
    assert "its certificate cannot be trusted" in delivery.last_error
    assert WRONG[why] in delivery.last_error
