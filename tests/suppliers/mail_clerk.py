"""Whoever reads the mails of a supplier of the sandbox, books them and answers them."""

from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from itertools import count
from threading import Lock
from typing import Any
from urllib.parse import quote, unquote

import httpx

from suppliers.contract import ReportedStatus
from suppliers.sandbox.remote import SandboxRemote
from tests.suppliers.desks import NOON
from tests.suppliers.post_office import Inbox, new_folder

HANG_UP = "hang up"
# What a mail server says where a web server answers with a status.
SAID = {429: "451 4.7.1 too many mails, come back later", 503: "421 4.3.2 closed"}
SPOILED = b"\xff{"  # the end of an answer that nobody can read


class Clerk:
    """Reads a supplier's mails, books them in the sandbox, and answers them."""

    def __init__(
        self, code: str, remote: SandboxRemote, inbox: Inbox, imap_port: int
    ) -> None:
        self.code = code
        self.at_work = Lock()
        self.replies, self.sent = (new_folder(imap_port) for _ in range(2))
        self.now = NOON
        self._inbox = inbox
        self._remote = remote
        self._numbers = count(1)
        self._told: set[tuple[str, str]] = set()
        self._asked: dict[str, str] = {}  # the Message-ID of each order
        self._cursor: str | None = None
        self._line = httpx.Client(
            base_url=remote.url,
            trust_env=False,
            headers={"Authorization": f"Bearer token of {code}"},
        )

    def close(self) -> None:
        with self.at_work:
            self._line.close()

    def take(self, mail: EmailMessage) -> str:
        """What our mail server says to a mail, as the sandbox had it."""
        with self.at_work:
            return self._take(mail)

    def write(self) -> None:
        """A mail about each thing that came to pass, in that order."""
        news = []
        for state in self._changed():
            reference = state["reference"]
            for at, words in _words(state, self.now):
                if (reference, words) not in self._told:
                    self._told.add((reference, words))
                    news.append((at, reference, words))
        for at, reference, words in sorted(news):
            self._reply(reference, at, words)

    def _take(self, mail: EmailMessage) -> str:
        name = str(mail["Message-ID"])
        kind, reference, _ = name.strip("<>").split("@")[0].split(".")
        reference = unquote(reference)
        before = self._booked(reference)
        said = self._bring(mail, kind, reference)
        if self._booked(reference) > before or said.startswith("250"):
            self.sent.receive(self._inbox.raw[-1], self.now)
        if kind == "order":
            self._asked.setdefault(reference, name)
            if self._booked(reference) > before:
                self._reply(reference, self.now, "Thank you, we have it.")
        self.write()
        return said

    def _bring(self, mail: EmailMessage, kind: str, reference: str) -> str:
        """The attached file to the sandbox; a wish to cancel has none."""
        files = [each.get_payload(decode=True) for each in mail.iter_attachments()]
        name = quote(reference, safe="")
        suffix = "" if kind == "order" else ".cancel"
        try:
            answer = self._line.put(
                f"/csv/{self.code}/orders/{name}{suffix}.csv", content=b"".join(files)
            )
        except httpx.TransportError:
            return HANG_UP
        if answer.content.endswith(SPOILED):
            return "~~~ good day"
        if answer.status_code == 422:
            words = f"We refuse it: {answer.json()['reason']}."
            self._asked[reference] = str(mail["Message-ID"])
            self._reply(reference, self.now, words)
        elif answer.status_code >= 500 and answer.status_code not in SAID:
            return HANG_UP
        return SAID.get(answer.status_code, "250 taken")

    def _booked(self, reference: str) -> int:
        books = self._remote.books()["suppliers"][self.code]["references"]
        return int(books.get(reference, {"orders": 0})["orders"])

    def _changed(self) -> Iterator[dict[str, Any]]:
        more = True
        while more:
            since = {} if self._cursor is None else {"since": self._cursor}
            page = self._line.get(f"/s/{self.code}/orders", params=since).json()
            self._cursor, more = page["cursor"], page["more"]
            yield from page["orders"]

    def _reply(self, reference: str, at: datetime, words: str) -> None:
        """As mail programs write: the name of our mail stands in it as it was."""
        lines = (
            f"From: Clerk <clerk@{self.code}.test>",
            "Subject: Re: your order",
            f"Message-ID: <{next(self._numbers)}@{self.code}.test>",
            f"In-Reply-To: {self._asked[reference]}",
            "",
            words,
        )
        self.replies.receive("\r\n".join(lines).encode(), at)


def _words(state: dict[str, Any], now: datetime) -> Iterator[tuple[datetime, str]]:
    match state["status"]:
        case ReportedStatus.ACCEPTED:
            yield _at(state), "We accept it."
        case ReportedStatus.PARTLY_ACCEPTED:
            yield _at(state), "We have only a part of it."
        case ReportedStatus.REJECTED:
            yield _at(state), f"We refuse it: {state['reason']}."
        case ReportedStatus.CANCELLED:
            yield now, "We called it off."
    for parcel in state["parcels"]:
        told = f"{parcel['tracking_number']} by {parcel['carrier']}"
        rows = [
            f"Parcel {told}: {part['quantity']} x {part['sku']}"
            for part in parcel["contents"]
        ]
        yield datetime.fromisoformat(parcel["scans"][0]["at"]), "\r\n".join(rows)


def _at(state: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(state["acknowledged_at"])
