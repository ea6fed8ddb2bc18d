"""The named services' wires, byte by byte, as no client of ours would look at them."""

from datetime import UTC, datetime
from itertools import count

import httpx
import pytest

from suppliers.sandbox.messages import SandboxStock, SandboxSupplier

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PRINTFUL_ORDER = {
    "external_id": "PO-1",
    "recipient": {
        "name": "Ana",
        "address1": "1 Road",
        "city": "Town",
        "country_code": "PT",
        "zip": "1000",
    },
    "items": [{"external_variant_id": "A-1", "quantity": 2}],
    "packing_slip": {"custom_order_id": "#1"},
}
BIGBUY_ORDER = {
    "internalReference": "PO-1",
    "language": "en",
    "paymentMethod": "moneybox",
    "shippingAddress": {
        "firstName": "Ana",
        "lastName": "Gil",
        "country": "PT",
        "postcode": "1000",
        "town": "Town",
        "address": "1 Road",
        "phone": "1",
        "email": "ana@shop.test",
        "comment": "",
    },
    "products": [{"reference": "A-1", "quantity": 2}],
}
numbers = count(1)


@pytest.fixture
def code(remote) -> str:
    code = f"W{next(numbers)}"
    remote.add_suppliers([SandboxSupplier(code=code, token="t")])
    remote.set_stock(
        code, [SandboxStock(sku="A-1", quantity=5, unit_cost_cents=1212)], NOON
    )
    return code


@pytest.fixture
def wire(remote, code):
    signed_in = {"Authorization": "Bearer t"}
    with httpx.Client(base_url=remote.url, headers=signed_in, trust_env=False) as http:
        yield http


def test_printful_drafts_confirms_once_and_then_refuses(wire, code):
    made = wire.post(f"/printful/{code}/orders", json=PRINTFUL_ORDER)
    number = made.json()["result"]["id"]
    again = wire.post(f"/printful/{code}/orders", json=PRINTFUL_ORDER)
    confirmed = wire.post(f"/printful/{code}/orders/{number}/confirm")
    twice = wire.post(f"/printful/{code}/orders/{number}/confirm")

    assert (made.status_code, made.json()["code"]) == (200, 200)
    assert made.json()["result"]["status"] == "draft"
    assert made.json()["result"]["costs"]["subtotal"] == "24.24"
    assert made.json()["result"]["created"] == int(NOON.timestamp())
    assert again.status_code == 400
    assert again.json()["error"]["reason"] == "OR-13"
    assert "EXTERNAL_ID_IN_USE" in again.json()["error"]["message"]
    assert confirmed.json()["result"]["status"] == "pending"
    assert (twice.status_code, twice.json()["error"]["reason"]) == (400, "OR-1")


def test_printful_finds_by_its_number_and_by_ours(wire, code):
    made = wire.post(f"/printful/{code}/orders", json=PRINTFUL_ORDER).json()

    by_ours = wire.get(f"/printful/{code}/orders/@PO-1").json()
    by_its = wire.get(f"/printful/{code}/orders/{made['result']['id']}").json()
    nothing = wire.get(f"/printful/{code}/orders/@PO-2")

    assert by_ours == by_its == made
    assert nothing.status_code == 404
    assert nothing.json() == {
        "code": 404,
        "result": "Not Found",
        "error": {"reason": "NotFound", "message": "Not Found"},
    }


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"{", 430), (b'{"external_id": 7}', 431)],
    ids=["no JSON", "a wrong parameter"],
)
def test_printful_has_codes_of_its_own_for_what_it_cannot_read(
    wire, code, content, status
):
    answer = wire.post(f"/printful/{code}/orders", content=content)

    assert (answer.status_code, answer.json()["code"]) == (status, status)


def test_printful_knows_its_stores_by_their_token(wire, code):
    url = f"/printful/{code}/orders/@PO-1"

    answer = wire.get(url, headers={"Authorization": "Bearer x"})

    assert (answer.status_code, answer.json()["result"]) == (401, "Unauthorized")


def test_bigbuy_answers_an_order_with_nothing_but_where_it_lies(wire, code):
    url = f"/bigbuy/{code}/order/create.json"

    made = wire.post(url, json={"order": BIGBUY_ORDER})
    again = wire.post(url, json={"order": BIGBUY_ORDER})

    assert made.content == b""
    number = made.headers["Location"].removeprefix("/rest/order/")
    assert again.json()["code"] == "ER008"
    assert f'"orderId": {number}' in again.json()["message"]
    found = wire.get(f"/bigbuy/{code}/order/reference/PO-1.json").json()
    assert found == {"id": number}
    shown = wire.get(f"/bigbuy/{code}/order/{number}.json").json()
    assert shown["internalReference"] == "PO-1"
    assert shown["dateAdd"] == "2026-03-02 13:00:00"


def test_bigbuy_marks_the_field_that_is_wrong(wire, code):
    address = BIGBUY_ORDER["shippingAddress"] | {"address": "x" * 71}
    order = BIGBUY_ORDER | {"shippingAddress": address}

    answer = wire.post(f"/bigbuy/{code}/order/create.json", json={"order": order})

    assert (answer.status_code, answer.json()["message"]) == (400, "Validation Failed")
    fields = answer.json()["errors"]["children"]["shippingAddress"]["children"]
    assert list(fields) == ["address"]


def test_bigbuy_misbehaves_in_its_own_ways(wire, remote, code):
    url = f"/bigbuy/{code}/order/create.json"
    remote.misbehave(code, "rate_limit", retry_after=60)
    remote.misbehave(code, "fail", status=504)
    remote.misbehave(code, "soft_error", when="before")
    remote.misbehave(code, "soft_error", when="before", is_raw=True)

    often, late, soft, raw = (
        wire.post(url, json={"order": BIGBUY_ORDER}) for _ in range(4)
    )

    assert (often.status_code, often.text) == (429, "You exceeded the rate limit")
    assert often.headers["X-Ratelimit-Reset"] == str(int(NOON.timestamp()) + 60)
    assert "Retry-After" not in often.headers
    assert late.status_code == 504
    assert late.text.startswith("<html><body><h1>504 Gateway Time-out</h1>")
    assert (soft.status_code, soft.json()["code"]) == (200, 500)
    assert raw.status_code == 200
    assert raw.text.startswith("HTTP/1.0 500 Internal Server Error\r\n")


def test_bigbuy_lists_stock_by_how_fast_it_leaves(wire, code):
    url = f"/bigbuy/{code}/catalog/productsstockbyhandlingdays.json"

    (line,) = wire.get(url, params={"page": 0, "pageSize": 10}).json()
    beyond = wire.get(url, params={"page": 1, "pageSize": 10}).json()

    assert line["sku"] == "A-1"
    assert [each["quantity"] for each in line["stocks"]] == [3, 2]
    assert beyond == []
