"""Which state of a file was read last, so that an unchanged one costs one short call.

A mark is a text to those who keep it. One that was made under another declaration (of
the address, of the columns) is as good as none: what is unchanged must be read again.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self

import httpx

LONGEST_TAG = 500  # characters of an ETag worth keeping


@dataclass(frozen=True, slots=True)
class Mark:
    declared: str  # of which declaration
    etag: str = ""
    modified: str = ""
    as_of: str = ""  # what the rows said, if they do
    digest: str = ""
    start: int = 0  # where the next page begins; 0: the file was told to its end

    @classmethod
    def read(cls, text: str, declared: str) -> Self:
        """The mark in a text; an empty one if it says nothing about this file."""
        try:
            told = cls(**json.loads(text))
        except (ValueError, TypeError):
            return cls(declared)
        return told if told.declared == declared else cls(declared)

    def text(self) -> str:
        told = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(told, separators=(",", ":"))

    def after(self, headers: httpx.Headers) -> "Mark":
        """The mark of an answer to a call that was made with this one."""
        etag = headers.get("etag", "")
        kept = etag if len(etag) <= LONGEST_TAG else ""
        modified = headers.get("last-modified", "")
        return replace(self, etag=kept, modified=modified, digest="", start=0)

    @property
    def conditions(self) -> dict[str, str]:
        """The headers that ask for the file only if it is another."""
        told = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in told.items() if value}


def declaration(address: str, declared: str) -> str:
    """Tells one declaration of one file from others."""
    return hashlib.sha256(f"{address}\0{declared}".encode()).hexdigest()[:16]


def moment_of(text: str) -> datetime | None:
    """A moment in a header, as HTTP or ISO 8601 writes it; None if it is neither."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text)
            zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return zoned.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None
