"""Invoices from a CSV file: one row for each billed line, several invoices in a file.

A row that is wrong takes its whole invoice with it, and no other; every problem is
named with its line.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from erp.channels.reading import BadRow, Problem, Row, Table, open_table
from erp.fulfilment.invoicing.incoming import (
    UnfitInvoice,
    read_invoice,
    units_typed,
)
from erp.fulfilment.invoicing.registering import Invoice

REQUIRED = ("invoice", "issued_on", "currency", "total", "unit_cost")
COLUMNS = (
    *REQUIRED,
    "kind",
    "purchase_order",
    "sku",
    "quantity",
)
HEAD = ("issued_on", "currency", "total")  # the same on every row of an invoice
PLACES = {  # a field of an invoice -> its column
    "number": "invoice",
    "supplier_sku": "sku",
}


@dataclass(slots=True)
class Read:
    """What a file holds: invoices with the line each begins on, and what is wrong."""

    invoices: list[tuple[int, Invoice]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_invoices(content: bytes) -> Read:
    """Raises UnreadableFileError if it is no such CSV file as a whole."""
    read = Read()
    with _opened(content) as table:
        groups: dict[str, list[Row]] = {}
        spoilt: set[str] = set()
        for row in table:
            if isinstance(row, BadRow):
                read.problems.append(row.problem)
                spoilt.add(row.first_value or "")
            else:
                groups.setdefault(row["invoice"].strip(), []).append(row)
        for number, rows in groups.items():
            if number not in spoilt:
                _add(read, rows)
    return read


@contextmanager
def _opened(content: bytes) -> Iterator[Table]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "invoices.csv"
        path.write_bytes(content)
        with open_table(path, REQUIRED, COLUMNS) as table:
            yield table


def _add(read: Read, rows: list[Row]) -> None:
    first = rows[0]
    odd = [
        Problem(row.line, name, f"differs from line {first.line} of the same invoice")
        for row in rows
        for name in HEAD
        if row[name].strip() != first[name].strip()
    ]
    if odd:
        read.problems += odd
        return
    try:
        read.invoices.append((first.line, read_invoice(_raw(rows))))
    except UnfitInvoice as error:
        read.problems += [
            _problem(rows, each.field, each.what) for each in error.problems
        ]


def _raw(rows: list[Row]) -> dict[str, Any]:
    head = {name: rows[0][name].strip() for name in HEAD}
    return {
        "number": rows[0]["invoice"].strip(),
        **head,
        "lines": [
            {
                "kind": row["kind"].strip() or "item",
                "purchase_order": row["purchase_order"].strip(),
                "supplier_sku": row["sku"].strip(),
                "quantity": units_typed(row["quantity"] or "1"),
                "unit_cost": row["unit_cost"].strip(),
            }
            for row in rows
        ],
    }


def _problem(rows: list[Row], where: str, what: str) -> Problem:
    """`lines[2].unit_cost` is the column of the invoice's third row."""
    place, _, name = where.removeprefix("lines[").partition("].")
    row = rows[int(place)] if name else rows[0]
    column = name or where
    return Problem(row.line, PLACES.get(column, column), what)
