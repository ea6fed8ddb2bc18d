"""What a declared API lists: changes, stock, and orders to look through."""

from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from suppliers.contract import ChangePage, PurchaseReport, StockReading
from suppliers.dialects.declared import values
from suppliers.dialects.declared.calls import Call, Changes, Since, Stock
from suppliers.dialects.declared.declaration import Declaration
from suppliers.dialects.declared.expressions import Json, Path, Unreadable, Wrong
from suppliers.dialects.declared.failing import failure_in, is_absent
from suppliers.dialects.declared.line import Line, Said
from suppliers.dialects.declared.paging import (
    AnyPaging,
    Linked,
    next_position,
    query_of,
    usable,
    waits,
)
from suppliers.dialects.declared.reader import Reader
from suppliers.dialects.declared.reading import report_of, rows_in, stock_row
from suppliers.errors import Rejected, Unavailable

MOST_PAGES = 2_000  # of one list; more is a list that never ends


class Lists:
    """Reads a supplier's lists page by page."""

    def __init__(self, line: Line, declaration: Declaration) -> None:
        self._line = line
        self._declared = declaration

    def changes(self, cursor: str | None) -> ChangePage:
        call = self._declared.changes
        assert call is not None
        at = dict(parse_qsl(cursor or "", keep_blank_values=True))
        since, position = at.get("since"), usable(call.paging, at.get("at"))
        said = self._page(call, call.paging, position, _since(call.since, since))
        self.expect_good(said)
        with self._line.reading(places=False):
            rows = rows_in(said.data, call.orders)
            reports = tuple(report_of(self._declared, row) for row in rows)
            more, reached = self._reached(call, said, rows, since, position)
        if more and reached == (cursor or ""):
            self._line.http.unreadable("its list stands still", places=False)
        return ChangePage(reports, reached, more)

    def find(self, reference: str) -> PurchaseReport | None:
        """Our order in a list of theirs, which is read to its end if need be."""
        call = self._declared.look_up
        assert call is not None
        assert call.orders is not None
        for data in self._pages(call, call.paging, call.orders, reference):
            with self._line.reading(places=False):
                for row in rows_in(data, call.orders):
                    if self._names(row, reference):
                        return report_of(self._declared, row)
        return None

    def stock(self) -> StockReading:
        call = self._declared.stock
        if call is None:
            raise Rejected(self._line.supplier, "it has no list of its stock")
        pages = list(self._pages(call, call.paging, call.rows))
        with self._line.reading(places=False):
            rows = [
                stock_row(call, row, f"rows.{n}.")
                for page in pages
                for n, row in enumerate(rows_in(page, call.rows, "rows"))
            ]
            as_of = _as_of(self._declared, call, pages[0])
        return StockReading(as_of, iter(rows))

    def is_absent(self, said: Said, reference: str, *, places: bool = False) -> bool:
        """Whether an answer says that there is no order under our reference."""
        call = self._declared.look_up
        absent = None if call is None else call.absent
        if not said.is_json:
            return False
        with self._line.reading(places=places):
            return is_absent(absent, said.status, said.data, reference)

    def expect_good(self, said: Said) -> None:
        """Make sure that a question was answered, not refused."""
        if said.status == 405:
            raise Rejected(self._line.supplier, "it does not answer such questions")
        with self._line.reading(places=False):
            failure = failure_in(self._declared, said.status, said.data)
        if failure is not None:
            raise Unavailable(self._line.supplier, f"it answered {said.status}: a no")

    def _next(
        self, paging: AnyPaging, position: str | None, count: int, said: Said
    ) -> tuple[bool, str | None]:
        """Whether another page waits, and where it begins."""
        link = self._line.next_link(said)
        after = next_position(paging, position, count, said.data, link)
        return waits(paging, count, said.data, after), after

    def _reached(
        self,
        call: Changes,
        said: Said,
        rows: list[Json],
        since: str | None,
        position: str | None,
    ) -> tuple[bool, str]:
        """Whether more waits, and the cursor to go on from.

        A list asked for since a value begins anew at the last value seen, not at its
        next page: what changes meanwhile moves to its end, and pages would shift.
        """
        more, after = self._next(call.paging, position, len(rows), said)
        if call.since is None:
            return more, _cursor({"at": after if after is not None else position})
        newest = _newest(call.since, rows, since)
        if newest != since:
            return more, _cursor({"since": newest})
        return more, _cursor({"since": since, "at": after if more else None})

    def _names(self, row: Json, reference: str) -> bool:
        found = self._declared.report.reference.find(row, "reference")
        return found == reference or str(found) == reference

    def _pages(
        self,
        call: Call,
        paging: AnyPaging | None,
        rows: Path,
        reference: str = "",
    ) -> Iterator[Json]:
        position: str | None = None
        for _ in range(MOST_PAGES):
            said = self._page(call, paging, position, {}, reference)
            if reference and self.is_absent(said, reference):
                return
            self.expect_good(said)
            yield said.data
            if paging is None:
                return
            with self._line.reading(places=False):
                count = len(rows_in(said.data, rows))
                more, after = self._next(paging, position, count, said)
            if not more:
                return
            if after is None or after == position:
                break
            position = after
        self._line.http.unreadable("its list has no end", places=False)

    def _page(
        self,
        call: Call,
        paging: AnyPaging | None,
        position: str | None,
        query: dict[str, str],
        reference: str = "",
    ) -> Said:
        asked = {"reference": reference, "id": ""}
        if paging is not None:
            query = query | query_of(paging, position)
        path = self._line.path_of(call, asked, query)
        if isinstance(paging, Linked) and position is not None:
            path = position
        return self._line.ask(call, asked, path)


def _since(since: Since | None, value: str | None) -> dict[str, str]:
    asked = value if value is not None or since is None else since.first
    return {} if since is None or asked is None else {since.parameter: asked}


def _newest(since: Since, rows: list[Json], before: str | None) -> str | None:
    if not rows:
        return before
    found = since.value.find(rows[-1], "since.value")
    try:
        return values.name(found)
    except ValueError as error:
        raise Unreadable(Wrong("since.value", str(error))) from error


def _cursor(parts: dict[str, str | None]) -> str:
    return urlencode({name: part for name, part in parts.items() if part is not None})


def _as_of(declared: Declaration, call: Stock, page: Json) -> datetime | None:
    reader = Reader()
    read: Callable[[Json], datetime] = declared.moments.read
    found = reader.maybe(page, call.as_of, "as_of", read)
    if reader.wrong:
        raise Unreadable(*reader.wrong)
    return found
