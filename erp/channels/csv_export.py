"""Lists as CSV files that a spreadsheet opens without running anything in them."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

BYTE_ORDER_MARK = "\N{BYTE ORDER MARK}"  # by it Excel knows that the text is UTF-8
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
WIDE_STARTS = ("\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
CHUNK_ROWS = 500  # rows in one piece of the answer


def safe_cell(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet would run it."""
    bare = text.lstrip(" ")
    runs = bare.startswith((*FORMULA_STARTS, *WIDE_STARTS))
    return f"'{text}" if runs and not NUMBER.fullmatch(text) else text


def csv_pieces(header: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """A CSV file in pieces: RFC 4180, UTF-8 with a byte order mark."""
    piece = io.StringIO()
    piece.write(BYTE_ORDER_MARK)
    writer = csv.writer(piece)
    writer.writerow([safe_cell(cell) for cell in header])
    for number, row in enumerate(rows, start=1):
        writer.writerow([safe_cell(cell) for cell in row])
        if number % CHUNK_ROWS == 0:
            yield piece.getvalue()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue()
