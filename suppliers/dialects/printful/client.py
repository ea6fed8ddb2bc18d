"""Printful, version 1 of its interface: print on demand.

Its own description (developers.printful.com/docs, and its table of errors) says:

    Authorization: Bearer TOKEN; X-PF-Store-Id: STORE   with an account's token only
    POST   {base}/orders               a draft; `external_id` is ours, once per store
    POST   {base}/orders/{id}/confirm  places it: only now are we charged
    GET    {base}/orders/@{external_id}
    DELETE {base}/orders/@{external_id}    a draft or a pending order, nothing later
      200 {code, result: ORDER}
      4xx {code, result, error: {reason, message}}

A refused draft that says OR-13 EXTERNAL_ID_IN_USE was made before: the order is looked
up and goes on from where it stands, so that a lost answer, or a process that ended
between the two steps, costs neither a second order nor a second charge. A draft is not
an order yet: `look_up` does not find it, and sending it again confirms it.

It throttles with 419 (which it calls a warning) as well as 429, at 120 calls a minute,
and answers 430 and 431 to JSON and parameters that it cannot read. It has no list of
changes and makes goods on demand, so it is asked for each order and has no stock list.
It never says when a parcel arrived. Where its description is silent about the form of
a refusal, any of them is followed by a look for the order before it is believed.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from suppliers.contract import (
    ChangePage,
    Duplicates,
    Follows,
    PurchaseReport,
    PurchaseRequest,
    RejectReason,
    StockReading,
)
from suppliers.dialects.printful.messages import CANCELLED, DRAFT, Order, OrderAnswer
from suppliers.dialects.printful.refusals import Refusal
from suppliers.dialects.printful.requests import (
    MOST_OF_ONE_ITEM,
    REFERENCE,
    Options,
    headers,
    order_body,
)
from suppliers.dialects.rest import RestConnection
from suppliers.errors import Ambiguous, Garbled, Rejected, Unavailable
from suppliers.http import Answer, SupplierHttp, Throttling

# It counts calls in windows of a minute.
THROTTLING = Throttling(frozenset({419, 429}), unsaid=timedelta(minutes=1))
DONE = frozenset({200, 201})


class PrintfulClient:
    """One store at Printful."""

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
        self._orders = f"{connection.base_url.rstrip('/')}/orders"
        self._options = options
        self._sign_in = headers(connection.token, options)
        self._http = SupplierHttp(
            connection.code, connection.policy, clock, transport, THROTTLING
        )

    def submit(self, request: PurchaseRequest) -> PurchaseReport:
        self._check_sendable(request)
        order = self._drafted(request)
        if order.status == DRAFT:
            order = self._confirmed(order, request)
        return order.report()

    def look_up(self, reference: str) -> PurchaseReport | None:
        """Also None while it is a draft: nothing was placed, nobody is charged."""
        order = self._find(reference)
        return None if order is None or order.status == DRAFT else order.report()

    def changes(self, cursor: str | None) -> ChangePage:
        raise Rejected(self._supplier, "it has no list of changes")

    def read_stock(self, mark: str = "") -> StockReading:
        raise Rejected(self._supplier, "it makes goods on demand and lists no stock")

    def cancel(self, reference: str) -> PurchaseReport:
        url = self._url_of(reference)
        answer = self._http.place(url, self._sign_in, b"", method="DELETE")
        if answer.status in DONE:
            order = self._order(answer, reference, places=True)
            if order.status == CANCELLED:
                return order.report()
        else:
            self._refusal(answer)
        return self._uncancelled(reference)

    def close(self) -> None:
        self._http.close()

    def _check_sendable(self, request: PurchaseRequest) -> None:
        if REFERENCE.fullmatch(request.reference) is None:
            raise Rejected(self._supplier, "it cannot take such a reference")
        if any(item.quantity > MOST_OF_ONE_ITEM for item in request.items):
            raise Rejected(
                self._supplier,
                f"it takes at most {MOST_OF_ONE_ITEM} of one item",
                RejectReason.ORDER_TOO_LARGE,
            )

    def _drafted(self, request: PurchaseRequest) -> Order:
        """A new draft, or the order that it has under this reference already."""
        sign_in = self._sign_in | {"Content-Type": "application/json"}
        body = order_body(request, self._options)
        answer = self._http.place(self._orders, sign_in, body)
        if answer.status in DONE:
            return self._order(answer, request.reference, places=True)
        refusal = self._unplaced(answer)
        if refusal.reason is not None:
            raise Rejected(self._supplier, refusal.words, refusal.reason)
        found = self._find_again(request.reference)
        if found is not None:
            return found
        if refusal.says_in_use:
            raise Ambiguous(self._supplier, "it has the order, but does not show it")
        raise Rejected(self._supplier, refusal.words)

    def _confirmed(self, draft: Order, request: PurchaseRequest) -> Order:
        """The order placed; only this step costs anything."""
        self._check_worth(draft, request)
        url = f"{self._orders}/{quote(draft.id, safe='')}/confirm"
        answer = self._http.place(url, self._sign_in, b"")
        if answer.status in DONE:
            order = self._order(answer, request.reference, places=True)
        else:
            order = self._unconfirmed(self._unplaced(answer), request.reference)
        if order.status == DRAFT:
            detail = "it put the order back among its drafts: its costs are not known"
            raise Unavailable(self._supplier, detail)
        return order

    def _unconfirmed(self, refusal: Refusal, reference: str) -> Order:
        """Someone else confirmed it meanwhile, or it will not be: then it is gone."""
        found = self._find_again(reference)
        if found is None:
            raise Ambiguous(self._supplier, "its draft is gone")
        if found.status == DRAFT:
            self._take_back(reference)
            reason = refusal.reason or RejectReason.OTHER
            raise Rejected(self._supplier, refusal.words, reason)
        return found

    def _check_worth(self, draft: Order, request: PurchaseRequest) -> None:
        """Take a draft back that lacks an item, or costs more than it may."""
        if draft.incomplete_items:
            self._take_back(request.reference)
            detail = "it does not know every item"
            raise Rejected(self._supplier, detail, RejectReason.INVALID_SKU)
        most_over = self._options.most_over_cents
        if most_over is None:
            return
        price = draft.price
        if price is None:
            raise Unavailable(self._supplier, "it has not reckoned the costs yet")
        reckoned = sum(item.unit_cost_cents * item.quantity for item in request.items)
        over = price.subtotal - reckoned
        if price.currency != request.currency or over > most_over:
            self._take_back(request.reference)
            raise Rejected(self._supplier, "its items cost more than they may")

    def _take_back(self, reference: str) -> None:
        """Delete a draft, so that nobody confirms what goes to another supplier."""
        url = self._url_of(reference)
        answer = self._http.place(url, self._sign_in, b"", method="DELETE")
        if answer.status not in DONE:
            detail = f"it answered {answer.status}, and may not take its draft back"
            raise Ambiguous(self._supplier, detail)

    def _uncancelled(self, reference: str) -> PurchaseReport:
        """The order that it did not cancel: cancelled before, or it goes on."""
        found = self._find(reference)
        if found is None:
            raise Rejected(self._supplier, f"it has no order {reference}")
        if found.status == DRAFT:
            raise Unavailable(self._supplier, "it keeps a draft of the order")
        return found.report()

    def _find(self, reference: str) -> Order | None:
        answer = self._http.ask(self._url_of(reference), self._sign_in)
        if answer.status in DONE:
            return self._order(answer, reference, places=False)
        refusal = self._refusal(answer)
        if answer.status == 404 and refusal.code == 404:
            return None
        raise Unavailable(self._supplier, f"it answered {answer.status}")

    def _find_again(self, reference: str) -> Order | None:
        """Look for an order that may have been placed before."""
        try:
            return self._find(reference)
        except (Unavailable, Garbled) as error:
            detail = f"it may have the order: {error.detail}"
            raise Ambiguous(self._supplier, detail) from error

    def _url_of(self, reference: str) -> str:
        return f"{self._orders}/@{quote(reference, safe='')}"

    def _order(self, answer: Answer, reference: str, *, places: bool) -> Order:
        try:
            heard = OrderAnswer.model_validate_json(answer.body)
        except ValidationError as error:
            wrong = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(step) for step in wrong["loc"])[:80]
            detail = f"its answer cannot be read: {place or 'body'}: {wrong['type']}"
            self._http.unreadable(detail, places=places)
        if heard.code not in DONE or heard.result.external_id != reference:
            self._http.unreadable("it answered for another order", places=places)
        return heard.result

    def _unplaced(self, answer: Answer) -> Refusal:
        """Why it takes no order; a yes that is not done yet leaves open whether."""
        if answer.status < 300:
            detail = f"it answered {answer.status}: it may take the order yet"
            raise Ambiguous(self._supplier, detail)
        return self._refusal(answer)

    def _refusal(self, answer: Answer) -> Refusal:
        """Why it says no. Without its own words it is not Printful that answers."""
        try:
            return Refusal.model_validate_json(answer.body)
        except ValidationError as error:
            detail = f"it answered {answer.status} without a reason"
            raise Unavailable(self._supplier, detail) from error
