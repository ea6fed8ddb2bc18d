"""A flat API: plain answers, a list that goes on by `Link`, calls signed by HMAC.

`X-Signature: sha256=HEX` is over method, path with query, `X-Timestamp` and body, one
to a line. Money is whole cents; moments are `02/03/2026 13:00:00` in Madrid.

    POST   orders             Idempotency-Key: its ref
        {ref, label, currency, name, street, …, lines: [[sku, units, cents]]}
      201, 200 ORDER          taken now, or before
    GET    orders?after=CURSOR&limit=N   {orders: [ORDER], left}, Link: …; rel="next"
    GET    orders/all?offset=N&limit=N   {orders: [ORDER]}
    GET    orders/by-ref/REFERENCE       ORDER, or 404 {error: "no_such_order", ref}
    DELETE orders/by-ref/REFERENCE       ORDER
    GET    stock                         {at, stock: [{sku, units, cents, money}]}
      422 {error, say}
"""

import hashlib
import hmac
import re
from functools import partial

from flask import Blueprint, Response, abort, request

from suppliers.sandbox import reports
from suppliers.sandbox.answers import answer, told
from suppliers.sandbox.books import books_id, find_supplier, stock_list
from suppliers.sandbox.desk import desk
from suppliers.sandbox.messages import (
    On,
    Ordered,
    SandboxSupplier,
    Trouble,
)
from suppliers.sandbox.wires import dealings
from suppliers.sandbox.wires.dealings import Refused, State
from suppliers.sandbox.wires.flat_words import Wanted, local, order, word

blueprint = Blueprint("flat", __name__, url_prefix="/declared/flat/<code>")


@blueprint.post("/orders")
def submit(code: str) -> Response:
    supplier = _account(code)
    ordered = told(Wanted, otherwise=400).ordered()
    key = request.headers.get("Idempotency-Key")
    if key is not None and key != ordered.reference:
        abort(answer({"error": "key_is_not_ref"}, 400))
    take = partial(_take, supplier, ordered)
    return dealings.attend(On.SUBMIT, code, ordered.reference, take)


@blueprint.get("/orders")
def changes(code: str) -> Response:
    _account(code)
    return dealings.attend(On.CHANGES, code, None, partial(_changed, code))


@blueprint.get("/orders/all")
def every_order(code: str) -> Response:
    supplier = _account(code)
    if not supplier.look_up:
        abort(405)
    return dealings.attend(On.LOOK_UP, code, None, partial(_all, code))


@blueprint.get("/orders/by-ref/<path:reference>")
def look_up(code: str, reference: str) -> Response:
    supplier = _account(code)
    if not supplier.look_up:
        abort(405)
    return dealings.attend(On.LOOK_UP, code, reference, partial(_show, code, reference))


@blueprint.delete("/orders/by-ref/<path:reference>")
def cancel(code: str, reference: str) -> Response:
    supplier = _account(code)
    take = partial(_call_off, supplier, reference)
    return dealings.attend(On.CANCEL, code, reference, take)


@blueprint.get("/stock")
def stock(code: str) -> Response:
    _account(code)
    return dealings.attend(On.STOCK, code, None, partial(_stock, code))


def _account(code: str) -> SandboxSupplier:
    with desk().books.reading() as books:
        supplier = find_supplier(books, code)
    if supplier is None or not _is_signed(supplier.token):
        abort(answer({"error": "signature"}, 401))
    return supplier


def _is_signed(secret: str) -> bool:
    stamp = request.headers.get("X-Timestamp", "")
    path = request.environ["REQUEST_URI"]  # as it was sent, not as it was understood
    body = request.get_data(as_text=True)
    message = f"{request.method}\n{path}\n{stamp}\n{body}".encode()
    right = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
    given = request.headers.get("X-Signature", "")
    return hmac.compare_digest(given.encode(), f"sha256={right}".encode())


def _take(
    supplier: SandboxSupplier, ordered: Ordered, trouble: Trouble | None
) -> Response:
    outcome = dealings.taken(supplier, ordered, trouble)
    if isinstance(outcome, Refused):
        return answer({"error": word(outcome.reason), "say": outcome.note}, 422)
    return answer(order(outcome.state), 201 if outcome.is_new else 200)


def _show(code: str, reference: str, _: Trouble | None) -> Response:
    return _order_or_none(dealings.found(code, reference), reference)


def _call_off(supplier: SandboxSupplier, reference: str, _: Trouble | None) -> Response:
    return _order_or_none(dealings.called_off(supplier, reference), reference)


def _changed(code: str, _: Trouble | None) -> Response:
    now = desk().clock()
    dealings.publish_due(code, now)
    limit = request.args.get("limit", 100, type=int)
    with desk().books.reading() as books:
        name = books_id(books)
        after = _position(request.args.get("after", ""), name)
        page, reached, more = reports.changes(books, code, after, limit=limit, now=now)
    response = answer({"orders": [order(each) for each in page], "left": int(more)})
    next_page = f"{request.path}?limit={limit}&after={name}-{reached}"
    response.headers["Link"] = f'</>; rel="start", <{next_page}>; rel="next"'
    return response


def _position(cursor: str, books: str) -> int:
    """Where a cursor points; one from other books starts at the beginning."""
    found = re.fullmatch("([0-9a-f]{8})-([0-9]{1,15})", cursor)
    return int(found[2]) if found is not None and found[1] == books else 0


def _all(code: str, _: Trouble | None) -> Response:
    limit = request.args.get("limit", 100, type=int)
    offset = request.args.get("offset", 0, type=int)
    states = dealings.all_states(code, limit, offset)
    return answer({"orders": [order(state) for state in states]})


def _stock(code: str, _: Trouble | None) -> Response:
    with desk().books.reading() as books:
        stock = stock_list(books, code)
    rows = [
        {
            "sku": item["sku"],
            "units": item["quantity"],
            "cents": item["unit_cost_cents"],
            "money": item["currency"],
        }
        for item in stock["items"]
    ]
    return answer({"at": local(stock["as_of"]), "stock": rows})


def _order_or_none(state: State | None, reference: str) -> Response:
    if state is None:
        return answer({"error": "no_such_order", "ref": reference}, 404)
    return answer(order(state))
