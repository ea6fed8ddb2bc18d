"""The file in which a supplier says what it took on and what it sent.

It is told as changes: whenever the file is another, all of it is told again, page by
page. The cursor holds which file, and how far; reports may repeat.
"""

from dataclasses import dataclass, replace

from suppliers.contract import ChangePage, PurchaseReport
from suppliers.dialects.csvfeed.files.addresses import Site
from suppliers.dialects.csvfeed.files.fetching import (
    Fetched,
    Missing,
    closed_on_error,
    fetch,
    told_as_garbled,
)
from suppliers.dialects.csvfeed.files.marks import Mark, declaration
from suppliers.dialects.csvfeed.options import ShipmentFile
from suppliers.dialects.csvfeed.rows.shipments import reports
from suppliers.http import SupplierHttp

REPORTS_PER_PAGE = 100  # they are applied in one transaction


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that was read, from which pages are still to be told."""

    mark: Mark
    reports: tuple[PurchaseReport, ...]


class ShipmentList:
    """Safe to share between threads: what is kept between pages is one value."""

    def __init__(self, http: SupplierHttp, site: Site, declared: ShipmentFile) -> None:
        self._http = http
        self._declared = declared
        self._address = site.address(declared.place, signs_in=declared.signs_in)
        self._named = declaration(self._address.url, declared.model_dump_json())
        self._kept: _Read | None = None

    def changes(self, cursor: str | None) -> ChangePage:
        seen = Mark.read(cursor or "", self._named)
        read = self._kept if seen.start else None
        if read is None or read.mark.digest != seen.digest:
            asked = seen if not seen.start else Mark(self._named)  # all of it again
            read = self._read(asked)
        if read is None:
            return ChangePage((), seen.text(), more=False)
        return self._page(read, seen)

    def find(self, reference: str) -> PurchaseReport | None:
        """What the file says now of one purchase order: nothing if it is not there."""
        try:
            read = self._read(Mark(self._named))
        except Missing:
            return None
        told = read.reports if read is not None else ()
        return next((each for each in told if each.reference == reference), None)

    def _page(self, read: _Read, seen: Mark) -> ChangePage:
        is_same = read.mark.digest == seen.digest
        if is_same and not seen.start:
            return ChangePage((), read.mark.text(), more=False)
        start = seen.start if is_same else 0
        end = start + REPORTS_PER_PAGE
        more = end < len(read.reports)
        self._kept = read if more else None
        cursor = replace(read.mark, start=end if more else 0)
        return ChangePage(read.reports[start:end], cursor.text(), more)

    def _read(self, mark: Mark) -> _Read | None:
        """The file as it is now; None if it is unchanged."""
        fetched = fetch(self._http, self._address, self._declared, mark)
        with closed_on_error(fetched), told_as_garbled(self._http.supplier):
            read = None if fetched.is_unchanged else self._whole(fetched)
        fetched.close()
        return read

    def _whole(self, fetched: Fetched) -> _Read:
        table = fetched.table(self._declared.columns)
        told = reports(table, self._declared)
        return _Read(replace(fetched.mark, digest=fetched.digest), told)
