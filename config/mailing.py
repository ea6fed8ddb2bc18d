"""How our mails are written and leave: by a server, or as files in a folder."""

import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from config.options import Mail


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
        with encryption() as context:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                *where, timeout=timeout_seconds, context=context
            )
    else:
        server = smtplib.SMTP(*where, timeout=timeout_seconds)
    try:
        if mail.smtp_security == "starttls":
            with encryption() as context:
                server.starttls(context=context)
        if mail.smtp_user:
            server.login(mail.smtp_user, mail.smtp_password)
    except BaseException:
        server.close()
        raise
    return server


@contextmanager
def encryption() -> Iterator[ssl.SSLContext]:
    """Trusts the authorities that this machine trusts, or those in the file that
    SSL_CERT_FILE names. Raises OSError of a server that none of them vouches for."""
    try:
        yield ssl.create_default_context()
    except ssl.SSLCertVerificationError as error:
        said = f"its certificate cannot be trusted: {error.verify_message}"
        raise OSError(said) from error


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
