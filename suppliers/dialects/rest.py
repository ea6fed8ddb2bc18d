"""The plain REST dialect: what we ask of a supplier who builds an interface for us.

Every call carries `Authorization: Bearer TOKEN`; bodies are JSON; moments are ISO-8601
with an offset; money is whole cents.

    POST {base}/orders              Idempotency-Key: our reference
        {reference, order_name, currency,
         recipient: {name, company, address1, address2, city, province, postal_code,
                     country, phone},
         items: [{sku, quantity, unit_cost_cents}]}
      201 ORDER    taken
      200 ORDER    the same again: it was taken before
      409 ORDER    this reference was taken before with other contents
      422 {reason, note}      not taken, and will not be
    GET {base}/orders/{reference}
      200 ORDER
      404 {error: "unknown_order", reference}     any other 404 proves nothing
    GET {base}/orders?since=CURSOR&limit=100      oldest change first
      200 {orders: [ORDER], cursor, more}         without `since`: from the beginning
    POST {base}/orders/{reference}/cancel         safe to repeat
      200 ORDER    cancelled if its status says so; it may have been too late
      404 as above
    GET {base}/stock
      200 {as_of, items: [{sku, quantity|null, unit_cost_cents|null, currency|null}]}

    ORDER = {reference, supplier_reference,
             status: received|accepted|partly_accepted|rejected|cancelled,
             acknowledged_at, ship_by, deliver_by, reason, note,
             items: [{sku, accepted_quantity}],
             parcels: [{shipment_id, carrier, tracking_number,
                        contents: [{sku, quantity}], scans: [{kind, at, place}]}]}

429 and 503 may say Retry-After, and promise that nothing was taken.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote, urlencode, urlsplit

import httpx
from pydantic import ValidationError

from suppliers.contract import (
    ChangePage,
    Duplicates,
    Follows,
    PurchaseReport,
    PurchaseRequest,
    StockReading,
)
from suppliers.dialects.rest_messages import (
    Message,
    PurchaseOrder,
    PurchaseOrders,
    Refusal,
    Stock,
    UnknownOrder,
)
from suppliers.errors import Ambiguous, Rejected, SupplierError, Unavailable
from suppliers.http import Answer, SupplierHttp
from suppliers.transport import HttpPolicy

CHANGES_PER_PAGE = 100

M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class RestConnection:
    """Where one supplier is and how we sign in."""

    code: str
    base_url: str
    token: str = field(repr=False)
    policy: HttpPolicy = field(default_factory=HttpPolicy)

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the address must start with http:// or https://")
        if parts.username or parts.query or parts.fragment:
            raise ValueError("the address must not hold a user, a query or a fragment")
        _check_writable(self.base_url)
        if not (self.token.isascii() and self.token.isprintable()):
            raise ValueError("the token holds characters that cannot be sent")


class RestClient:
    """A supplier that speaks the plain REST dialect."""

    duplicates = Duplicates.NATIVE_KEY
    follows = Follows.CHANGES

    def __init__(
        self,
        connection: RestConnection,
        clock: Callable[[], datetime],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._supplier = connection.code
        self._base = connection.base_url.rstrip("/")
        self._sign_in = {
            "Authorization": f"Bearer {connection.token}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",  # so that the size cap is the real size
            "User-Agent": "dropship-erp",
        }
        self._http = SupplierHttp(
            connection.code, connection.policy, clock, transport=transport
        )

    def submit(self, request: PurchaseRequest) -> PurchaseReport:
        headers = self._sign_in | {
            "Content-Type": "application/json",
            "Idempotency-Key": request.reference,
        }
        answer = self._http.place(f"{self._base}/orders", headers, _body(request))
        if answer.status in (200, 201, 409):
            return self._report(answer, request.reference, places=True)
        raise self._refusal(answer)

    def look_up(self, reference: str) -> PurchaseReport | None:
        answer = self._http.ask(self._order_url(reference), self._sign_in)
        if answer.status == 404:
            self._expect_unknown(answer, reference)
            return None
        if answer.status == 405:
            raise Rejected(self._supplier, "it does not look orders up")
        self._expect_ok(answer)
        return self._report(answer, reference, places=False)

    def changes(self, cursor: str | None) -> ChangePage:
        query = {"limit": str(CHANGES_PER_PAGE)}
        if cursor is not None:
            query["since"] = cursor
        url = f"{self._base}/orders?{urlencode(query)}"
        answer = self._http.ask(url, self._sign_in)
        self._expect_ok(answer)
        page = self._read(PurchaseOrders, answer, places=False).page()
        if page.more and page.cursor == cursor:
            self._http.unreadable("its list of changes stands still", places=False)
        return page

    def read_stock(self, mark: str = "") -> StockReading:
        answer = self._http.ask(f"{self._base}/stock", self._sign_in)
        self._expect_ok(answer)
        stock = self._read(Stock, answer, places=False)
        return StockReading(stock.as_of, (item.row() for item in stock.items))

    def cancel(self, reference: str) -> PurchaseReport:
        url = f"{self._order_url(reference)}/cancel"
        answer = self._http.place(url, self._sign_in, b"")
        if answer.status == 404:
            self._expect_unknown(answer, reference)
            raise Rejected(self._supplier, f"it has no order {reference}")
        if answer.status == 200:
            return self._report(answer, reference, places=True)
        raise self._refusal(answer)

    def close(self) -> None:
        self._http.close()

    def _order_url(self, reference: str) -> str:
        return f"{self._base}/orders/{quote(reference, safe='')}"

    def _report(
        self, answer: Answer, reference: str, *, places: bool
    ) -> PurchaseReport:
        report = self._read(PurchaseOrder, answer, places=places).report()
        if report.reference != reference:
            self._http.unreadable("it answered for another order", places=places)
        return report

    def _read(self, kind: type[M], answer: Answer, *, places: bool) -> M:
        try:
            return kind.model_validate_json(answer.body)
        except ValidationError as error:
            self._http.unreadable(_what_is_wrong(error), places=places)

    def _expect_ok(self, answer: Answer) -> None:
        if answer.status != 200:
            raise Unavailable(self._supplier, f"it answered {answer.status}")

    def _expect_unknown(self, answer: Answer, reference: str) -> None:
        """Make sure that a 404 speaks of our order, not of a wrong address."""
        unknown = self._read(UnknownOrder, answer, places=False)
        if unknown.reference != reference:
            self._http.unreadable("it answered for another order", places=False)

    def _refusal(self, answer: Answer) -> SupplierError:
        """Neither taken nor broken: rejected if it says why, else not our dialect."""
        detail = f"it answered {answer.status}"
        if answer.status < 400:
            return Ambiguous(self._supplier, f"{detail}, which means nothing here")
        try:
            refusal = Refusal.model_validate_json(answer.body)
        except ValidationError:
            return Unavailable(self._supplier, f"{detail} without a reason")
        return refusal.rejected(self._supplier)


def _check_writable(url: str) -> None:
    try:
        httpx.Request("GET", url)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise ValueError(f"the address cannot be used: {error}") from error


def _body(request: PurchaseRequest) -> bytes:
    items = [
        {
            "sku": item.supplier_sku,
            "quantity": item.quantity,
            "unit_cost_cents": item.unit_cost_cents,
        }
        for item in request.items
    ]
    order = {
        "reference": request.reference,
        "order_name": request.order_name,
        "currency": request.currency,
        "recipient": asdict(request.recipient),
        "items": items,
    }
    return json.dumps(order, separators=(",", ":")).encode()


def _what_is_wrong(error: ValidationError) -> str:
    """Where an answer breaks the dialect, without repeating any of it."""
    first = error.errors(include_url=False, include_input=False, include_context=False)
    place = ".".join(str(step) for step in first[0]["loc"])[:80]
    return f"its answer cannot be read: {place or 'body'}: {first[0]['type']}"
