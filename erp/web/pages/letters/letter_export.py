"""The list of letters as a file."""

from collections.abc import Iterator, Sequence

from erp.channels.csv_export import Cell, csv_lines
from erp.fulfilment.letters.queries import LetterRow
from erp.web.frame.words import _


def lines(rows: Sequence[LetterRow]) -> Iterator[str]:
    """One line for each letter, in the words of the page."""
    header = [
        _("Supplier"),
        _("Received"),
        _("From"),
        _("Subject"),
        _("Purchase order"),
        _("Was read"),
        _("Came back undelivered"),
    ]
    return csv_lines(header, [_cells(row) for row in rows])


def _cells(row: LetterRow) -> list[Cell]:
    return [
        row.supplier,
        row.received_at,
        row.sender,
        row.subject,
        row.reference or "",
        _("yes") if row.is_read else _("no"),
        _("yes") if row.is_returned else _("no"),
    ]
