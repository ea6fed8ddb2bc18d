"""How our mails are written and leave: by a server, or as files in a folder."""

import os
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.settings import Mail


@cache
def mail_templates(folder: Path) -> Environment:
    """The templates of a folder; a name that is missing is an error, not a gap."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def connected(mail: Mail, timeout_seconds: float) -> smtplib.SMTP:
    """A connection that is signed in. Raises SMTPException or OSError."""
    where = (mail.smtp_host, mail.smtp_port)
    if mail.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            *where, timeout=timeout_seconds, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(*where, timeout=timeout_seconds)
    try:
        if mail.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if mail.smtp_user:
            server.login(mail.smtp_user, mail.smtp_password)
    except BaseException:
        server.close()
        raise
    return server


def part(server: smtplib.SMTP) -> None:
    """The mail is theirs already: a rude goodbye must not send it again."""
    with suppress(smtplib.SMTPException, OSError):
        server.quit()


def lay_down(message: EmailMessage, folder: Path, key: str) -> None:
    """A mail as a file; the same key again replaces its own file. Raises OSError."""
    unfinished = folder / f".{key}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as file:
            file.write(message.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(folder / f"{key}.eml")
    except OSError:
        with suppress(OSError):
            unfinished.unlink()
        raise
