"""The list of invoices as a file."""

from collections.abc import Iterator
from decimal import Decimal

from config.money import to_text
from erp.channels.csv_export import Cell, csv_lines
from erp.fulfilment.invoicing.queries import InvoiceRow
from erp.web.frame.labels import label
from erp.web.frame.words import _


def lines(rows: list[InvoiceRow]) -> Iterator[str]:
    """One line for each invoice, in the words of the page."""
    header = [
        _("Supplier"),
        _("Number"),
        _("Issued"),
        _("Status"),
        _("Total"),
        _("Currency"),
        _("Entered"),
        _("Note"),
    ]
    return csv_lines(header, [_cells(row) for row in rows])


def _cells(row: InvoiceRow) -> list[Cell]:
    invoice = row.invoice
    return [
        row.supplier.code,
        invoice.number,
        invoice.issued_on,
        label(invoice.status),
        Decimal(to_text(invoice.total_cents, invoice.currency)),
        invoice.currency,
        invoice.entered_at,
        invoice.note,
    ]
