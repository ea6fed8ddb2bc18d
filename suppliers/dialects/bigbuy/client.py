"""BigBuy: a European wholesaler who ships for us.

Its interface (api.bigbuy.eu/rest/doc), and what a public client of it has met with:

    Authorization: Bearer TOKEN
    POST {base}/order/create.json
        {order: {internalReference, language, paymentMethod, carriers: [{name}],
                 shippingAddress: {firstName, lastName, country, postcode, town,
                                   address, phone, email, comment, companyName},
                 products: [{reference, quantity}]}}
      2xx, nothing in the body; Location: /rest/order/{id}
      4xx {code: ER..., message: "{info, data}"}; ER008 {orderId}: it has the order
    POST {base}/order/check.json                     the same, and nothing is placed
    GET  {base}/order/reference/{internalReference}.json      {id}
    GET  {base}/order/{id}.json     {id, internalReference, status, carriers, products}
    GET  {base}/tracking/order/{id}.json
      [{trackings: [{trackingNumber, statusDescription, statusDate, carrier: {id}}]}]
      429 You exceeded the rate limit; X-Ratelimit-Reset: seconds since 1970

An error may come as a 200 (see `refusals`), and a 404 as a 200 with nothing in it.
Order calls are allowed once a second, lists ten times an hour. An order it may or may
not have is asked for by our reference; sent again, ER008 keeps it from becoming two.

It has no list of changes, no way to cancel but its customer service, and does not say
which goods are in which parcel. Orders that it would split over warehouses are refused
by it here: the call that takes them makes several orders of one.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Never, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from suppliers.contract import (
    ChangePage,
    Duplicates,
    Follows,
    PurchaseReport,
    PurchaseRequest,
    RejectReason,
    ReportedStatus,
    StockReading,
    StockRow,
)
from suppliers.dialects.bigbuy import stock
from suppliers.dialects.bigbuy.messages import Found, Order, Tracked, Tracking, report
from suppliers.dialects.bigbuy.refusals import EXISTS, WAITS, Refusal, plain, refusal
from suppliers.dialects.bigbuy.requests import (
    LONGEST_ADDRESS,
    REFERENCE,
    Options,
    headers,
    order_body,
    street,
)
from suppliers.dialects.rest import RestConnection
from suppliers.errors import Ambiguous, Garbled, Rejected, Unavailable
from suppliers.http import Answer, SupplierHttp, Throttling, said_wait

LONGEST_WAIT = timedelta(hours=24)  # whoever says more is mistaken
M = TypeVar("M", bound=BaseModel)


def until_reset(headers: httpx.Headers, now: datetime) -> timedelta | None:
    """It names the moment at which its count begins anew."""
    reset = headers.get("x-ratelimit-reset", "").strip()
    if not (reset.isascii() and reset.isdigit() and len(reset) <= 10):
        return said_wait(headers, now)
    wait = datetime.fromtimestamp(int(reset), UTC) - now
    return min(max(wait, timedelta()), LONGEST_WAIT)


class BigBuyClient:
    """One account at BigBuy."""

    duplicates = Duplicates.UNIQUE_REF_CONFLICT
    follows = Follows.EACH

    def __init__(
        self,
        connection: RestConnection,
        options: Options,
        clock: Callable[[], datetime],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._supplier = connection.code
        self._base = connection.base_url.rstrip("/")
        self._options = options
        self._sign_in = headers(connection.token)
        throttling = Throttling(wait=until_reset)
        self._http = SupplierHttp(
            connection.code, connection.policy, clock, transport, throttling
        )

    def submit(self, request: PurchaseRequest) -> PurchaseReport:
        self._check_sendable(request)
        body = order_body(request, self._options)
        if self._options.checks_first:
            known = self._checked(request.reference, body)
            if known is not None:
                return known
        answer = self._posted("/order/create.json", body, places=True)
        if answer.status >= 300:
            return self._answered(answer, request.reference, places=True)
        number = re.search(r"/order/(\d+)", answer.headers.get("location", ""))
        if answer.body.strip() or number is None:
            self._http.unreadable("it does not say which order it made", places=True)
        return PurchaseReport(request.reference, number[1], ReportedStatus.RECEIVED)

    def look_up(self, reference: str) -> PurchaseReport | None:
        answer = self._asked(f"/order/reference/{quote(reference, safe='')}.json")
        if answer is None or not answer.body.strip():
            return None
        found = self._read(Found, answer)
        order = self._read(
            Order, self._shown(f"/order/{quote(found.id, safe='')}.json")
        )
        if order.id != found.id or order.internalReference != reference:
            self._http.unreadable("it answered for another order", places=False)
        return report(order, self._trackings(order), self._options)

    def changes(self, cursor: str | None) -> ChangePage:
        raise Rejected(self._supplier, "it has no list of changes")

    def read_stock(self, mark: str = "") -> StockReading:
        return StockReading(None, self._stock_rows())

    def cancel(self, reference: str) -> PurchaseReport:
        detail = "it cancels nothing by this way: ask its customer service"
        raise Rejected(self._supplier, detail)

    def close(self) -> None:
        self._http.close()

    def _check_sendable(self, request: PurchaseRequest) -> None:
        if REFERENCE.fullmatch(request.reference) is None:
            raise Rejected(self._supplier, "it cannot take such a reference")
        if len(street(request.recipient)) > LONGEST_ADDRESS:
            detail = f"its line for the address holds {LONGEST_ADDRESS} characters"
            raise Rejected(self._supplier, detail, RejectReason.INCORRECT_ADDRESS)

    def _checked(self, reference: str, body: bytes) -> PurchaseReport | None:
        """Have an order looked at before it is placed: the one it has, if any."""
        answer = self._posted("/order/check.json", body, places=False)
        if answer.status < 300:
            return None
        return self._answered(answer, reference, places=False)

    def _posted(self, path: str, body: bytes, *, places: bool) -> Answer:
        url = f"{self._base}{path}"
        sign_in = self._sign_in | {"Content-Type": "application/json"}
        if places:
            answer = plain(self._http.place(url, sign_in, body))
        else:
            answer = plain(self._http.ask(url, sign_in, method="POST", body=body))
        self._http.raise_for(answer, places=places)
        return answer

    def _answered(
        self, answer: Answer, reference: str, *, places: bool
    ) -> PurchaseReport:
        """What became of an order that it did not just take."""
        said = refusal(answer.body)
        if said is None or (said.code != EXISTS and _says_nothing(said)):
            detail = f"it answered {answer.status}, and does not say why"
            raise (Ambiguous if places else Unavailable)(self._supplier, detail)
        if said.code == EXISTS:
            return self._known(reference)
        if said.code in WAITS:
            raise Unavailable(self._supplier, WAITS[said.code])
        assert said.reason is not None
        raise Rejected(self._supplier, said.words, said.reason)

    def _known(self, reference: str) -> PurchaseReport:
        """The order that it says it has."""
        try:
            found = self.look_up(reference)
        except (Unavailable, Garbled) as error:
            detail = f"it has the order, and does not show it: {error.detail}"
            raise Ambiguous(self._supplier, detail) from error
        if found is None:
            raise Ambiguous(self._supplier, "it has the order, and does not find it")
        return found

    def _trackings(self, order: Order) -> list[Tracking]:
        answer = self._asked(f"/tracking/order/{quote(order.id, safe='')}.json")
        if answer is None or not answer.body.strip():
            return []
        try:
            tracked = Tracked.validate_json(answer.body)
        except ValidationError as error:
            self._unreadable(error)
        return [tracking for each in tracked for tracking in each.trackings]

    def _stock_rows(self) -> Iterator[StockRow]:
        """Asks for page after page as the rows are taken."""
        try:
            costs = stock.prices(self._shown, self._options)
            yield from stock.rows(self._shown, self._options, costs)
        except stock.UNREADABLE as error:
            raise Garbled(self._supplier, "its stock list cannot be read") from error

    def _asked(self, path: str) -> Answer | None:
        """What it answers; None if it has nothing of the kind."""
        answer = plain(self._http.ask(f"{self._base}{path}", self._sign_in))
        if answer.status == 404:
            said = refusal(answer.body)
            if said is not None and said.code == "404":
                return None
        self._http.raise_for(answer, places=False)
        if answer.status >= 300:
            raise Unavailable(self._supplier, f"it answered {answer.status}")
        return answer

    def _shown(self, path: str) -> Answer:
        answer = self._asked(path)
        if answer is None:
            raise Unavailable(self._supplier, "it does not show what it should have")
        return answer

    def _read(self, kind: type[M], answer: Answer) -> M:
        try:
            return kind.model_validate_json(answer.body)
        except ValidationError as error:
            self._unreadable(error)

    def _unreadable(self, error: ValidationError) -> Never:
        wrong = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in wrong["loc"])[:80]
        detail = f"its answer cannot be read: {place or 'body'}: {wrong['type']}"
        self._http.unreadable(detail, places=False)


def _says_nothing(said: Refusal) -> bool:
    return said.reason is None and said.code not in WAITS
