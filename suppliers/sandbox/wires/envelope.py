"""An API in an envelope: every answer says `ok`, and a no comes with HTTP 200.

Signs in with `X-Api-Key`. Moments are seconds since 1970, money is decimal text,
quantities are text. An order's number is only in the `Location` header.

    POST v2/purchases   {purchase: {external_ref, label, currency, total, ship_to,
                                    lines: [{no, article, qty, price}]}}
      201               Location: …/v2/purchases/NUMBER
    GET  v2/purchases?external_ref=REFERENCE     {ok, data: {purchase}}
    GET  v2/purchases/changed?after=REVISION&page=N&per_page=N   {ok, data: {purchases}}
    POST v2/purchases/NUMBER/cancellation        {ok}
    GET  v2/stock?page=N&per_page=N              {ok, as_of, data: {rows}}
      200               {ok: false, error: {code, text, external_ref, number}}
"""

import hmac
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, request

from suppliers.sandbox import reports
from suppliers.sandbox.answers import answer, told
from suppliers.sandbox.books import find_supplier, stock_list
from suppliers.sandbox.desk import desk
from suppliers.sandbox.messages import (
    On,
    Ordered,
    SandboxSupplier,
    Trouble,
)
from suppliers.sandbox.wires import dealings
from suppliers.sandbox.wires.dealings import Refused
from suppliers.sandbox.wires.envelope_words import Wrapped, epoch, price, purchase, word

blueprint = Blueprint("envelope", __name__, url_prefix="/declared/envelope/<code>")


@blueprint.post("/v2/purchases")
def submit(code: str) -> Response:
    supplier = _account(code)
    ordered = told(Wrapped, otherwise=400).ordered()
    take = partial(_take, supplier, ordered)
    return dealings.attend(On.SUBMIT, code, ordered.reference, take)


@blueprint.get("/v2/purchases")
def look_up(code: str) -> Response:
    supplier = _account(code)
    if not supplier.look_up:
        abort(405)
    reference = request.args.get("external_ref", "")
    return dealings.attend(On.LOOK_UP, code, reference, partial(_show, code, reference))


@blueprint.get("/v2/purchases/changed")
def changes(code: str) -> Response:
    _account(code)
    return dealings.attend(On.CHANGES, code, None, partial(_changed, code))


@blueprint.post("/v2/purchases/<int:number>/cancellation")
def cancel(code: str, number: int) -> Response:
    supplier = _account(code)
    with desk().books.reading() as books:
        row = books.execute(
            "SELECT reference FROM purchase WHERE id = ? AND supplier = ?",
            (number, code),
        ).fetchone()
    if row is None:
        return _no("E_NOT_FOUND", "no such purchase")
    take = partial(_call_off, supplier, row[0])
    return dealings.attend(On.CANCEL, code, row[0], take)


@blueprint.get("/v2/stock")
def stock(code: str) -> Response:
    _account(code)
    return dealings.attend(On.STOCK, code, None, partial(_stock, code))


def _account(code: str) -> SandboxSupplier:
    with desk().books.reading() as books:
        supplier = find_supplier(books, code)
    given = request.headers.get("X-Api-Key", "").encode()
    if supplier is None or not hmac.compare_digest(given, supplier.token.encode()):
        abort(answer({"ok": False, "error": {"code": "E_KEY"}}, 401))
    return supplier


def _take(
    supplier: SandboxSupplier, ordered: Ordered, trouble: Trouble | None
) -> Response:
    outcome = dealings.taken(supplier, ordered, trouble)
    if isinstance(outcome, Refused):
        return _no(word(outcome.reason), outcome.note)
    if not outcome.is_new:
        return _no("E_DUPLICATE", "taken before", number=outcome.number)
    response = Response(b"", 201)
    response.headers["Location"] = f"{request.base_url}/{outcome.number}"
    return response


def _show(code: str, reference: str, _: Trouble | None) -> Response:
    state = dealings.found(code, reference)
    if state is None:
        return _no("E_NOT_FOUND", "no such purchase", external_ref=reference)
    return answer({"ok": True, "data": {"purchase": purchase(state)}})


def _changed(code: str, _: Trouble | None) -> Response:
    now = desk().clock()
    dealings.publish_due(code, now)
    after = request.args.get("after", 0, type=int)
    limit, offset = _page()
    with desk().books.reading() as books:
        rows = books.execute(
            "SELECT purchase_id, max(published) AS revision FROM event"
            " WHERE supplier = ? AND published IS NOT NULL GROUP BY purchase_id"
            " HAVING revision > ? ORDER BY revision LIMIT ? OFFSET ?",
            (code, after, limit, offset),
        ).fetchall()
        purchases = [
            purchase(reports.report(books, number, now)) | {"revision": revision}
            for number, revision in rows
        ]
    return answer({"ok": True, "data": {"purchases": purchases}})


def _call_off(supplier: SandboxSupplier, reference: str, _: Trouble | None) -> Response:
    before = dealings.found(supplier.code, reference)
    after = dealings.called_off(supplier, reference)
    assert before is not None
    assert after is not None
    if before["status"] == "cancelled":
        return _no("E_ALREADY", "cancelled before")
    if after["status"] != "cancelled":
        return _no("E_TOO_LATE", "it has left")
    return answer({"ok": True})


def _stock(code: str, _: Trouble | None) -> Response:
    limit, offset = _page()
    with desk().books.reading() as books:
        stock = stock_list(books, code)
    rows = [
        {
            "article": item["sku"],
            "on_hand": item["quantity"],
            "price": price(item),
            "currency": item["currency"],
        }
        for item in stock["items"][offset : offset + limit]
    ]
    as_of = epoch(stock["as_of"])
    return answer({"ok": True, "as_of": as_of, "data": {"rows": rows}})


def _page() -> tuple[int, int]:
    size = request.args.get("per_page", 50, type=int)
    return size, (request.args.get("page", 1, type=int) - 1) * size


def _no(code: str, text: str, **more: Any) -> Response:
    return answer({"ok": False, "error": {"code": code, "text": text, **more}})
