"""A CSV file record by record, each with its line: all of one shape, or refused.

A last line without an end may be half a line. It is believed only if something vouches
for the file being whole: a length that was sent ahead, or the checksum of its packing.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from suppliers.dialects.csvfeed.files.unpacking import Unreadable, encoding_of, text_of
from suppliers.dialects.csvfeed.options import Columns, File, Separator

LONGEST_LINE = 1 << 20  # characters; a file without line ends is no table
SAYS_SEPARATOR = re.compile("sep=.\r?\n?", re.IGNORECASE)  # Excel's own first line
Record = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Source:
    """A file and how to read it as text."""

    file: IO[bytes]
    declared: File
    encoding: str
    is_whole: bool  # somebody vouches for it


@dataclass(frozen=True, slots=True)
class Table:
    """A file whose header has been read and found to fit its declaration."""

    source: Source
    separator: Separator
    width: int
    places: dict[str, int]  # of each declared column that is there

    def records(self) -> Iterator[Record]:
        """The rows after the header. Raises Unreadable at the first that is none."""
        records = _records(self.source, self.separator)
        if self.source.declared.has_header:
            next(records)
        for line, values in records:
            if len(values) != self.width:
                what = f"has {len(values)} columns instead of {self.width}"
                raise Unreadable(what, line)
            yield line, values


def open_table(
    file: IO[bytes], declared: File, columns: Columns, *, is_whole: bool
) -> Table:
    """Find the declared columns. Raises Unreadable if the file is no such table."""
    source = Source(file, declared, encoding_of(file, declared), is_whole)
    missing: frozenset[str] = frozenset()
    for separator in _candidates(declared.separator):
        header = _header(source, separator)
        places = _places(header, columns)
        missing = columns.required() - places.keys()
        if not missing:
            return Table(source, separator, len(header), places)
    raise Unreadable(f"there is no column {columns.named()[min(missing)]!r}", 1)


def _candidates(declared: Separator) -> list[Separator]:
    if declared is not Separator.AUTO:
        return [declared]
    return [each for each in Separator if each is not Separator.AUTO]


def _header(source: Source, separator: Separator) -> list[str]:
    """The first record; of a file without a header, the numbers of its columns."""
    _, first = next(_records(source, separator), (0, None))
    if first is None:
        raise Unreadable("it is empty")
    if first[0].lstrip("\ufeff \t").startswith("<"):
        raise Unreadable("it is a web page, not a table", 1)
    if source.declared.has_header:
        return [_comparable(name) for name in first]
    return [str(number) for number in range(1, len(first) + 1)]


def _places(header: list[str], columns: Columns) -> dict[str, int]:
    places = {}
    for field, name in columns.named().items():
        wanted = _comparable(name)
        if header.count(wanted) > 1:
            raise Unreadable(f"there are two columns {name!r}", 1)
        if wanted in header:
            places[field] = header.index(wanted)
    return places


def _comparable(name: str) -> str:
    """A name without the invisible: direction marks, byte order marks, no-breaks."""
    text = unicodedata.normalize("NFKC", name)
    visible = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return " ".join(visible.split()).casefold()


def _records(source: Source, separator: Separator) -> Iterator[Record]:
    """Each record with the line it begins on; empty lines are none."""
    reader = csv.reader(
        _lines(source),
        delimiter=separator.character,
        quoting=csv.QUOTE_MINIMAL if source.declared.quotes else csv.QUOTE_NONE,
        strict=True,
    )
    line = 1
    try:
        for values in reader:
            if values:
                yield line, values
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable("a value breaks off, or has a stray quote", line) from error
    except UnicodeDecodeError as error:
        what = f"here or soon after it is not {source.encoding}"
        raise Unreadable(what, line) from error


def _lines(source: Source) -> Iterator[str]:
    with text_of(source.file, source.declared, source.encoding) as text:
        number = 0
        while line := text.readline(LONGEST_LINE):
            number += 1
            if not line.endswith(("\n", "\r")):
                _check_end(line, number, is_whole=source.is_whole)
            if number == 1 and SAYS_SEPARATOR.fullmatch(line):
                line = "\n"  # an empty line instead, so that lines count the same
            yield line


def _check_end(line: str, number: int, *, is_whole: bool) -> None:
    if len(line) >= LONGEST_LINE:
        raise Unreadable("is too long for a line of a table", number)
    if not is_whole:
        raise Unreadable("it breaks off here, or lacks its last line end", number)
