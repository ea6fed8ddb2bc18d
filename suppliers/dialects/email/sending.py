"""Hands a mail over, and says at which step it went wrong.

    connect, EHLO, STARTTLS, AUTH, MAIL   nothing was sent: Unavailable
    RCPT                                  5.1.1 and its like Rejected: no such address
    every other no, be it to the mail     Unavailable: it is our own server's, which
                                          says 5xx of our account, too
    no readable answer to the mail        it may have been taken: Ambiguous

Without a server the mail becomes a file, which is whole or not there at all.
"""

import re
import smtplib
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from email.utils import parseaddr
from pathlib import Path
from typing import Never
from urllib.parse import quote

from config.mailing import connected, lay_down, part
from config.options import Mail
from suppliers.dialects.email.lines import over_after
from suppliers.dialects.email.numbering import (
    BATCH,
    CANCEL,
    ORDERS_HEADER,
    Numbering,
)
from suppliers.errors import Ambiguous, Rejected, SupplierError, Unavailable
from suppliers.transport import HttpPolicy

GO_AHEAD = 354
NOBODY = re.compile(rb"5\.1\.(?:1|2|3|6|10)\b")  # RFC 3463: such an address is none
LONGEST_NAME = 150  # of a file
FAILURES = (smtplib.SMTPException, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """How the store sends mails: by its server, or into the folder without one."""

    mail: Mail
    outbox: Path
    store: str
    domain: str  # of our Message-IDs


class Post:
    """Sends mails to one supplier, one connection for each."""

    def __init__(self, supplier: str, outgoing: Outgoing, policy: HttpPolicy) -> None:
        self._supplier = supplier
        self._outgoing = outgoing
        self._policy = policy

    def send(self, message: EmailMessage, to: tuple[str, ...], key: str) -> None:
        """Raises a SupplierError that says whether it may have been taken."""
        if not self._outgoing.mail.smtp_host:
            self._lay_down(message, key)
            return
        ends = time.monotonic() + self._policy.total_seconds
        try:
            server = connected(self._outgoing.mail, self._policy.read_seconds)
        except FAILURES as error:
            self._unavailable(_said(error), error)
        try:
            left = ends - time.monotonic()
            if left <= 0:
                self._unavailable("to connect took too long")
            with over_after(left, server.sock):
                self._announce(server, to)
                self._hand_over(server, message)
                part(server)
        finally:
            server.close()

    def _lay_down(self, message: EmailMessage, key: str) -> None:
        name = _file_name(self._supplier, key)
        try:
            lay_down(message, self._outgoing.outbox, name)
        except OSError as error:
            self._unavailable(f"the outbox: {error}", error)

    def _announce(self, server: smtplib.SMTP, to: tuple[str, ...]) -> None:
        """All that comes before the mail: if it fails, nothing was sent."""
        _, sender = parseaddr(self._outgoing.mail.sender)
        try:
            server.ehlo_or_helo_if_needed()
            code, words = server.mail(sender)
            if not _is_yes(code):  # the same for all mails, so not this one's fault
                self._unavailable(f"our sender is refused: {_words(code, words)}")
            for address in to:
                code, words = server.rcpt(address)
                if not _is_yes(code):
                    raise self._not_to(code, words)
            code, words = server.docmd("DATA")
        except FAILURES as error:
            self._unavailable(_said(error), error)
        if code != GO_AHEAD:
            self._unavailable(_words(code, words))

    def _hand_over(self, server: smtplib.SMTP, message: EmailMessage) -> None:
        body = re.sub(rb"(?m)^\.", b"..", message.as_bytes())
        try:
            server.send(body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n")
            code, words = server.getreply()
        except FAILURES as error:
            detail = f"no answer to the mail itself: {_said(error)}"
            raise Ambiguous(self._supplier, detail) from error
        if 400 <= code < 600:
            self._unavailable(_words(code, words))
        if not _is_yes(code):
            raise Ambiguous(self._supplier, f"an odd answer: {_words(code, words)}")

    def _not_to(self, code: int, words: bytes) -> SupplierError:
        """Only an address that is none is the supplier's fault, and stays so."""
        kind = Rejected if 500 <= code < 600 and NOBODY.match(words) else Unavailable
        return kind(self._supplier, f"not mailed: {_words(code, words)}")

    def _unavailable(self, detail: str, error: Exception | None = None) -> Never:
        raise Unavailable(self._supplier, f"not mailed: {detail}") from error


def laid_down(
    outbox: Path, supplier: str, references: Collection[str]
) -> Iterator[Path]:
    """Where mails about these orders may lie, if they became files.

    A batch goes with any of its orders, whatever the supplier calls that since.
    """
    for reference in references:
        for key in (reference, f"{reference}-{CANCEL}"):
            yield outbox / f"{_file_name(supplier, key)}.eml"
    numbering = Numbering(supplier, domain="")
    for path in outbox.glob(f"{_file_name(supplier, BATCH)}.*.eml"):
        if not set(references).isdisjoint(numbering.answered(_ordered_in(path))):
            yield path


def _ordered_in(path: Path) -> str:
    """What a batch calls its orders; nothing if the file is gone by now."""
    try:
        with path.open("rb") as file:
            head = BytesHeaderParser(policy=default).parse(file)
    except FileNotFoundError:
        return ""
    return str(head[ORDERS_HEADER] or "")


def _file_name(supplier: str, key: str) -> str:
    return quote(f"{supplier}-{key}", safe="")[:LONGEST_NAME]


def _is_yes(code: int) -> bool:
    return 200 <= code < 300


def _said(error: Exception) -> str:
    return str(error)[:200] or type(error).__name__


def _words(code: int, words: bytes) -> str:
    return f"{code} {words.decode('utf-8', 'replace')[:200]}"
