"""From the bytes of a fetched file to its text: unpacked within a cap, and decoded.

Only a whole file is read: packing that breaks off, text that is not in its encoding,
a size beyond what we take are refused, never cut.
"""

import codecs
import gzip
import zlib
from io import BufferedReader, RawIOBase, TextIOWrapper
from typing import IO, Any

from suppliers.dialects.csvfeed.options import AUTO, File

GZIP = b"\x1f\x8b"
CHUNK_BYTES = 1 << 16
MARKS = (  # the longer first: UTF-32's begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Unreadable(ValueError):
    """What is wrong with a file, and where; never what stands there."""

    def __init__(self, what: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {what}" if line else what)


def is_packed(file: IO[bytes]) -> bool:
    file.seek(0)
    return file.read(len(GZIP)) == GZIP


def text_of(file: IO[bytes], declared: File, encoding: str) -> TextIOWrapper:
    """The file's text from its start, with its line ends as they are."""
    return TextIOWrapper(
        BufferedReader(_Unpacked(file, declared.largest_unpacked_bytes), CHUNK_BYTES),
        encoding=encoding,
        errors="strict",
        newline="",
    )


def encoding_of(file: IO[bytes], declared: File) -> str:
    """How the file is written: as it is declared, else as it shows by itself.

    Raises Unreadable if it does not show.
    """
    if declared.encoding != AUTO:
        return "utf-8-sig" if declared.encoding == "utf-8" else declared.encoding
    bytes_of = _Unpacked(file, declared.largest_unpacked_bytes)
    start = bytes_of.read(4) or b""
    for mark, encoding in MARKS:
        if start.startswith(mark):
            return encoding
    if _is_utf_8(file, declared):
        return "utf-8"
    if declared.fallback is None:
        raise Unreadable("it is not UTF-8, and no other encoding is declared")
    return declared.fallback


def _is_utf_8(file: IO[bytes], declared: File) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    unpacked = _Unpacked(file, declared.largest_unpacked_bytes)
    try:
        while chunk := unpacked.read(CHUNK_BYTES):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


class _Unpacked(RawIOBase):
    """A file's bytes from its start; closing this leaves the file open."""

    def __init__(self, file: IO[bytes], most_bytes: int) -> None:
        packed = is_packed(file)
        file.seek(0)
        self._bytes = gzip.GzipFile(fileobj=file, mode="rb") if packed else file
        self._left = most_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            chunk = self._bytes.read(len(buffer))
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise Unreadable("its packing is broken, or breaks off") from error
        self._left -= len(chunk)
        if self._left < 0:
            raise Unreadable("it is larger than we take once it is unpacked")
        buffer[: len(chunk)] = chunk
        return len(chunk)
