"""Imports: a file in batches, each batch one transaction, each row its own verdict.

A second import of the same file changes nothing and says so; a bad row never stops the
others. Nothing is open towards the database while the file is read.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sqlmodel import col, select

from config.database import Sessions
from erp.channels.listing_rows import (
    CatalogRow,
    SupplierRow,
    columns_of,
    read_listing,
    read_supplier,
)
from erp.channels.rate_list import RateRow, read_rate, upsert_rates
from erp.channels.reading import BadRow, Problem, Row, Table, open_table
from erp.channels.report import OnProgress, Report, silent
from erp.channels.shopify_columns import IGNORED, READ_IF_THERE, REQUIRED
from erp.channels.shopify_csv import Incoming, problems_at, read_orders
from erp.channels.supplier_list import upsert_suppliers
from erp.orders.intake import accept_many
from inventory.catalog import Listing, Refused, upsert_offers
from suppliers.models import Supplier

BATCH = 1_000  # orders or rows of one transaction
MOST_NOTED = 20  # vendors named in a report
COLUMN = {"supplier": "supplier_code"}  # where a listing's field stands in the file
T = TypeVar("T")


def import_suppliers(
    sessions: Sessions,
    path: Path,
    now: datetime,
    on_progress: OnProgress = silent,
    *,
    currency: str,
    country: str = "",
) -> Report:
    """Add suppliers from a list and bring known ones up to date.

    Currency and country are taken where the list names none. Raises
    UnreadableFileError if the file as a whole cannot be used.
    """
    report = Report("suppliers")
    required, optional = columns_of(SupplierRow)
    required.remove("currency")
    with open_table(path, required, [*optional, "currency"]) as table:
        _note_columns(report, table)
        defaults = {"currency": currency, "country": country}
        read = _read_rows(table, lambda row: read_supplier(row, defaults), report)
        once = _once(read, "code", lambda row: row.code, report)
        for batch in _batches(once):
            with sessions.writing() as session:
                changes = upsert_suppliers(session, [row for _, row in batch], now)
            for change in changes:
                report.count(change)
            on_progress(table.rows_done, table.rows_total)
    return report


def import_catalog(
    sessions: Sessions,
    path: Path,
    now: datetime,
    on_progress: OnProgress = silent,
) -> Report:
    """Add products and offers and bring known ones up to date, as of now.

    Raises UnreadableFileError if the file as a whole cannot be used.
    """
    report = Report("offers")
    described: set[str] = set()
    with open_table(path, *columns_of(CatalogRow)) as table:
        _note_columns(report, table)
        read = _read_rows(table, read_listing, report)
        once = _once(read, "sku", lambda row: (row.sku, row.supplier_code), report)
        for batch in _batches(once):
            listings = [_listing(row, described) for _, row in batch]
            with sessions.writing() as session:
                changes = upsert_offers(session, listings, now)
            for (line, _), change in zip(batch, changes, strict=True):
                if isinstance(change, Refused):
                    column = COLUMN.get(change.field, change.field)
                    report.refuse([Problem(line, column, change.what)])
                else:
                    report.count(change)
            on_progress(table.rows_done, table.rows_total)
    return report


def import_rates(
    sessions: Sessions, path: Path, on_progress: OnProgress = silent
) -> Report:
    """Add rates of exchange; a day's rate told again replaces the one before.

    Raises UnreadableFileError if the file as a whole cannot be used.
    """
    report = Report("rates")
    with open_table(path, *columns_of(RateRow)) as table:
        _note_columns(report, table)
        read = _read_rows(table, read_rate, report)
        once = _once(read, "day", lambda row: (row.base, row.currency, row.day), report)
        for batch in _batches(once):
            with sessions.writing() as session:
                for change in upsert_rates(session, [row for _, row in batch]):
                    report.count(change)
            on_progress(table.rows_done, table.rows_total)
    return report


def import_orders(
    sessions: Sessions,
    path: Path,
    now: datetime,
    on_progress: OnProgress = silent,
    *,
    channel: str = "shopify",
    home_country: str = "",
) -> Report:
    """Take in the orders of a Shopify export.

    Raises UnreadableFileError if the file as a whole cannot be used.
    """
    report, vendors = Report("orders"), Counter[str]()
    suppliers = _supplier_codes(sessions)
    with open_table(path, REQUIRED, (*READ_IF_THERE, *IGNORED)) as table:
        _note_columns(report, table)
        rows = _counted(table, report)
        incoming = read_orders(
            rows, channel=channel, suppliers=suppliers, home_country=home_country
        )
        for batch in _batches(incoming):
            _accept(sessions, batch, report, now)
            vendors.update(name for each in batch for name in each.vendors)
            on_progress(table.rows_done, table.rows_total)
    report.notes += [
        f"vendor {name!r} is no supplier's code: {count:,} lines may go to any supplier"
        for name, count in vendors.most_common(MOST_NOTED)
    ]
    return report


def _accept(
    sessions: Sessions, batch: list[Incoming], report: Report, now: datetime
) -> None:
    for each in batch:
        report.notes += [f"line {line} repeats the one above" for line in each.repeated]
        if each.order is None:
            report.refuse(each.problems)
    good = [(each, each.order) for each in batch if each.order is not None]
    with sessions.writing() as session:
        answers = accept_many(session, [order for _, order in good], now)
    for (each, _), answer in zip(good, answers, strict=True):
        report.count(answer.verdict)
        report.complain(problems_at(answer.problems, each.lines))


def _supplier_codes(sessions: Sessions) -> frozenset[str]:
    with sessions.reading() as session:
        return frozenset(session.exec(select(Supplier.code).order_by(col(Supplier.id))))


def _note_columns(report: Report, table: Table) -> None:
    if table.unknown_columns:
        names = ", ".join(name or "(without a name)" for name in table.unknown_columns)
        report.notes.append(f"columns not used: {names}")


def _counted(rows: Iterable[Row | BadRow], report: Report) -> Iterator[Row | BadRow]:
    for row in rows:
        report.rows += 1
        yield row


def _read_rows(
    table: Table, read: Callable[[Row], T | tuple[Problem, ...]], report: Report
) -> Iterator[tuple[int, T]]:
    """The good rows with their line; the bad ones go to the report."""
    for row in _counted(table, report):
        if isinstance(row, BadRow):
            report.refuse([row.problem])
            continue
        value = read(row)
        if isinstance(value, tuple):
            report.refuse(value)
        else:
            yield row.line, value


def _once(
    rows: Iterable[tuple[int, T]],
    column: str,
    key: Callable[[T], Hashable],
    report: Report,
) -> Iterator[tuple[int, T]]:
    """The first row of each key; a later one would undo it on every import."""
    first_lines: dict[Hashable, int] = {}
    for line, row in rows:
        first = first_lines.setdefault(key(row), line)
        if first == line:
            yield line, row
        else:
            report.refuse([Problem(line, column, f"stands in line {first} already")])


def _listing(row: CatalogRow, described: set[str]) -> Listing:
    """A product is described by the first of its rows."""
    is_first = row.sku not in described
    described.add(row.sku)
    return row.listing(describes_product=is_first)


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    """Whole batches, and what is left."""
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch
