"""A mail server that counts the orders in what it takes, and misbehaves."""

import asyncio
import csv
import io
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.postgres import some_port
from tests.suppliers.post_office import ReplyBox

HANG_SECONDS = 3.0  # longer than we wait for an answer
SHARE = 0.04  # of all mails, for each of the troubles
TROUBLES = (
    "hangs up, not taken",
    "hangs up, taken",
    "hangs, taken",
    "4xx to the mail",
    "4xx to the recipient",
)


class Postmaster:
    """Takes mails to suppliers; who has its copies kept finds them among the sent."""

    def __init__(self, seed: str, copies: ReplyBox, copied: str) -> None:
        self.misbehaves = True
        self.taken: dict[str, Counter[str]] = defaultdict(Counter)  # by address
        self.met: Counter[str] = Counter()
        self._chance = random.Random(f"mail {seed}")
        self._copies, self._copied = copies, copied
        self.port = some_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def close(self) -> None:
        self._controller.stop()

    async def handle_RCPT(
        self, server: SMTP, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        fate = self._fate()
        if fate == "4xx to the recipient":
            self.met[fate] += 1
            return "450 4.2.0 come back later"
        envelope.fate = fate
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        if envelope.fate:
            self.met[envelope.fate] += 1
        if envelope.fate == "4xx to the mail":
            return "451 4.3.0 come back later"
        if envelope.fate == "hangs up, not taken":
            server.transport.abort()
            return "250 nobody hears this"
        await self._take(envelope.rcpt_tos[0], envelope.content)
        if envelope.fate == "hangs up, taken":
            server.transport.abort()
        if envelope.fate == "hangs, taken":
            await asyncio.sleep(HANG_SECONDS)
        return "250 kept"

    def _fate(self) -> str:
        number = int(self._chance.random() / SHARE)
        if not self.misbehaves or number >= len(TROUBLES):
            return ""
        return TROUBLES[number]

    async def _take(self, address: str, content: bytes) -> None:
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.taken[address].update(set(_references(mail)))
        if address == self._copied:
            keep = partial(
                self._copies.keep, content, datetime.now(UTC), self._copies.folder
            )
            await asyncio.get_running_loop().run_in_executor(None, keep)


def _references(mail: EmailMessage) -> Iterator[str]:
    """The orders in a mail, as its supplier reads them out of the file."""
    for part in mail.iter_attachments():
        for row in csv.DictReader(io.StringIO(part.get_content().lstrip("\ufeff"))):
            if row["action"] == "order":
                yield row["purchase_order"]
