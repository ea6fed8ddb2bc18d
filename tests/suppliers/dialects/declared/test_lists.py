"""Lists that come in pages, whatever way they go on: nothing skipped, none endless."""

from typing import Any

import httpx
import pytest

from suppliers.contract import PurchaseReport
from suppliers.errors import Garbled, Rejected, Unavailable
from tests.suppliers.declared import ENVELOPE, FLAT, SCANNED

NUMBERS = list(range(1, 8))


def order(number: int, **more: Any) -> dict[str, Any]:
    return {"ref": f"PO-{number}", "id": number, "standing": "accepted"} | more


class Shelf:
    """A server whose stock has seven rows, told in pages of three."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.raw_path.decode())
        told = dict(request.url.params)
        start = int(told.get("from", told.get("offset", "0")))
        if "page" in told:
            start = (int(told["page"]) - 1) * 3
        rows = [{"sku": f"S-{n}", "units": n} for n in NUMBERS[start : start + 3]]
        body: dict[str, Any] = {"stock": rows, "at": "02/03/2026 13:00:00"}
        is_last = start + 3 >= len(NUMBERS)
        body["next"] = None if is_last else start + 3
        link = {} if is_last else {"Link": f'<stock?from={start + 3}>; rel="next"'}
        return httpx.Response(200, json=body, headers=link)


PAGINGS = {
    "page": {"kind": "page", "size": 3},
    "offset": {"kind": "offset", "size": 3},
    "cursor": {"kind": "cursor", "parameter": "from", "next": "next"},
    "link": {"kind": "link"},
    "page with a sign": {"kind": "page", "size": 50, "more": "next != null"},
}


def stock_in(paging: dict[str, Any]) -> dict[str, Any]:
    stock = {"path": "/stock", "rows": "stock", "sku": "sku", "quantity": "units"}
    return FLAT | {"stock": stock | {"as_of": "at", "paging": paging}}


@pytest.mark.parametrize("paging", PAGINGS.values(), ids=PAGINGS.keys())
def test_stock_is_read_to_its_end(client_at, paging):
    shelf = Shelf(paging["kind"])

    reading = client_at(stock_in(paging), shelf).read_stock()

    assert [row.quantity for row in reading.rows] == NUMBERS
    assert len(shelf.asked) == 3
    assert all(path.startswith("/api/stock") for path in shelf.asked)


def test_a_size_is_asked_for_by_its_name(client_at):
    shelf = Shelf("page")

    client_at(
        stock_in({"kind": "page", "size": 3, "size_parameter": "limit"}), shelf
    ).read_stock()

    assert shelf.asked[0] == "/api/stock?limit=3&page=1"


ROW = {"sku": "A", "units": 1}
BROKEN = {
    "no list": {"stock": {"sku": "A"}},
    "nothing": {},
    "a text as a list": {"stock": "A"},
    "no SKU": {"stock": [{"units": 1}]},
    "a negative count": {"stock": [ROW | {"units": -1}]},
    "a word for a count": {"stock": [ROW | {"units": "many"}]},
    "an amount of no currency": {"stock": [ROW | {"cents": 5, "money": "euro"}]},
    "a moment that is none": {"stock": [ROW], "at": "today"},
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_stock_list_is_garbled(client_that_hears, body):
    with pytest.raises(Garbled):
        client_that_hears(FLAT, body).read_stock()


@pytest.mark.parametrize(
    ("price", "cents"),
    [("5.05", 505), (5.05, 505), (5, 500), ("0", 0), (None, None)],
)
def test_decimal_amounts_are_read_to_the_cent(client_that_hears, price, cents):
    row = {"article": "A", "on_hand": "3", "price": price, "currency": "EUR"}
    body = {"ok": True, "data": {"rows": [row]}}

    (read,) = client_that_hears(ENVELOPE, body).read_stock().rows

    assert (read.quantity, read.unit_cost_cents) == (3, cents)


@pytest.mark.parametrize("price", ["5.055", "-1", "5,05", "1e3", True, 1e30, [5]])
def test_an_amount_that_is_none_is_garbled(client_that_hears, price):
    row = {"article": "A", "on_hand": 3, "price": price, "currency": "EUR"}

    with pytest.raises(Garbled):
        client_that_hears(ENVELOPE, {"ok": True, "data": {"rows": [row]}}).read_stock()


@pytest.mark.parametrize(
    "link",
    ["https://elsewhere.test/api/stock", "http://acme.test/api/stock", "//x/stock"],
)
def test_a_link_to_another_server_is_not_followed(client_that_hears, link):
    client = client_that_hears(
        stock_in({"kind": "link"}), {"stock": [ROW]}, Link=f'<{link}>; rel="next"'
    )

    with pytest.raises(Garbled):
        client.read_stock()


@pytest.mark.parametrize(
    ("paging", "headers"),
    [
        ({"kind": "cursor", "next": "next"}, {}),
        ({"kind": "link"}, {"Link": "</api/stock?from=3>; rel=next"}),
    ],
    ids=["cursor", "link"],
)
def test_a_list_that_goes_in_a_circle_ends(client_that_hears, paging, headers):
    body = {"stock": [ROW], "next": "again"}

    with pytest.raises(Garbled, match="no end"):
        client_that_hears(stock_in(paging), body, **headers).read_stock()


def test_a_list_of_changes_that_stands_still_is_garbled(client_that_hears):
    paging = {"kind": "cursor", "next": "next", "more": "`true`"}
    declaration = FLAT | {"changes": FLAT["changes"] | {"paging": paging}}
    client = client_that_hears(declaration, {"orders": [order(1)], "next": "x"})

    cursor = client.changes(None).cursor

    with pytest.raises(Garbled, match="stands still"):
        client.changes(cursor)


def test_one_broken_order_makes_the_whole_page_unreadable(client_that_hears):
    orders = [order(1), order(2, standing="moon")]

    with pytest.raises(Garbled):
        client_that_hears(FLAT, {"orders": orders, "left": 0}).changes(None)


def test_a_refused_question_is_only_unavailable(client_that_hears):
    with pytest.raises(Unavailable):
        client_that_hears(FLAT, {"error": "invalid-sku"}, 422).changes(None)
    with pytest.raises(Unavailable):
        client_that_hears(ENVELOPE, {"ok": False, "error": {}}).read_stock()


class Ledger:
    """Orders by the moment of their last change; asked since a moment, in pages."""

    def __init__(self) -> None:
        self.changed = {number: f"{number:02}" for number in NUMBERS}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = request.url.params
        since = asked.get("since", "")
        start = (int(asked["page"]) - 1) * 3
        rows = sorted((at, n) for n, at in self.changed.items() if at >= since)
        page = [order(n, changed=at) for at, n in rows[start : start + 3]]
        return httpx.Response(200, json={"orders": page})


SINCE = FLAT | {
    "changes": {
        "path": "/orders",
        "orders": "orders",
        "paging": {"kind": "page", "size": 3},
        "since": {"parameter": "since", "value": "changed"},
    }
}


def pages(client, cursor: str | None) -> tuple[list[PurchaseReport], str]:
    found, more = [], True
    while more:
        page = client.changes(cursor)
        found.extend(page.reports)
        cursor, more = page.cursor, page.more
    return found, cursor


def test_an_order_that_changes_between_pages_pushes_no_other_out(client_at):
    ledger = Ledger()
    client = client_at(SINCE, ledger)

    first = client.changes(None)
    ledger.changed[1] = "90"  # a list by pages would now skip what moves up
    rest, cursor = pages(client, first.cursor)
    ledger.changed[2] = "91"
    later, _ = pages(client, cursor)

    told = {report.reference for report in (*first.reports, *rest)}
    assert told == {f"PO-{number}" for number in NUMBERS}
    assert "PO-2" in {report.reference for report in later}


def test_more_changes_at_one_moment_than_a_page_holds_are_all_read(client_at):
    ledger = Ledger()
    ledger.changed = dict.fromkeys(NUMBERS, "05")

    found, _ = pages(client_at(SINCE, ledger), None)

    assert {r.reference for r in found} == {f"PO-{number}" for number in NUMBERS}


@pytest.mark.parametrize(
    "kept", ["", "c1aa6e05-5", "at=%2Forders%3Fpage%3D2", "at=far", "at=%00", "since"]
)
def test_a_cursor_kept_for_another_declaration_begins_anew(client_at, kept):
    found, _ = pages(client_at(SINCE, Ledger()), kept)

    assert {r.reference for r in found} == {f"PO-{number}" for number in NUMBERS}


def test_an_order_is_found_in_a_list_however_long(client_at):
    def answer(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params["offset"])
        shown = [order(n) for n in NUMBERS[start : start + 2]]
        return httpx.Response(200, json={"orders": shown})

    client = client_at(SCANNED, answer)

    assert client.look_up("PO-6").supplier_reference == "6"
    assert client.look_up("PO-9") is None


def test_a_list_that_is_refused_proves_nothing(client_that_hears):
    with pytest.raises(Unavailable):
        client_that_hears(SCANNED, {}, 404).look_up("PO-1")
    with pytest.raises(Rejected):
        client_that_hears(SCANNED, {}, 405).look_up("PO-1")
    gone = {"error": "no_such_order", "ref": "PO-1"}
    assert client_that_hears(SCANNED, gone, 404).look_up("PO-1") is None
