"""CSV for spreadsheets: a text that looks like a formula stays a text."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import StringIO

from config.spreadsheets import safe_text

BYTE_ORDER_MARK = "\ufeff"  # by which spreadsheets know UTF-8
Cell = str | int | float | Decimal | date | datetime | bool | None


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """The file line by line, to be streamed; numbers stay numbers."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow([safe_text(name) for name in header])
    yield _taken(buffer)
    for row in rows:
        writer.writerow([_written(cell) for cell in row])
        yield _taken(buffer)


def _written(cell: Cell) -> str | int | float | Decimal:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case str():
            return safe_text(cell)
        case date():
            return cell.isoformat()
    return cell


def _taken(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
