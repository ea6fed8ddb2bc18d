"""Mails about alerts: how one is built, and the two ways it can go.

MailError
├── MailDown      the server is away, or has no time: nothing is wrong with the mail
└── MailRefused   it was told no; `is_permanent` if asking again would not help
"""

import smtplib
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

from config.mailing import connected, lay_down, part
from config.options import Mail
from erp.alerts.models import Delivery

TIMEOUT_SECONDS = 30  # of each answer of the server
SHUTTING_DOWN = 421  # the one answer that may come to any command
PERMANENT = 500  # from here on, asking again would not help


class MailError(Exception):
    """A mail did not go out; says why, in the server's words if it gave any."""


class MailDown(MailError):
    """The server is away, or has no time: nothing is wrong with the mail."""


class MailRefused(MailError):
    """The server said no to this mail."""

    def __init__(self, why: str, *, is_permanent: bool) -> None:
        super().__init__(why)
        self.is_permanent = is_permanent


class Mailer(Protocol):
    """Sends one mail or raises MailError. `key` names the delivery, on every try."""

    def send(self, message: EmailMessage, key: str) -> None: ...


def mailer_for(mail: Mail, outbox: Path) -> Mailer:
    """A server if one is set, else the folder."""
    return SmtpMailer(mail) if mail.smtp_host else FolderMailer(outbox)


def build(delivery: Delivery, sender: str, now: datetime) -> EmailMessage:
    """The mail of a delivery: text, and the same as HTML. Raises MailRefused."""
    message = EmailMessage(policy=SMTP)
    # First, since it draws the headers of content that stand already into a part.
    message.set_content(delivery.text)
    message.add_alternative(delivery.html, subtype="html")
    headers = {
        "From": sender,
        "To": delivery.recipient,
        "Subject": delivery.subject,
        "Date": format_datetime(now),
        "Message-ID": delivery.message_id,
        "Auto-Submitted": "auto-generated",  # no holiday replies, please
        "Content-Language": delivery.language,
    }
    try:
        for name, value in headers.items():
            message[name] = value
    except ValueError as error:  # a line break where none may be
        raise MailRefused(str(error), is_permanent=True) from error
    return message


class SmtpMailer:
    """Sends through a server, one connection for each mail."""

    def __init__(self, mail: Mail, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._mail = mail
        self._timeout_seconds = timeout_seconds

    def send(self, message: EmailMessage, key: str) -> None:
        try:
            server = connected(self._mail, self._timeout_seconds)
        except (smtplib.SMTPException, OSError) as error:
            host = f"{self._mail.smtp_host}:{self._mail.smtp_port}"
            raise MailDown(f"{host}: {error or type(error).__name__}") from error
        try:
            _hand_over(server, message)
            part(server)
        finally:
            server.close()


class FolderMailer:
    """Writes each mail as a file; the same delivery again replaces its own file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage, key: str) -> None:
        try:
            lay_down(message, self._folder, key)
        except OSError as error:
            raise MailDown(f"{self._folder}: {error}") from error


def _hand_over(server: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(*next(iter(error.recipients.values()))) from error
    except smtplib.SMTPDataError as error:
        raise _refused(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:  # an address in another script
        raise MailRefused(str(error), is_permanent=True) from error
    except (smtplib.SMTPException, OSError) as error:
        # A refused sender is here too: it is the same for all mails, so not this one's.
        raise MailDown(str(error) or type(error).__name__) from error


def _refused(code: int, words: bytes | str) -> MailError:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    if code == SHUTTING_DOWN:
        return MailDown(f"{code} {text}")
    return MailRefused(f"{code} {text}", is_permanent=code >= PERMANENT)
