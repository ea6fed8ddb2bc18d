"""The only door to an IMAP server: one visit to a folder, which changes nothing there.

Mails are known by (UIDVALIDITY, UID): UIDs only ever grow, unless the server begins
anew and says so by another UIDVALIDITY. A mail is never marked as read.
"""

import imaplib
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from config.mailing import encryption
from suppliers.dialects.email.lines import guarded_socket, over_after
from suppliers.errors import Unavailable
from suppliers.transport import HttpPolicy

LARGEST_MAIL_BYTES = 1024 * 1024  # of a mail; its words come before its pictures
LARGEST_LITERAL_BYTES = 4 * LARGEST_MAIL_BYTES  # beyond that the server is not sane
HEADS = "FROM SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES CONTENT-TYPE"
FAILURES = (imaplib.IMAP4.error, OSError, ValueError, EOFError)
_UID = re.compile(rb"\bUID (\d+)")
_INTERNAL_DATE = re.compile(
    rb'INTERNALDATE "( ?\d{1,2}-[A-Za-z]{3}-\d{4} [0-9:]{8} [+-]\d{4})"'
)
_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


@dataclass(frozen=True, slots=True)
class Account:
    """Whose mails we read, and where."""

    url: str  # imaps://host:port, or imap:// with STARTTLS
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Found:
    """A mail as it lies in a folder, or only its head."""

    uid: int
    received_at: datetime | None
    raw: bytes


class Folder:
    """A folder that is open for reading."""

    def __init__(self, server: imaplib.IMAP4, name: str) -> None:
        self._server = server
        _checked(server.select(_quoted(name), readonly=True), f"no folder {name}")
        self.validity = self._number("UIDVALIDITY")
        self.next_uid = self._number("UIDNEXT")

    def after(self, uid: int) -> list[int]:
        """The UIDs beyond one, ascending."""
        found = self._search("UID", f"{uid + 1}:*")
        return [each for each in found if each > uid]  # `*` is the last one in any case

    def since(self, day: date) -> list[int]:
        month = _MONTHS[day.month - 1]
        return self._search("SINCE", f"{day.day}-{month}-{day.year}")

    def with_header(self, name: str, holding: str) -> list[int]:
        return self._search("HEADER", name, _quoted(holding))

    def heads(self, uids: Sequence[int]) -> list[Found]:
        return self._fetch(uids, f"BODY.PEEK[HEADER.FIELDS ({HEADS})]")

    def whole(self, uids: Sequence[int]) -> Iterator[Found]:
        """One by one, so that few are held at a time; a long one only begins."""
        for uid in uids:
            yield from self._fetch([uid], f"BODY.PEEK[]<0.{LARGEST_MAIL_BYTES}>")

    def _search(self, *wanted: str) -> list[int]:
        lines = _checked(self._server.uid("SEARCH", *wanted), "it cannot be searched")
        return sorted({int(each) for line in lines if line for each in line.split()})

    def _fetch(self, uids: Sequence[int], what: str) -> list[Found]:
        if not uids:
            return []
        which = ",".join(map(str, uids))
        answer = self._server.uid("FETCH", which, f"(UID INTERNALDATE {what})")
        parts = _checked(answer, "its mails cannot be fetched")
        found = []
        for place, each in enumerate(parts):
            if isinstance(each, tuple):
                rest = parts[place + 1] if place + 1 < len(parts) else b""
                around = each[0] + b" " + (rest if isinstance(rest, bytes) else b"")
                uid = _UID.search(around)
                if uid is not None:
                    found.append(Found(int(uid[1]), _received(around), each[1]))
        return sorted(found, key=lambda each: each.uid)

    def _number(self, name: str) -> int:
        _, told = self._server.response(name)
        return int(told[0]) if told and told[0] else 0


@contextmanager
def opened(
    supplier: str, account: Account, name: str, policy: HttpPolicy
) -> Iterator[Folder]:
    """A visit. Whatever goes wrong, nothing changed there: Unavailable."""
    try:
        url = urlsplit(account.url)
        if url.scheme not in ("imap", "imaps") or not url.hostname:
            raise ValueError("its address is written imaps://host")
        line = guarded_socket(url.hostname, url.port or _usual_port(url), policy)
        # TLS takes the line over, so what hangs up in time is a second end of it
        with line, line.dup() as spare, over_after(policy.total_seconds, spare):
            server = _Server(url, line, policy)
            try:
                server.sign_in(account)
                yield Folder(server, name)
            finally:
                server.part()
    except FAILURES as error:
        said = str(error)[:200] or type(error).__name__
        raise Unavailable(supplier, f"its mailbox: {said}") from error


class _Server(imaplib.IMAP4):
    """An IMAP server over a connection that stands already."""

    def __init__(
        self, url: SplitResult, line: socket.socket, policy: HttpPolicy
    ) -> None:
        self._url = url
        self._line = line
        self._policy = policy
        super().__init__(url.hostname or "", url.port or _usual_port(url))

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        self.host, self.port = host, port
        self.sock: socket.socket = self._line
        if self._url.scheme == "imaps":
            with encryption() as context:
                self.sock = context.wrap_socket(self._line, server_hostname=host)
        self.file = self.sock.makefile("rb")

    def read(self, size: int) -> bytes:
        if size > LARGEST_LITERAL_BYTES:
            raise self.abort("it sends more than was asked for")
        return super().read(size)

    def sign_in(self, account: Account) -> None:
        """Never in the clear over somebody else's network."""
        if self._url.scheme == "imap" and "STARTTLS" in self.capabilities:
            with encryption() as context:
                self.starttls(context)
        elif self._url.scheme == "imap" and not self._policy.allow_private:
            raise self.error("it offers no encryption")
        try:
            self._log_in(account)
        except self.abort:
            raise
        except self.error as error:
            raise self.error(f"it refuses our credentials: {error}") from error

    def part(self) -> None:
        with suppress(*FAILURES):
            self.logout()
        with suppress(*FAILURES):
            self.shutdown()

    def _log_in(self, account: Account) -> None:
        if "AUTH=PLAIN" in self.capabilities:
            secret = f"\0{account.user}\0{account.password}".encode()
            self.authenticate("PLAIN", lambda _: secret)
        else:
            self.login(_quoted(account.user), account.password)


def _usual_port(url: SplitResult) -> int:
    return 993 if url.scheme == "imaps" else 143


def _checked(answer: tuple[str, list[Any]], otherwise: str) -> list[Any]:
    code, told = answer
    if code != "OK":
        raise imaplib.IMAP4.error(otherwise)
    return told


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _received(told: bytes) -> datetime | None:
    """The moment the server took it in; a sender's own clock may be anything."""
    found = _INTERNAL_DATE.search(told)
    if found is None:
        return None
    written = found[1].decode("ascii").replace("-", " ", 2)
    return parsedate_to_datetime(written).astimezone(UTC)
