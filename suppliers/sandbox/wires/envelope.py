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
from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, request
from pydantic import ConfigDict, Field

from config.money import to_cents, to_text
from suppliers.contract import RejectReason
from suppliers.sandbox import reports
from suppliers.sandbox.answers import answer, told
from suppliers.sandbox.books import find_supplier, stock_list
from suppliers.sandbox.desk import desk
from suppliers.sandbox.messages import (
    On,
    Ordered,
    OrderedFor,
    OrderedItem,
    SandboxSupplier,
    Told,
    Trouble,
)
from suppliers.sandbox.wires import dealings
from suppliers.sandbox.wires.dealings import Refused, State

blueprint = Blueprint("envelope", __name__, url_prefix="/declared/envelope/<code>")

STATES = {
    "received": 1,
    "accepted": 2,
    "partly_accepted": 3,
    "rejected": 8,
    "cancelled": 9,
}


class Line(Told):
    no: int
    article: str
    qty: str
    price: str


class Purchase(Told):
    external_ref: str = Field(min_length=1)
    label: str
    currency: str
    total: str
    ship_to: OrderedFor
    lines: tuple[Line, ...]


class Wrapped(Told):
    model_config = ConfigDict(extra="forbid")
    purchase: Purchase

    def ordered(self) -> Ordered:
        said = self.purchase
        return Ordered(
            reference=said.external_ref,
            order_name=said.label,
            currency=said.currency,
            recipient=said.ship_to,
            items=tuple(
                OrderedItem(
                    sku=line.article,
                    quantity=int(line.qty),
                    unit_cost_cents=to_cents(line.price, said.currency),
                )
                for line in said.lines
            ),
        )


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
        return _no(_code(outcome.reason), outcome.note)
    if not outcome.is_new:
        return _no("E_DUPLICATE", "taken before", number=outcome.number)
    response = Response(b"", 201)
    response.headers["Location"] = f"{request.base_url}/{outcome.number}"
    return response


def _show(code: str, reference: str, _: Trouble | None) -> Response:
    state = dealings.found(code, reference)
    if state is None:
        return _no("E_NOT_FOUND", "no such purchase", external_ref=reference)
    return answer({"ok": True, "data": {"purchase": _purchase(state)}})


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
            _purchase(reports.report(books, number, now)) | {"revision": revision}
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
            "price": _price(item),
            "currency": item["currency"],
        }
        for item in stock["items"][offset : offset + limit]
    ]
    as_of = _epoch(stock["as_of"])
    return answer({"ok": True, "as_of": as_of, "data": {"rows": rows}})


def _purchase(state: State) -> dict[str, Any]:
    number = state["supplier_reference"].rsplit("-", 1)[1]
    return {
        "external_ref": state["reference"],
        "number": int(number),
        "state": STATES[state["status"]],
        "times": {
            "confirmed": _epoch(state["acknowledged_at"]),
            "ship_by": _epoch(state["ship_by"]),
            "arrive_by": _epoch(state["deliver_by"]),
        },
        "trouble": state["reason"] and {"code": _code(state["reason"])},
        "remark": state["note"],
        "lines": [
            {"article": i["sku"], "granted": str(i["accepted_quantity"])}
            for i in state["items"]
        ],
        "boxes": [_box(parcel) for parcel in state["parcels"]],
    }


def _box(parcel: State) -> dict[str, Any]:
    return {
        "id": parcel["shipment_id"],
        "via": {"name": parcel["carrier"], "code": parcel["tracking_number"]},
        "holds": [
            {"article": each["sku"], "qty": str(each["quantity"])}
            for each in parcel["contents"]
        ],
        "events": [
            {"what": each["kind"].upper(), "when": _epoch(each["at"])}
            for each in parcel["scans"]
        ],
    }


def _page() -> tuple[int, int]:
    size = request.args.get("per_page", 50, type=int)
    return size, (request.args.get("page", 1, type=int) - 1) * size


def _price(item: State) -> str | None:
    if item["unit_cost_cents"] is None:
        return None
    return to_text(item["unit_cost_cents"], item["currency"])


def _epoch(moment: str | None) -> int | None:
    return None if moment is None else int(datetime.fromisoformat(moment).timestamp())


def _code(reason: RejectReason | str) -> str:
    return f"E_{RejectReason(reason).value.upper()}"


def _no(code: str, text: str, **more: Any) -> Response:
    return answer({"ok": False, "error": {"code": code, "text": text, **more}})
