"""The list of orders as a file."""

from collections.abc import Iterator

from config.money import to_text
from erp.channels.csv_export import csv_pieces
from erp.orders.queries import OrderRow
from erp.web.labels import label
from erp.web.words import _


def pieces(rows: list[OrderRow]) -> Iterator[str]:
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
    return csv_pieces(header, [_cells(row) for row in rows])


def _cells(row: OrderRow) -> list[str]:
    return [
        row.name,
        row.placed_at.isoformat(timespec="seconds"),
        row.customer,
        row.channel,
        label(row.status),
        ", ".join(label(reason) for reason in row.reasons),
        to_text(row.total_cents, row.currency),
        row.currency,
    ]
