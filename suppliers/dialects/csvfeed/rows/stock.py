"""A supplier's stock list, row by row. Pure.

A SKU that stands there twice comes twice: whoever judges the feed as a whole decides
about it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from config.money import is_currency
from suppliers.contract import StockRow
from suppliers.dialects.csvfeed.files.cells import cents, moment, plain, units, word
from suppliers.dialects.csvfeed.files.records import Table
from suppliers.dialects.csvfeed.files.unpacking import Unreadable
from suppliers.dialects.csvfeed.options import StockFile

LONGEST_SKU = 200


def stock_rows(table: Table, declared: StockFile) -> Iterator[StockRow]:
    """Raises Unreadable where it cannot go on: then none of the rows before count."""
    reader = _Reader(table, declared)
    for line, values in table.records():
        yield reader.row(line, values)
    reader.check_costs()


def newest_moment(table: Table, declared: StockFile) -> datetime | None:
    """Of the column that says as of when a row is: no older can be the file."""
    place = table.places["as_of"]
    zone = ZoneInfo(declared.time_zone)
    newest: datetime | None = None
    for line, values in table.records():
        if not values[place].strip():
            continue
        try:
            told = moment(values[place], declared.moments, zone)
        except ValueError as error:
            raise Unreadable(
                f"{declared.columns.as_of!r} is no moment", line
            ) from error
        newest = told if newest is None else max(newest, told)
    return newest


@dataclass(slots=True)
class _Reader:
    table: Table
    declared: StockFile
    words: dict[str, int] = field(init=False)
    costs_read: int = 0
    costs_unreadable: int = 0

    def __post_init__(self) -> None:
        told = self.declared.quantity_words.items()
        self.words = {word(each): quantity for each, quantity in told}

    def row(self, line: int, values: list[str]) -> StockRow:
        places = self.table.places
        sku = plain(values[places["sku"]])
        if not sku or len(sku) > LONGEST_SKU or "\0" in sku:
            raise Unreadable(f"{self.declared.columns.sku!r} names no SKU", line)
        quantity = units(values[places["quantity"]], self.words, self.declared.decimal)
        currency = self._currency(values)
        return StockRow(sku, quantity, self._cost(values, currency), currency or None)

    def check_costs(self) -> None:
        """A file that is mostly misread was declared wrongly."""
        if self.costs_unreadable > self.costs_read:
            name = self.declared.columns.cost
            raise Unreadable(f"most of {name!r} cannot be read: is it a decimal comma?")

    def _currency(self, values: list[str]) -> str | None:
        """Of this row; None if it names one that we do not know."""
        place = self.table.places.get("currency")
        told = plain(values[place]).upper() if place is not None else ""
        code = told or self.declared.currency
        return code if not code or is_currency(code) else None

    def _cost(self, values: list[str], currency: str | None) -> int | None:
        """A cost in a currency that we do not know is unknown as well."""
        place = self.table.places.get("cost")
        if place is None or not values[place].strip():
            return None
        cost = cents(values[place], currency or "", self.declared.decimal)
        if cost is None and any(map(str.isdigit, values[place])):
            self.costs_unreadable += 1
        self.costs_read += cost is not None
        return cost if currency is not None else None
