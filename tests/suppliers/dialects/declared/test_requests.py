"""What a declared supplier is sent: signed in, addressed and filled as it asks."""

import base64
import hashlib
import hmac
import json

import httpx
import pytest

from suppliers.contract import PurchaseItem, Recipient
from suppliers.dialects.declared.signing import KeyParameter, unsigned_path
from suppliers.errors import Rejected
from tests.suppliers.declared import FLAT

ORDER = {"ref": "PO-1", "id": "X-9", "standing": "accepted"}


@pytest.fixture
def sent(client_at, request_for):
    """The request that an order becomes."""

    def submit(token="secret", request=None, **changed) -> httpx.Request:
        seen = []

        def answer(request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return httpx.Response(200, json=ORDER)

        client_at(FLAT | changed, answer, token).submit(request or request_for("PO-1"))
        return seen[0]

    return submit


def test_a_bearer_token_is_sent(sent):
    assert sent(auth={"kind": "bearer"}).headers["authorization"] == "Bearer secret"


def test_a_key_is_sent_in_a_header_of_its_own(sent):
    request = sent(auth={"kind": "header", "name": "X-Key"})

    assert request.headers["x-key"] == "secret"
    assert "authorization" not in request.headers


def test_a_key_may_follow_a_word(sent):
    auth = {"kind": "header", "name": "Authorization", "prefix": "Token token="}

    assert sent(auth=auth).headers["authorization"] == "Token token=secret"


def test_a_password_is_sent_with_its_user(sent):
    said = sent(auth={"kind": "basic", "user": "ck_1"}).headers["authorization"]

    assert base64.b64decode(said.removeprefix("Basic ")) == b"ck_1:secret"


def test_a_key_is_sent_in_the_address(sent):
    request = sent(auth={"kind": "query", "name": "key"}, token="a b&c")

    assert request.url.params["key"] == "a b&c"


def test_a_signature_is_over_what_is_sent(sent):
    auth = FLAT["auth"] | {
        "message": "{timestamp}.{method}.{path}.{query}.{body}",
        "encoding": "base64",
        "timestamp": "iso",
        "value": "v1,{timestamp},{signature}",
    }

    request = sent(auth=auth)

    message = b"2026-03-02T12:00:00Z.POST./api/orders.." + request.content
    digest = hmac.new(b"secret", message, hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    assert request.headers["x-signature"] == f"v1,2026-03-02T12:00:00Z,{signature}"
    assert request.headers["x-timestamp"] == "2026-03-02T12:00:00Z"


@pytest.mark.parametrize("reference", ["a/b?c#d%2F", "a b", "à", "{id}"])
def test_the_signed_path_is_the_one_that_is_sent(client_at, reference):
    seen = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        order = ORDER | {"ref": reference}
        return httpx.Response(200, json=order)

    client_at(FLAT, answer).look_up(reference)

    path = seen[0].url.raw_path.decode()
    stamp = seen[0].headers["x-timestamp"]
    digest = hmac.new(b"secret", f"GET\n{path}\n{stamp}\n".encode(), hashlib.sha256)
    assert seen[0].headers["x-signature"] == f"sha256={digest.hexdigest()}"


def test_a_credential_never_stays_in_a_position():
    auth = KeyParameter(kind="query", name="key")

    assert unsigned_path(auth, "/a?page=2&key=secret&b=") == "/a?page=2&b="
    assert unsigned_path(auth, "/a?key=secret") == "/a"


def test_fixed_headers_and_the_key_against_duplicates_are_sent(sent):
    request = sent(
        headers={"Accept-Version": "2", "Content-Type": "application/vnd.api+json"},
        idempotency_header="X-Request-Id",
    )

    assert request.headers["accept-version"] == "2"
    assert request.headers["content-type"] == "application/vnd.api+json"
    assert request.headers["x-request-id"] == "PO-1"


def test_a_reference_that_cannot_be_a_header_is_not_sent(sent, request_for):
    with pytest.raises(Rejected):
        sent(request=request_for("PO-é"))


@pytest.fixture
def filled(sent, request_for):
    """What a template for the body of an order becomes."""

    def fill(body, **changed):
        told = FLAT["submit"] | {"body": body}
        request = request_for("PO-1", currency="EUR", **changed)
        return json.loads(sent(submit=told, request=request).content)

    return fill


def test_an_order_is_sent_as_it_is_declared_to_be(sent):
    assert sent(submit=FLAT["submit"] | {"method": "PUT"}).method == "PUT"


def test_a_template_keeps_the_types_of_what_it_holds(filled):
    body = {
        "fixed": [1, True, None, 1.5],
        "note": "order {order_name} in {currency}",
        "sum": "{total}",
        "cents": "{total_cents}",
    }

    assert filled(body, items=(PurchaseItem("A", 2, 505),)) == {
        "fixed": [1, True, None, 1.5],
        "note": "order #PO-1 in EUR",
        "sum": "10.10",
        "cents": 1010,
    }


def test_a_template_leaves_out_what_is_empty_where_it_may(filled):
    told = {
        "company?": "{recipient.company}",
        "phone?": "{recipient.phone}",
        "to": {"second?": "{recipient.address2}", "name": "{recipient.name}"},
    }
    ana = Recipient("Ana", "1 Road", "Town", "1000", "PT", phone="{sku}")

    assert filled(told, recipient=ana) == {
        "phone": "{sku}",  # what customers write is never a placeholder
        "to": {"name": "Ana"},
    }


def test_a_template_is_repeated_for_each_item(filled):
    row = {
        "n": "{line}",
        "sku": "{sku}",
        "of": "{reference}/{line}",
        "units": "{quantity}",
        "text": "{quantity:text}",
        "each": "{unit_cost}",
    }
    items = (PurchaseItem("A", 2, 505), PurchaseItem("{reference}", 1, 99))

    rows = filled({"rows": {"$items": row}}, items=items)["rows"]

    assert [list(each) for each in rows] == [list(row), list(row)]
    assert [tuple(each.values()) for each in rows] == [
        (1, "A", "PO-1/1", 2, "2", "5.05"),
        (2, "{reference}", "PO-1/2", 1, "1", "0.99"),
    ]


def test_decimal_money_has_the_decimals_of_its_currency(sent, request_for):
    body = FLAT["submit"]["body"] | {"sum": "{total}"}
    yen = request_for("PO-1", currency="JPY", items=(PurchaseItem("A", 2, 505),))

    request = sent(submit=FLAT["submit"] | {"body": body}, request=yen)

    assert json.loads(request.content)["sum"] == "1010"
