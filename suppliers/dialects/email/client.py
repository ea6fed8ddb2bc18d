"""Mails: how a supplier works who has nothing but an address.

Protocol: SMTP (RFC 5321) to send, IMAP4rev1 (RFC 3501) to read, both in the standard
library. An order is one mail: text, HTML and a CSV file with one row for each item.

    Message-ID  follows from our reference, so that each attempt is the same mail and
                whatever answers it says what it answers (RFC 5322, 3.6.4)
    Subject     carries the reference too, for programs that lose the Message-ID
    replies     are read from a folder in the order of their UIDs and never touched:
                parcels by patterns, and every mail as a letter for a human
    returned    a delivery report (RFC 3464) that gave up is a letter of its own kind

A mail server says yes for itself and knows nothing of earlier mails, so a lost answer
can only be settled by the copy in a folder of sent mails, if there is one.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from suppliers.contract import (
    ChangePage,
    Duplicates,
    Follows,
    PurchaseReport,
    PurchaseRequest,
    ReportedStatus,
    StockReading,
)
from suppliers.dialects.email.mailbox import Account, Folder, Found, opened
from suppliers.dialects.email.numbering import CANCEL, ORDERS_HEADER, Numbering
from suppliers.dialects.email.options import Options
from suppliers.dialects.email.reading import read
from suppliers.dialects.email.replies import News, Replies, joined
from suppliers.dialects.email.sending import Outgoing, Post
from suppliers.dialects.email.writing import Desk, batch_mail, cancel_mail, order_mail
from suppliers.errors import Rejected, Unavailable
from suppliers.transport import HttpPolicy

PAGE = 50  # mails whose heads are read at once
LOOKS_BACK = timedelta(days=30)  # in a folder we never read: older mails answer nobody


@dataclass(frozen=True, slots=True)
class Line:
    """Which supplier, and where its replies arrive (empty: nowhere we can read)."""

    supplier: str
    mailbox_url: str
    password: str


class EmailClient:
    """A supplier who works by mail. Safe to share between threads."""

    def __init__(
        self,
        line: Line,
        outgoing: Outgoing,
        policy: HttpPolicy,
        options: Options,
        clock: Callable[[], datetime],
    ) -> None:
        if options.mailbox is not None and not line.mailbox_url:
            raise ValueError("its mailbox has no address: imaps://host")
        numbering = Numbering(line.supplier, outgoing.domain)
        self._supplier = line.supplier
        self._line = line
        self._options = options
        self._policy = policy
        self._clock = clock
        self._post = Post(line.supplier, outgoing, policy)
        self._desk = Desk(outgoing.store, outgoing.mail.sender, numbering, options)
        self._replies = Replies(numbering, options)
        self._mailbox = options.mailbox
        self.duplicates = _duplicates(options)
        self.follows = Follows.CHANGES if options.mailbox else Follows.TOLD

    def submit(self, request: PurchaseRequest) -> PurchaseReport:
        try:
            mail = order_mail(self._desk, request, self._clock())
        except ValueError as error:
            raise Rejected(self._supplier, f"not written: {error}") from error
        self._post.send(mail, self._options.to, request.reference)
        return _received(request.reference, str(mail["Message-ID"]))

    def submit_together(
        self, requests: Sequence[PurchaseRequest]
    ) -> dict[str, PurchaseReport | Rejected]:
        """One mail for all. What cannot be written is left out of it, and refused."""
        answers: dict[str, PurchaseReport | Rejected] = {}
        written = []
        for request in requests:
            try:
                order_mail(self._desk, request, self._clock())
            except ValueError as error:
                no = Rejected(self._supplier, f"not written: {error}")
                answers[request.reference] = no
            else:
                written.append(request)
        if written:
            mail = batch_mail(self._desk, written, self._clock())
            name = self._desk.numbering.of_batch(each.reference for each in written)
            self._send_together(mail, name.strip("<>"))
            for each in written:
                answers[each.reference] = _received(each.reference, name)
        return answers

    def look_up(self, reference: str) -> PurchaseReport | None:
        """Whether the server keeps a copy of our mail among those it sent."""
        if self._mailbox is None or not self._mailbox.sent_folder:
            raise Rejected(self._supplier, "nobody can tell whether a mail was sent")
        name = self._desk.numbering.of(reference)
        with self._folder(self._mailbox.sent_folder) as folder:
            alone = folder.with_header("Message-ID", name)
            is_there = alone or folder.with_header(ORDERS_HEADER, name)
        return _received(reference, name) if is_there else None

    def changes(self, cursor: str | None) -> ChangePage:
        if self._mailbox is None:
            raise Rejected(self._supplier, "its replies are read by people alone")
        with self._folder(self._mailbox.folder) as folder:
            last, uids = self._unread(folder, cursor)
            page, more = uids[:PAGE], len(uids) > PAGE
            news = self._news(folder, page)
            last = page[-1] if page else last
        return ChangePage(
            reports=joined(report for each in news for report in each.reports),
            cursor=f"{folder.validity}:{last}",
            more=more,
            letters=tuple(each.letter for each in news),
        )

    def read_stock(self, mark: str = "") -> StockReading:
        raise Rejected(self._supplier, "it has no stock list")

    def cancel(self, reference: str) -> PurchaseReport | None:
        """A mail asks for it, and people answer."""
        mail = cancel_mail(self._desk, reference, self._clock())
        self._post.send(mail, self._options.to, f"{reference}-{CANCEL}")
        return None

    def close(self) -> None:
        pass

    def _send_together(self, mail: EmailMessage, key: str) -> None:
        """A no to the mail as a whole is no answer to each of its orders."""
        try:
            self._post.send(mail, self._options.to, key)
        except Rejected as error:
            raise Unavailable(self._supplier, error.detail) from error

    def _folder(self, name: str) -> AbstractContextManager[Folder]:
        assert self._mailbox is not None
        line = self._line
        account = Account(line.mailbox_url, self._mailbox.user, line.password)
        return opened(self._supplier, account, name, self._policy)

    def _unread(self, folder: Folder, cursor: str | None) -> tuple[int, list[int]]:
        """The last UID that was read, and those beyond it."""
        validity, _, last = (cursor or "").partition(":")
        if validity == str(folder.validity) and last.isdigit():
            return int(last), folder.after(int(last))
        first_day = (self._clock() - LOOKS_BACK).date()
        return max(folder.next_uid - 1, 0), folder.since(first_day)

    def _news(self, folder: Folder, uids: list[int]) -> list[News]:
        heads = folder.heads(uids)
        theirs = [
            each.uid for each in heads if self._replies.may_concern(read(each.raw))
        ]
        read_one = (self._read(folder, each) for each in folder.whole(theirs))
        return [news for told in read_one for news in told]

    def _read(self, folder: Folder, found: Found) -> list[News]:
        mail = read(found.raw)
        known_by = mail.letter_id or f"{folder.validity}:{found.uid}"
        at = found.received_at or self._clock()
        return self._replies.news(mail, known_by, at)


def _received(reference: str, name: str) -> PurchaseReport:
    """Sent, which is all that is known; under the name the mail has."""
    return PurchaseReport(reference, name, ReportedStatus.RECEIVED)


def _duplicates(options: Options) -> Duplicates:
    """Copies of what was sent can be looked through; without them nobody can tell."""
    keeps_copies = options.mailbox is not None and options.mailbox.sent_folder
    return Duplicates.LIST_SCAN if keeps_copies else Duplicates.NONE
