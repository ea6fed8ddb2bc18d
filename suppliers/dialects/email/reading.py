"""A mail as it lies in a mailbox, read: who answers what, in which words.

Nothing a mail may hold is an error here: an unknown encoding is read as well as it can
be, and a mail that cannot be taken apart is still a mail for a human.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr

from suppliers.dialects.email.numbering import ORDERS_HEADER
from suppliers.dialects.email.quoting import own_words, text_of

LONGEST_TEXT = 50_000  # characters; whoever writes more writes no answer
LONGEST_HEADER = 2_000
LONGEST_ANSWERS = 50_000  # Message-IDs of a whole batch, and more
DEEPEST = 12  # parts within parts
# What taking apart a broken mail may raise in the standard library.
BROKEN = (
    *(ValueError, LookupError, TypeError, AttributeError),
    *(RecursionError, AssertionError),
)


@dataclass(frozen=True, slots=True)
class Read:
    """A mail, as far as it matters to us."""

    letter_id: str
    sender: str  # the address alone
    subject: str
    answers: str  # the Message-IDs it names as answered, or as returned
    text: str  # without what it quotes
    is_automatic: bool
    is_returned: bool  # our own mail could not be delivered
    is_report: bool  # a mail server speaks, not a person


def read(raw: bytes) -> Read:
    try:
        return _read(message_from_bytes(raw))
    except BROKEN:
        words = raw.decode("utf-8", "replace")[:LONGEST_TEXT]
        return Read("", "", "", "", words, False, False, False)


def _read(message: Message) -> Read:
    text, returned = _words(message), _returned_ids(message)
    answers = " ".join(
        [_header(message, "In-Reply-To"), _header(message, "References"), *returned]
    )
    return Read(
        letter_id=_header(message, "Message-ID").strip(),
        sender=parseaddr(_header(message, "From"))[1].lower(),
        subject=_header(message, "Subject"),
        answers=answers[:LONGEST_ANSWERS],
        text=own_words(text[:LONGEST_TEXT]),
        is_automatic=_is_automatic(message),
        is_returned=_has_failed(message),
        is_report=message.get_content_type() == "multipart/report",
    )


def _is_automatic(message: Message) -> bool:
    said = _header(message, "Auto-Submitted").lower()
    return bool(said) and not said.startswith("no")


def _words(message: Message) -> str:
    return "\n".join(_texts(message, DEEPEST))


def _texts(part: Message, depth: int) -> Iterator[str]:
    """The words a reader would be shown: of alternatives, the plain one."""
    if depth == 0 or part.get_content_disposition() == "attachment":
        return
    kind = part.get_content_type()
    if part.is_multipart():
        if part.get_content_maintype() != "multipart":
            return  # a mail within this one says nothing itself
        inner = [each for each in _parts(part) if isinstance(each, Message)]
        told = [list(_texts(each, depth - 1)) for each in inner]
        if kind == "multipart/alternative":
            told = [each for each in told if "".join(each).strip()][:1]
        for words in told:
            yield from words
    elif kind == "text/html":
        yield _words_of_page(_decoded(part))
    elif kind == "text/plain":
        yield _decoded(part)


def _words_of_page(html: str) -> str:
    try:
        return text_of(html)
    except BROKEN:  # the standard library gives up on some marks
        return re.sub(r"<[^<>]*>", " ", html)


def _parts(part: Message) -> list[object]:
    payload = part.get_payload()
    return list(payload) if isinstance(payload, list) else []


def _decoded(part: Message) -> str:
    raw = part.get_payload(decode=True)
    assert isinstance(raw, bytes)
    for encoding in (part.get_content_charset(), "utf-8"):
        try:
            return raw.decode(encoding or "utf-8")
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("windows-1252", "replace")


def _has_failed(message: Message) -> bool:
    """Whether a delivery report says that it gave up, rather than that it waits."""
    return any(
        str(block.get("Action", "")).strip().lower() == "failed"
        for part in message.walk()
        if part.get_content_type() == "message/delivery-status"
        for block in _parts(part)
        if isinstance(block, Message)
    )


def _returned_ids(message: Message) -> list[str]:
    """The Message-IDs of the mails a delivery report gives back, whole or as heads."""
    if message.get_content_type() != "multipart/report":
        return []
    found = []
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            inner = [each for each in _parts(part) if isinstance(each, Message)]
            found += [_named(each) for each in inner]
        elif part.get_content_type() == "text/rfc822-headers":
            head = message_from_bytes(_decoded(part).encode())
            found.append(_named(head))
    return found


def _named(returned: Message) -> str:
    """A mail of ours may carry many orders, each under the name it has alone."""
    every = " ".join(str(returned.get(ORDERS_HEADER, "")).split())
    return f"{_header(returned, 'Message-ID')} {every}"


def _header(message: Message, name: str) -> str:
    """A header as text on one line; empty if there is none."""
    raw = message.get(name)
    if raw is None:
        return ""
    try:
        text = str(make_header(decode_header(raw)))
    except (HeaderParseError, *BROKEN):
        text = str(raw)
    return " ".join(text.split())[:LONGEST_HEADER]
