"""What Printful may say, and a client that hears it."""

from datetime import UTC, datetime
from typing import Any

import httpx

from suppliers.dialects.printful.client import PrintfulClient
from suppliers.dialects.printful.requests import Options
from suppliers.dialects.rest import RestConnection

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FOUND = "GET /orders/@PO-1"
MADE = "POST /orders"
CONFIRMED = "POST /orders/13/confirm"
GONE = "DELETE /orders/@PO-1"


def order(status: str = "pending", **more: Any) -> httpx.Response:
    result = {
        "id": 13,
        "external_id": "PO-1",
        "status": status,
        "items": [{"id": 1, "external_variant_id": "A-1", "quantity": 2}],
        "costs": {"currency": "EUR", "subtotal": "10.00", "total": "15.00"},
        "shipments": [],
    }
    return httpx.Response(200, json={"code": 200, "result": result | more})


def no(status: int, reason: str = "", message: str = "") -> httpx.Response:
    error = {"reason": reason, "message": message}
    words = {"code": status, "result": message, "error": error}
    return httpx.Response(status, json=words)


class Printful(httpx.BaseTransport):
    """Answers each call with what is written for it, the last one for ever."""

    def __init__(self, **answers: list[httpx.Response]) -> None:
        self.asked: list[httpx.Request] = []
        self._answers = answers

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        waiting = self._answers[f"{request.method} {request.url.path}"]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return httpx.Response(
            answer.status_code, headers=answer.headers, content=answer.content
        )

    @property
    def calls(self) -> list[str]:
        return [f"{each.method} {each.url.path}" for each in self.asked]


def client_of(transport: Printful, **options: Any) -> PrintfulClient:
    connection = RestConnection("printful", "https://pf.test/", "token")
    return PrintfulClient(connection, Options(**options), lambda: NOON, transport)
