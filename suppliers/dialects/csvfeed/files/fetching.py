"""Gets a supplier's file into a temporary one: small ones stay in memory.

So the connection is free again at once, whether the file came whole is known before its
first row is read, and it can be read twice without being asked for twice.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, cast

import httpx

from suppliers.dialects.csvfeed.files.addresses import Address
from suppliers.dialects.csvfeed.files.marks import Mark
from suppliers.dialects.csvfeed.files.records import Table, open_table
from suppliers.dialects.csvfeed.files.unpacking import Unreadable, is_packed
from suppliers.dialects.csvfeed.options import Columns, File
from suppliers.errors import Garbled, Unavailable
from suppliers.http import SupplierHttp

SMALL_BYTES = 1 << 20  # what is larger goes to disk
TELLS_THE_END = ("content-length", "transfer-encoding")


class Missing(Unavailable):
    """There is no such file: not yet, or the address is wrong."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file as it was sent, or the word that it is unchanged. Close it after use."""

    declared: File
    headers: httpx.Headers
    mark: Mark
    file: IO[bytes]
    is_unchanged: bool = False

    def table(self, columns: Columns) -> Table:
        """Raises Unreadable if it has no such columns."""
        packed = is_packed(self.file)
        packing = self.headers.get("content-encoding", "identity").lower()
        if packing != "identity" and not (packed and packing in ("gzip", "x-gzip")):
            raise Unreadable("it is packed in a way we did not ask for")
        vouched_for = packed or any(name in self.headers for name in TELLS_THE_END)
        return open_table(self.file, self.declared, columns, is_whole=vouched_for)

    @property
    def digest(self) -> str:
        self.file.seek(0)
        return hashlib.file_digest(self.file, "sha256").hexdigest()  # type: ignore[arg-type]  # any binary file will do

    def close(self) -> None:
        self.file.close()


def fetch(http: SupplierHttp, address: Address, declared: File, mark: Mark) -> Fetched:
    """The file, unless it is as it was at the mark."""
    headers = {**address.headers, **mark.conditions, "Accept-Encoding": "gzip"}
    spool = SpooledTemporaryFile(SMALL_BYTES)  # noqa: SIM115  closed by who reads it
    file = cast(IO[bytes], spool)
    with closed_on_error(file):
        answer = http.fetch(address.signed_url, headers, file, declared.largest_bytes)
        if answer.status == 304 and mark.conditions:
            return Fetched(declared, answer.headers, mark, file, is_unchanged=True)
        if answer.status == 404:
            raise Missing(http.supplier, "it answered 404: there is no such file")
        if answer.status != 200:
            raise Unavailable(http.supplier, f"it answered {answer.status}")
        return Fetched(declared, answer.headers, mark.after(answer.headers), file)


@contextmanager
def told_as_garbled(supplier: str) -> Iterator[None]:
    """What is wrong with a file, as one of the ways in which a supplier can fail."""
    try:
        yield
    except Unreadable as error:
        raise Garbled(supplier, f"its file: {error}") from error


@contextmanager
def closed_on_error(file: IO[bytes] | Fetched) -> Iterator[None]:
    """Whoever hands an open file on does not leave it behind if that fails."""
    try:
        yield
    except BaseException:
        file.close()
        raise
