"""A supplier of the sandbox who works by mail: the sandbox's mode for it.

Between real servers for SMTP and IMAP and the sandbox stands a clerk. What comes
by mail is brought to the sandbox as the file that is attached, so the sandbox's books,
plans and troubles are those of every other way; what the sandbox then decides is
written as replies, in the words that the way's patterns look for. (The servers are of
packages for tests alone, which is why this mode is no part of the shipped sandbox.)
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import AuthResult, LoginPassword

from suppliers.dialects.email.sending import Outgoing
from suppliers.registry import Clients, Connection
from suppliers.sandbox.remote import SandboxRemote
from tests.suppliers.desks import NOON, Desk
from tests.suppliers.mail_clerk import Clerk
from tests.suppliers.post_office import (
    PASSWORD,
    USER,
    Inbox,
    mail_server,
    outgoing,
)
from tests.suppliers.ways import Way


@dataclass(frozen=True)
class PostOffice:
    """The servers, shared by all suppliers who work by mail."""

    inbox: Inbox
    smtp_port: int
    imap_port: int


@contextmanager
def post_office(imap_port: int) -> Iterator[PostOffice]:
    """Whoever hands in a mail signs in as a supplier's store, by its token."""

    def check(server: Any, session: Any, envelope: Any, way: str, shown: Any) -> Any:
        assert isinstance(shown, LoginPassword)
        is_right = shown.password == b"token of " + shown.login
        return AuthResult(success=is_right, handled=False)

    with mail_server(authenticator=check, auth_require_tls=False) as (inbox, port):
        yield PostOffice(inbox, port, imap_port)


class AnsweringRemote(SandboxRemote):
    """Whenever its clock is moved, the clerk writes what came to pass by then."""

    def __init__(self, url: str, clerk: Clerk) -> None:
        super().__init__(url)
        self._clerk = clerk

    def set_clock(self, now: datetime | None) -> None:
        super().set_clock(now)
        assert now is not None
        self._clerk.now = now
        self._clerk.write()


@dataclass(frozen=True)
class MailDesk(Desk):
    """Its address is the mailbox; its token is what the mail server wants to see."""

    clerk: Clerk = field(kw_only=True)
    office: PostOffice = field(kw_only=True)
    outbox: Path = field(kw_only=True)

    def client(self, **changed: Any) -> Any:
        token = changed.pop("token", f"token of {self.code}")
        return self._by(self._way_out(smtp_password=token), **changed)

    def client_of_nobody(self, port: int) -> Any:
        return self._by(self._way_out(smtp_port=port))

    def connection(self, **changed: Any) -> Connection:
        folders = {"folder": self.clerk.replies.folder}
        if self.way.wire == "copies":
            folders["sent_folder"] = self.clerk.sent.folder
        own = {
            "to": [f"clerk@{self.code}.test"],
            "mailbox": {"user": USER, **folders},
        }
        line = {"base_url": self.clerk.replies.url, "token": PASSWORD}
        options = {**self.way.options(""), **own}
        return super().connection(**{**line, "options": options, **changed})

    @property
    def outgoing(self) -> Outgoing:
        return self._way_out()

    def _by(self, way_out: Outgoing, **changed: Any) -> Any:
        clients = Clients(lambda: NOON, outgoing=way_out)
        return clients.client_for(self.connection(**changed))

    def _way_out(self, **changed: Any) -> Outgoing:
        signed_in = {"smtp_user": self.code, "smtp_password": f"token of {self.code}"}
        return outgoing(self.outbox, self.office.smtp_port, **(signed_in | changed))


@contextmanager
def mail_desk(
    code: str, remote: SandboxRemote, way: Way, office: PostOffice, outbox: Path
) -> Iterator[MailDesk]:
    clerk = Clerk(code, remote, office.inbox, office.imap_port)
    office.inbox.__init__()  # type: ignore[misc]  # as new
    office.inbox.arrives = clerk.take
    clients = Clients(lambda: NOON)
    places = {"clerk": clerk, "office": office, "outbox": outbox}
    with AnsweringRemote(remote.url, clerk) as answering:
        yield MailDesk(code, answering, clients, way, **places)
    clerk.close()
