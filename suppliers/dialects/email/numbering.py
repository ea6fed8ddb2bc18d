"""By what a mail of ours is known again, however often it is sent or answered. Pure."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, unquote

ORDER, CANCEL, BATCH = "order", "cancel", "batch"
ORDERS_HEADER = "X-Purchase-Orders"  # what each order in a batch is called alone
DIGITS = 32  # of a digest: two batches never share it
_OURS = re.compile(
    r"<(?P<kind>order|cancel|batch)\.(?P<reference>[^.<>@\s]+)"
    r"\.(?P<supplier>[^.<>@\s]+)@[^<>@\s]+>"
)
# A reference in words: what our subjects put into brackets, or how ours are formed.
_IN_BRACKETS = re.compile(r"\[(?P<reference>[^\[\]\s]{1,64})\]")
_BARE = re.compile(r"\b(?P<reference>P[A-Z2-7]{12}-\d{1,4})\b")


@dataclass(frozen=True, slots=True)
class Numbering:
    """The Message-IDs of the mails to one supplier."""

    supplier: str
    domain: str

    def of(self, reference: str, kind: str = ORDER) -> str:
        """Follows from the reference, so that it is the same on every attempt."""
        return f"<{kind}.{_plain(reference)}.{_plain(self.supplier)}@{self.domain}>"

    def of_batch(self, references: Iterable[str]) -> str:
        """Follows from the references of all the orders in a mail."""
        whole = "\0".join(sorted(references))
        digest = hashlib.sha256(whole.encode()).hexdigest()[:DIGITS]
        return f"<{BATCH}.{digest}.{_plain(self.supplier)}@{self.domain}>"

    def is_ours(self, ids: str) -> bool:
        """Whether a mail answers any of ours to this supplier."""
        return any(self._is_to_it(found) for found in _OURS.finditer(ids))

    def answered(self, ids: str) -> list[str]:
        """Our references among the Message-IDs that a mail says it answers."""
        return _once(
            unquote(found["reference"])
            for found in _OURS.finditer(ids)
            if self._is_to_it(found) and found["kind"] != BATCH
        )

    def _is_to_it(self, found: re.Match[str]) -> bool:
        return unquote(found["supplier"]) == self.supplier


def named(subject: str) -> list[str]:
    """What may be references of ours in a subject."""
    return bare(subject) or _once(
        found["reference"] for found in _IN_BRACKETS.finditer(subject)
    )


def bare(text: str) -> list[str]:
    """What is written like a reference of ours."""
    return _once(found["reference"] for found in _BARE.finditer(text))


def _once(found: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(found))


def _plain(text: str) -> str:
    return quote(text, safe="").replace(".", "%2E")
