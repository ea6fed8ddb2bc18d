"""What BigBuy may say, and a client that hears it."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx

from suppliers.dialects.bigbuy.client import BigBuyClient
from suppliers.dialects.bigbuy.requests import Options
from suppliers.dialects.rest import RestConnection

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MADE = "/rest/order/create.json"
CHECKED = "/rest/order/check.json"
FOUND = "/rest/order/reference/PO-1.json"
SHOWN = "/rest/order/119.json"
TRACKED = "/rest/tracking/order/119.json"
ORDER = {
    "id": "119",
    "internalReference": "PO-1",
    "status": "Shipped",
    "carriers": [{"id": "43", "name": "Chrono", "price": 4.0}],
    "products": [{"id": "1", "reference": "A-1", "quantity": 2, "name": "Lamp"}],
}
PARCEL = {
    "trackingNumber": "T-1",
    "statusDescription": "Delivered",
    "statusDate": "2026-05-13 11:35:40",
    "carrier": {"id": "43"},
    "descriptionTranslated": None,
}
WHOLE_ANSWER = (
    "HTTP/1.0 500 Internal Server Error\r\nCache-Control: no-cache, private\r\n"
    "Content-Type:  application/json\r\n"
    "Date:          Tue, 24 May 2022 15:41:45 GMT\r\n\r\n"
    '{"error":"Information is not available right now. Try it again later"}'
)


def said(body: Any, status: int = 200, **headers: str) -> httpx.Response:
    content = body if isinstance(body, str) else json.dumps(body)
    return httpx.Response(status, headers=headers, content=content.encode())


def no(code: str, data: object = None, status: int = 409) -> httpx.Response:
    nested = json.dumps({"info": "No.", "data": data})
    return said({"code": code, "message": nested}, status)


NOT_THERE = said({"code": 404, "message": "Not found"}, 404)


def client_that_hears(
    answers: dict[str, httpx.Response], **options: Any
) -> BigBuyClient:
    def answer(request: httpx.Request) -> httpx.Response:
        known = answers.get(request.url.path, NOT_THERE)
        return httpx.Response(
            known.status_code, headers=known.headers, content=known.content
        )

    account = Options(**{"email": "orders@shop.test", **options})
    connection = RestConnection("bigbuy", "https://bb.test/rest", "token")
    return BigBuyClient(connection, account, lambda: NOON, httpx.MockTransport(answer))


def client_that_shows(
    order: dict[str, Any] = ORDER, parcels: object = (), **options: Any
) -> BigBuyClient:
    tracked = [{"id": 119, "reference": "PO-1", "trackings": list(parcels)}]
    answers = {FOUND: said({"id": "119"}), SHOWN: said(order), TRACKED: said(tracked)}
    return client_that_hears(answers, **options)
