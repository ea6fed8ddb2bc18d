"""A supplier whose API is declared."""

import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import unquote, urlsplit

import httpx

from suppliers.contract import (
    ChangePage,
    Duplicates,
    Follows,
    PurchaseReport,
    PurchaseRequest,
    ReportedStatus,
    StockReading,
)
from suppliers.dialects.declared import values
from suppliers.dialects.declared.declaration import Declaration
from suppliers.dialects.declared.expressions import Json, Path, Unreadable, Wrong
from suppliers.dialects.declared.failing import Failure, failure_in
from suppliers.dialects.declared.line import Line, Said
from suppliers.dialects.declared.lists import Lists
from suppliers.dialects.declared.reading import report_in
from suppliers.dialects.rest import RestConnection
from suppliers.errors import Ambiguous, Rejected, SupplierError, Unavailable

CONFLICT = 409  # it usually means: there is such an order


class DeclaredClient:
    """Speaks as its declaration says."""

    def __init__(
        self,
        connection: RestConnection,
        declaration: Declaration,
        clock: Callable[[], datetime],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.duplicates = declaration.duplicates.how
        self.follows = declaration.follows
        self._supplier = connection.code
        self._declared = declaration
        self._line = Line(connection, declaration, clock, transport)
        self._lists = Lists(self._line, declaration)

    def submit(self, request: PurchaseRequest) -> PurchaseReport:
        said = self._line.place_order(self._declared.submit, request)
        with self._line.reading(places=True):
            failure = failure_in(self._declared, said.status, said.data)
            if failure is None:
                return self._placed(said, request.reference)
            if failure.is_conflict:
                return self._first_one(said, request.reference)
        raise self._refusal(said, failure)

    def look_up(self, reference: str) -> PurchaseReport | None:
        call = self._declared.look_up
        if call is None:
            raise Rejected(self._supplier, "it does not look orders up")
        if call.order is None:
            return self._lists.find(reference)
        said = self._line.ask(call, {"reference": reference})
        if self._lists.is_absent(said, reference):
            return None
        self._lists.expect_good(said)
        with self._line.reading(places=False):
            return self._ours(said, call.order, reference)

    def changes(self, cursor: str | None) -> ChangePage:
        if self.follows is not Follows.CHANGES:
            raise Rejected(self._supplier, "it does not list what changed")
        return self._lists.changes(cursor)

    def read_stock(self, mark: str = "") -> StockReading:
        return self._lists.stock()

    def cancel(self, reference: str) -> PurchaseReport | None:
        call = self._declared.cancel
        if call is None:
            raise Rejected(self._supplier, "it cancels no orders")
        said = self._line.place(call, self._named(reference))
        if self._lists.is_absent(said, reference, places=True):
            raise Rejected(self._supplier, f"it has no order {reference}")
        with self._line.reading(places=True):
            failure = failure_in(self._declared, said.status, said.data)
            if failure is None and call.order is not None:
                return self._ours(said, call.order, reference)
        if failure is not None and failure.code not in call.settled:
            raise self._refusal(said, failure)
        if failure is None and call.answers == "later":
            return None
        return self._found(reference)

    def close(self) -> None:
        self._line.http.close()

    def _placed(self, said: Said, reference: str) -> PurchaseReport:
        """The report of an order that was just taken, or at least its id."""
        call = self._declared.submit
        if call.order is not None:
            return self._ours(said, call.order, reference)
        if call.id is not None:
            return _received(reference, _name_at(said.data, call.id, "submit.id"))
        assert call.location is not None
        return _received(reference, _id_in(said.headers.get("location"), call.location))

    def _first_one(self, said: Said, reference: str) -> PurchaseReport:
        """The order that stands in the way of a second one: it is ours."""
        conflict = self._declared.duplicates
        if conflict.order is not None:
            return self._ours(said, conflict.order, reference)
        if conflict.id is not None:
            return _received(
                reference, _name_at(said.data, conflict.id, "duplicates.id")
            )
        return self._found(reference)

    def _found(self, reference: str) -> PurchaseReport:
        """What became of an order that it surely has; else we cannot know."""
        try:
            report = self.look_up(reference)
        except SupplierError as error:
            raise Ambiguous(self._supplier, error.detail) from error
        if report is None:
            raise Ambiguous(self._supplier, "it has the order, but does not find it")
        return report

    def _named(self, reference: str) -> dict[str, str | int]:
        """What its cancellation is addressed by; its own id is looked up first."""
        call = self._declared.cancel
        if call is None or not call.needs_id:
            return {"reference": reference}
        report = self.look_up(reference)
        if report is None:
            raise Rejected(self._supplier, f"it has no order {reference}")
        return {"reference": reference, "id": report.supplier_reference}

    def _refusal(self, said: Said, failure: Failure) -> SupplierError:
        """Rejected if it says why, unavailable if surely nothing was taken."""
        if failure.reason is not None:
            return Rejected(self._supplier, failure.words, failure.reason)
        detail = f"it answered {said.status}"
        if failure.is_retryable:
            return Unavailable(self._supplier, f"{detail}: try again later")
        if self._may_have_it(said, failure):
            return Ambiguous(self._supplier, f"{detail} with a failure we do not know")
        return Unavailable(self._supplier, f"{detail} without a reason we know")

    def _may_have_it(self, said: Said, failure: Failure) -> bool:
        """Words that nobody declared may say that the order is there already."""
        if said.is_good:
            return True
        is_told = said.status == CONFLICT or bool(failure.code)
        return is_told and self.duplicates is not Duplicates.NATIVE_KEY

    def _ours(self, said: Said, order: Path, reference: str) -> PurchaseReport:
        report = report_in(self._declared, said.data, order)
        if report.reference != reference:
            raise Unreadable(Wrong("reference", "it answered for another order"))
        return report


def _received(reference: str, supplier_reference: str) -> PurchaseReport:
    return PurchaseReport(reference, supplier_reference, ReportedStatus.RECEIVED)


def _name_at(data: Json, path: Path, place: str) -> str:
    try:
        return values.name(path.find(data, place))
    except Unreadable:
        raise
    except ValueError as error:
        raise Unreadable(Wrong(place, str(error))) from error


def _id_in(location: str | None, form: str) -> str:
    """The id in a Location header; the address before it may be whole or a path."""
    before, _, after = form.partition("{id}")
    wanted = f"{re.escape(before)}([^/]{{1,200}}){re.escape(after)}$"
    found = re.search(wanted, urlsplit(location or "").path)
    if found is None:
        raise Unreadable(Wrong("submit.location", "the header Location has no id"))
    return unquote(found[1])
