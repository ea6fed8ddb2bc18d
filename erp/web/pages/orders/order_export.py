"""The list of orders as a file."""

from collections.abc import Iterator
from decimal import Decimal

from config.money import to_text
from erp.channels.csv_export import Cell, csv_lines
from erp.orders.queries import OrderRow
from erp.web.frame.labels import label
from erp.web.frame.words import _, listed


def lines(rows: list[OrderRow]) -> Iterator[str]:
    """One line for each order, in the words of the page."""
    header = [
        _("Order"),
        _("Placed"),
        _("Customer"),
        _("Channel"),
        _("Status"),
        _("Held because"),
        _("Total"),
        _("Currency"),
    ]
    return csv_lines(header, [_cells(row) for row in rows])


def _cells(row: OrderRow) -> list[Cell]:
    return [
        row.name,
        row.placed_at,
        row.customer,
        row.channel,
        label(row.status),
        listed(label(reason) for reason in row.reasons),
        Decimal(to_text(row.total_cents, row.currency)),
        row.currency,
    ]
