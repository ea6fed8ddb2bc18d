"""Real mail servers: one that takes mails, and one in whose folders replies lie."""

import asyncio
import imaplib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as LINES
from email.policy import default
from itertools import count
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from config.options import Mail
from suppliers.dialects.email.sending import Outgoing
from tests.postgres import some_port

USER, PASSWORD = "orders@shop.test", 'a "pass" \\ word'
PATIENCE_SECONDS = 30.0
PROGRAM = Path(__file__).with_name("imap_process.py")
_folders = count(1)


class Breaking(SMTP):
    """A mail server that hangs up, or says no, at the step it is told."""

    async def _handle(self, step: str, arg: str, otherwise: Any) -> None:
        self.event_handler.meet(step)
        said = self.event_handler.said.get(step)
        if said == "hang up":
            assert self.transport is not None
            self.transport.abort()
        elif said:
            await self.push(said)
        else:
            await otherwise(arg)

    async def smtp_EHLO(self, arg: str) -> None:
        await self._handle("EHLO", arg, super().smtp_EHLO)

    async def smtp_AUTH(self, arg: str) -> None:
        await self._handle("AUTH", arg, super().smtp_AUTH)

    async def smtp_MAIL(self, arg: str) -> None:
        await self._handle("MAIL", arg, super().smtp_MAIL)

    async def smtp_RCPT(self, arg: str) -> None:
        await self._handle("RCPT", arg, super().smtp_RCPT)

    async def smtp_DATA(self, arg: str) -> None:
        await self._handle("DATA", arg, super().smtp_DATA)

    async def smtp_QUIT(self, arg: str) -> None:
        await self._handle("QUIT", arg, super().smtp_QUIT)


class Inbox:
    """What came, and what each step of coming is answered with.

    The steps are SMTP's, and `mail` once a mail is here and not yet answered.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.said: dict[str, str] = {}
        self.steps: list[str] = []  # that clients took
        self.upon: dict[str, Callable[[], None]] = {}  # what happens at a step
        self.arrives: Callable[[EmailMessage], str] = lambda mail: "250 kept"

    def meet(self, step: str) -> None:
        self.steps.append(step)
        self.upon.get(step, lambda: None)()

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        if self.said.get("mail") == "hang up unread":
            server.transport.abort()
            return "250 nobody hears this"
        self.raw.append(envelope.original_content)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.meet("mail")
        said = self.said.get("mail") or await asyncio.to_thread(self.arrives, mail)
        if said == "hang up":
            server.transport.abort()
        return said


class _Controller(Controller):
    def factory(self) -> SMTP:
        return Breaking(self.handler, **self.SMTP_kwargs)


@contextmanager
def mail_server(**options: Any) -> Iterator[tuple[Inbox, int]]:
    """A real SMTP server on a port of its own."""
    inbox, port = Inbox(), some_port()
    controller = _Controller(inbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield inbox, port
    finally:
        controller.stop()


def outgoing(folder: Path, port: int | None = None, **changed: Any) -> Outgoing:
    """How a store sends mails: by this server, or into its outbox."""
    mail = {
        "smtp_host": "" if port is None else "127.0.0.1",
        "smtp_port": port or 0,
        "smtp_user": "",
        "smtp_password": "",
        "smtp_security": "none",
        "sender": "Corner Shop <orders@shop.test>",
        "first_retry_seconds": 60,
        "longest_retry_seconds": 3600,
        "max_attempts": 20,
    }
    return Outgoing(
        Mail(**(mail | changed)), folder / "outbox", "Corner Shop", "shop.test"
    )


@dataclass
class ReplyBox:
    """A folder on a real IMAP server, as the mail server fills it."""

    port: int
    folder: str
    taken: int = field(default=0)

    @property
    def url(self) -> str:
        return f"imap://127.0.0.1:{self.port}"

    def receive(self, mail: bytes | EmailMessage, at: datetime) -> None:
        self.keep(mail, at, self.folder)

    def keep(self, mail: bytes | EmailMessage, at: datetime, folder: str) -> None:
        raw = mail if isinstance(mail, bytes) else mail.as_bytes(policy=LINES)
        with signed_in(self.port) as server:
            code, said = server.append(
                f'"{folder}"', "", imaplib.Time2Internaldate(at), raw
            )
        assert code == "OK", said

    def seen(self) -> list[bytes]:
        """The flags of every mail."""
        with signed_in(self.port) as server:
            server.select(f'"{self.folder}"', readonly=True)
            _, found = server.fetch("1:*", "(FLAGS)")
        return [each for each in found if b"Seen" in each]

    def begin_anew(self) -> None:
        """As after a restored backup: the same name, other numbers."""
        with signed_in(self.port) as server:
            server.delete(f'"{self.folder}"')
            server.create(f'"{self.folder}"')


@contextmanager
def signed_in(port: int) -> Iterator[imaplib.IMAP4]:
    with imaplib.IMAP4("127.0.0.1", port, timeout=PATIENCE_SECONDS) as server:
        server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        secret = f"\0{USER}\0{PASSWORD}".encode()
        server.authenticate("PLAIN", lambda _: secret)
        yield server


def new_folder(port: int) -> ReplyBox:
    box = ReplyBox(port, f"Replies {next(_folders)}")
    with signed_in(port) as server:
        server.create(f'"{box.folder}"')
    return box


@contextmanager
def imap_server(*options: str, log: Path | None = None) -> Iterator[int]:
    """A real IMAP server in a process of its own; its port."""
    port = some_port()
    with Path(log or os.devnull).open("w") as said:
        process = subprocess.Popen(
            [
                *(sys.executable, str(PROGRAM), "--debug"),
                *("--host", "127.0.0.1", "--port", str(port)),
                *(options or ("--no-tls",)),
                *("dict", "--demo-user", USER, "--demo-password", PASSWORD),
            ],
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
    try:
        _until_it_listens(process, port)
        yield port
    finally:
        process.kill()
        process.wait()


def _until_it_listens(process: "subprocess.Popen[bytes]", port: int) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while True:
        assert process.poll() is None, "the IMAP server ended at once"
        assert time.monotonic() < ends, "the IMAP server does not listen"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
