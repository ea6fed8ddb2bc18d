"""Opens a CSV file from anywhere: encoding, header and shape are checked first.

The file is looked over once, so that a wrong encoding is refused before anything is
stored, and read a second time row by row; it is never in memory as a whole.
"""

import codecs
import csv
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

CHUNK = 1 << 20
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class UnreadableFileError(ValueError):
    """The file as a whole cannot be used; nothing of it was stored."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one place of a file; nothing of that row or order is stored."""

    line: int
    field: str  # the column; empty: the whole row
    what: str

    def __str__(self) -> str:
        where = f"line {self.line}, {self.field}" if self.field else f"line {self.line}"
        return f"{where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row by column; `start` is what an unreadable row began with, if anything."""

    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is no row: cut off, overlong, or with a stray quote."""

    problem: Problem
    first_value: str | None  # None: nothing of it can be read


@dataclass(slots=True)
class Table:
    """The rows of an open file. Iterate once."""

    file: TextIO
    rows_total: int  # lines after the header; fewer rows if texts span lines
    columns: list[str]
    unknown_columns: list[str]
    line: int = 1  # the last one read
    header_lines: int = field(init=False)

    def __post_init__(self) -> None:
        self.header_lines = self.line

    @property
    def rows_done(self) -> int:
        return self.line - self.header_lines

    def __iter__(self) -> Iterator[Row | BadRow]:
        reader = csv.reader(self.file, strict=True)
        while True:
            first = self.line + 1
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self.line = self.header_lines + reader.line_num
                yield BadRow(Problem(first, "", _words(error, first, self.line)), None)
                continue
            self.line = self.header_lines + reader.line_num
            if values:
                yield self._row(first, values)

    def _row(self, line: int, values: list[str]) -> Row | BadRow:
        if len(values) == len(self.columns):
            return Row(line, dict(zip(self.columns, values, strict=True)))
        what = f"has {len(values)} columns instead of {len(self.columns)}"
        if len(values) < len(self.columns):
            what += ": the file is cut off here, or a value has a line break of its own"
        else:
            what += ": a value with a comma needs quotes around it"
        return BadRow(Problem(line, "", what), values[0])


@contextmanager
def open_table(
    path: Path, required: Collection[str], known: Collection[str]
) -> Iterator[Table]:
    """The file's rows. Raises UnreadableFileError, with the line, if it is no such
    CSV file: not UTF-8, empty, something else altogether, or a column missing."""
    lines = _look_over(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            columns = [name.strip() for name in next(reader, [])]
        except csv.Error as error:
            raise UnreadableFileError(f"line 1: {error}") from error
        _check_header(columns, required)
        unknown = [name for name in columns if name not in {*required, *known}]
        yield Table(
            file, max(lines - reader.line_num, 0), columns, unknown, reader.line_num
        )


def _look_over(path: Path) -> int:
    """How many lines the file has, if all of it is UTF-8 text."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines, last = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if not last:
                _check_start(chunk)
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                line = lines + error.object[: error.start].count(b"\n") + 1
                raise _not_utf_8(line, error.object[error.start]) from error
            lines, last = lines + chunk.count(b"\n"), chunk[-1:]
    if not last:
        raise UnreadableFileError("line 1: the file is empty")
    if decoder.getstate()[0]:
        raise _not_utf_8(lines + 1, decoder.getstate()[0][0])
    return lines + (last != b"\n")


def _check_start(chunk: bytes) -> None:
    if chunk.startswith(UTF_16):
        raise UnreadableFileError("line 1: the file is UTF-16: save it as CSV UTF-8")
    if chunk.startswith(b"PK\x03\x04"):
        raise UnreadableFileError("line 1: the file is a workbook: save it as CSV")
    if chunk.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise UnreadableFileError("line 1: the file is a web page, not CSV")


def _not_utf_8(line: int, byte: int) -> UnreadableFileError:
    return UnreadableFileError(
        f"line {line}: not UTF-8 (byte 0x{byte:02x}), perhaps Latin-1: save it as "
        "CSV UTF-8"
    )


def _check_header(columns: list[str], required: Collection[str]) -> None:
    missing = [name for name in required if name not in columns]
    if missing and len(columns) == 1 and any(sep in columns[0] for sep in ";\t"):
        raise UnreadableFileError("line 1: columns must be separated by commas")
    if missing:
        raise UnreadableFileError(f"line 1: missing columns: {', '.join(missing)}")
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise UnreadableFileError(f"line 1: columns twice: {', '.join(twice)}")


def _words(error: csv.Error, first: int, last: int) -> str:
    if "unexpected end" in str(error):
        return f"a quote is opened and never closed, up to line {last}: cut off here?"
    if "field limit" in str(error):
        return f"a value is longer than {csv.field_size_limit():,} characters: " + (
            f"a quote is not closed? Lines {first} to {last} are left out"
        )
    return f"a quote stands where none may be ({error})"
