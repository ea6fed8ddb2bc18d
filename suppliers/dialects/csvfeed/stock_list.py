"""A supplier's stock list on its web server."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from weakref import finalize

from suppliers.contract import StockReading, StockRow
from suppliers.dialects.csvfeed.files.addresses import Site
from suppliers.dialects.csvfeed.files.fetching import (
    Fetched,
    closed_on_error,
    fetch,
    told_as_garbled,
)
from suppliers.dialects.csvfeed.files.marks import Mark, declaration, moment_of
from suppliers.dialects.csvfeed.files.records import Table
from suppliers.dialects.csvfeed.options import StockFile
from suppliers.dialects.csvfeed.rows.stock import newest_moment, stock_rows
from suppliers.http import SupplierHttp


class StockList:
    def __init__(self, http: SupplierHttp, site: Site, declared: StockFile) -> None:
        self._http = http
        self._declared = declared
        self._address = site.address(declared.place, signs_in=declared.signs_in)
        self._named = declaration(self._address.url, declared.model_dump_json())

    def read(self, mark: str) -> StockReading:
        """Its rows raise Garbled where the file breaks: none of them count then."""
        known = Mark.read(mark, self._named)
        fetched = fetch(self._http, self._address, self._declared, known)
        with closed_on_error(fetched), told_as_garbled(self._http.supplier):
            if fetched.is_unchanged:
                fetched.close()
                as_of = self._as_of(fetched, None)
                return StockReading(as_of, iter(()), known.text(), is_unchanged=True)
            table = fetched.table(self._declared.columns)
            as_of = self._as_of(fetched, table)
        told = as_of.isoformat() if as_of else ""
        new = replace(fetched.mark, as_of=told)
        rows = _Rows(self._told(table), fetched.close)
        return StockReading(as_of, rows, new.text())

    def _as_of(self, fetched: Fetched, table: Table | None) -> datetime | None:
        """Its own moment; of an unchanged file it may be told anew, or is the old."""
        if self._declared.columns.as_of and table is not None:
            return newest_moment(table, self._declared)
        if not self._declared.columns.as_of:
            told = fetched.headers.get(self._declared.as_of_header, "")
            if told:
                return moment_of(told)
        return moment_of(fetched.mark.as_of) if table is None else None

    def _told(self, table: Table) -> Iterator[StockRow]:
        with told_as_garbled(self._http.supplier):
            yield from stock_rows(table, self._declared)


class _Rows(Iterator[StockRow]):
    """Rows of a file that is closed once nobody can ask for them, read or not."""

    def __init__(self, rows: Iterator[StockRow], close: Callable[[], None]) -> None:
        self._rows = rows
        finalize(self, close)

    def __next__(self) -> StockRow:
        return next(self._rows)
