"""Mails and passwords go to the servers that were meant, and to no others."""

from contextlib import contextmanager

import pytest
from aiosmtpd.smtp import AuthResult

from suppliers.errors import Unavailable
from suppliers.overhearing import Trouble
from suppliers.registry import Clients, Connection
from suppliers.trying import try_connection
from tests.authority import WRONG, Authority
from tests.suppliers.dialects.email.conftest import NOON
from tests.suppliers.post_office import (
    PASSWORD,
    USER,
    imap_server,
    mail_server,
    outgoing,
)

HOST = "localhost"
refused = pytest.mark.parametrize("why", WRONG)
each_smtp = pytest.mark.parametrize("security", ["starttls", "tls"])
each_imap = pytest.mark.parametrize("scheme", ["imap", "imaps"])


@pytest.fixture
def authority(tmp_path, monkeypatch) -> Authority:
    """One that we trust."""
    authority = Authority(tmp_path / "ours", "Our authority")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))
    return authority


@contextmanager
def smtp(papers, security):
    """A server that wants a password, over an encrypted line only."""
    taken = []

    def check(server, session, envelope, mechanism, data):
        taken.append(data.password)
        return AuthResult(success=data.password == PASSWORD.encode())

    context = papers.context()
    at_once = {"ssl_context": context, "auth_require_tls": False}
    later = {"tls_context": context, "require_starttls": True}
    way = at_once if security == "tls" else later
    with mail_server(authenticator=check, **way) as (inbox, port):
        inbox.__init__()
        yield inbox, port, taken


def submit(tmp_path, port, security, request):
    signed_in = {"smtp_user": USER, "smtp_password": PASSWORD}
    way = outgoing(tmp_path, port, smtp_host=HOST, smtp_security=security, **signed_in)
    clients = Clients(lambda: NOON, outgoing=way)
    to = {"to": ["orders@acme.test"]}
    connection = Connection(1, "email", "acme", base_url="", token="", options=to)
    try:
        return clients.client_for(connection).submit(request)
    finally:
        clients.close()


@each_smtp
def test_an_order_goes_to_a_server_whose_authority_is_trusted(
    tmp_path, authority, request_for, security
):
    with smtp(authority.papers(HOST), security) as (inbox, port, passwords):
        report = submit(tmp_path, port, security, request_for("PO-1"))

    assert passwords == [PASSWORD.encode()]
    assert [mail["Message-ID"] for mail in inbox.mails] == [report.supplier_reference]


@each_smtp
@refused
def test_a_server_with_a_wrong_certificate_is_told_nothing(
    tmp_path, authority, request_for, security, why
):
    said = f"its certificate cannot be trusted: {WRONG[why]}"

    with (
        smtp(authority.wrong_papers(HOST, why), security) as (inbox, port, passwords),
        pytest.raises(Unavailable, match=said),
    ):
        submit(tmp_path, port, security, request_for("PO-1"))

    assert set(inbox.steps) <= {"EHLO"}
    assert (passwords, inbox.mails) == ([], [])


def test_a_server_that_offers_no_encryption_is_told_nothing(
    tmp_path, authority, request_for
):
    with (
        mail_server() as (inbox, port),
        pytest.raises(Unavailable, match="STARTTLS"),
    ):
        submit(tmp_path, port, "starttls", request_for("PO-1"))

    assert set(inbox.steps) <= {"EHLO"}


@contextmanager
def imap(papers, scheme, log):
    """A server that writes down what it hears; its address."""
    if scheme == "imaps":
        options = ("--tls-at-once", str(papers.certificate), str(papers.key))
    else:
        options = ("--cert", str(papers.certificate), "--key", str(papers.key))
    with imap_server(*options, log=log) as port:
        yield f"{scheme}://{HOST}:{port}"


def mailbox(url) -> Connection:
    return Connection(
        1,
        "email",
        "acme",
        base_url=url,
        token=PASSWORD,
        allow_private=True,
        options={"to": ["orders@acme.test"], "mailbox": {"user": USER}},
    )


def heard(log):
    """What the server was told, line by line, but for the farewell."""
    lines = [line for line in log.read_text().splitlines() if "-->|" in line]
    return [line for line in lines if "LOGOUT" not in line]


@each_imap
def test_replies_are_read_from_a_server_whose_authority_is_trusted(
    tmp_path, authority, mailed, scheme
):
    log = tmp_path / "imap.log"

    with imap(authority.papers(HOST), scheme, log) as url:
        client = mailed({"base_url": url, "token": PASSWORD}, mailbox={"user": USER})
        assert client.changes(None).letters == ()

    assert any("AUTHENTICATE" in line for line in heard(log))


@each_imap
@refused
def test_a_mailbox_with_a_wrong_certificate_is_told_no_password(
    tmp_path, authority, mailed, scheme, why
):
    log = tmp_path / "imap.log"
    said = f"its certificate cannot be trusted: {WRONG[why]}"

    with imap(authority.wrong_papers(HOST, why), scheme, log) as url:
        client = mailed({"base_url": url, "token": PASSWORD}, mailbox={"user": USER})
        with pytest.raises(Unavailable, match=said):
            client.changes(None)
        (tried,) = (
            each
            for each in try_connection(mailbox(url), lambda: NOON, outgoing(tmp_path))
            if each.is_asked
        )

    assert tried.trouble is Trouble.SECURITY
    assert all("CAPABILITY" in line or "STARTTLS" in line for line in heard(log))
