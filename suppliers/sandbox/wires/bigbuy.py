"""BigBuy's side of its interface, as suppliers/dialects/bigbuy/client.py has it.

Where nothing is known of it the sandbox chooses: a refusal is a 409, and the carrier's
states of a parcel come as entries of one tracking number. Scripts are found by `#` and
our reference. It says that it is asked too often in plain text, breaks down in HTML,
and its soft errors are the sandbox's own.
"""

import json
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, request
from pydantic import ValidationError

from suppliers.contract import RejectReason
from suppliers.sandbox import orders, reports
from suppliers.sandbox.answers import answer
from suppliers.sandbox.books import find_script, stock_list
from suppliers.sandbox.deciding import plan_for
from suppliers.sandbox.desk import desk
from suppliers.sandbox.messages import Kind, On, Ordered, SandboxSupplier, Trouble
from suppliers.sandbox.mischief import Take, meddle
from suppliers.sandbox.wires.accounts import bearer
from suppliers.sandbox.wires.bigbuy_orders import (
    Asked,
    order,
    price_line,
    stock_line,
    tracking,
)

blueprint = Blueprint("bigbuy", __name__, url_prefix="/bigbuy/<code>")

WORDS = {
    RejectReason.INVALID_SKU: "ER001",
    RejectReason.INVENTORY_OUT_OF_STOCK: "ER003",
    RejectReason.INCORRECT_ADDRESS: "ER004",
    RejectReason.OTHER: "ER007",
    RejectReason.UNDELIVERABLE_DESTINATION: "ER010",
    RejectReason.PAYMENT_DECLINED: "ER012",
    RejectReason.INTERNATIONAL_SHIPPING_UNAVAILABLE: "ER013",
    RejectReason.MERCHANT_BLOCKED_OR_SUSPENDED: "ER014",
}
TOO_OFTEN = "You exceeded the rate limit"
BROKEN = (
    "<html><body><h1>504 Gateway Time-out</h1>\n"
    "The server didn't respond in time.\n</body></html>"
)


@blueprint.post("/order/check.json")
def check(code: str) -> Response:
    _account(code)
    ordered = _asked()
    return _attended(On.PREPARE, code, ordered.reference, _looked_at)


@blueprint.post("/order/create.json")
def create(code: str) -> Response:
    supplier = _account(code)
    ordered = _asked()
    with desk().books.writing() as books:
        orders.log_attempt(books, code, ordered.reference, desk().clock())
    take = partial(_take, supplier, ordered)
    return _attended(On.SUBMIT, code, ordered.reference, take)


@blueprint.get("/order/reference/<reference>.json")
def find(code: str, reference: str) -> Response:
    _account(code)
    take = partial(_find, code, reference)
    return _attended(On.LOOK_UP, code, reference, take)


@blueprint.get("/order/<int:number>.json")
def show(code: str, number: int) -> Response:
    _account(code)
    return _attended(On.LOOK_UP, code, None, partial(_show, code, number))


@blueprint.get("/tracking/order/<int:number>.json")
def track(code: str, number: int) -> Response:
    _account(code)
    return _attended(On.LOOK_UP, code, None, partial(_track, code, number))


@blueprint.get("/catalog/<name>.json")
def catalog(code: str, name: str) -> Response:
    """Its lists of stock and prices; what it sells has no variations here."""
    _account(code)
    return _attended(On.STOCK, code, None, partial(_list, code, name))


def _account(code: str) -> SandboxSupplier:
    supplier = bearer(code)
    if supplier is None:
        abort(answer({"message": "Invalid Token"}, 401))
    return supplier


def _asked() -> Ordered:
    try:
        return Asked.model_validate_json(request.get_data()).ordered()
    except ValidationError as error:
        form: dict[str, Any] = {}
        for wrong in error.errors(include_url=False, include_input=False):
            _mark(form, [str(step) for step in wrong["loc"]][1:], wrong["msg"])
        words = {"code": 400, "message": "Validation Failed", "errors": form}
        abort(answer(words, 400))


def _mark(form: dict[str, Any], path: list[str], words: str) -> None:
    for step in path:
        form = form.setdefault("children", {}).setdefault(step, {})
    form.setdefault("errors", []).append(words)


def _attended(on: On, code: str, reference: str | None, take: Take) -> Response:
    """As every page of the sandbox is, with troubles told in BigBuy's ways."""
    now = desk().clock()
    trouble = desk().mischief.next(code, on, reference, now)
    if trouble is None:
        return take(None)
    if trouble.kind is Kind.REFUSE:
        return _no(trouble.word or WORDS.get(trouble.reason, "ER007"), "as told")
    response = meddle(trouble, take, now)
    if trouble.kind is Kind.RATE_LIMIT:
        reset = now + timedelta(seconds=trouble.retry_after or 0)
        response = Response(TOO_OFTEN, 429, mimetype="text/plain")
        response.headers["X-Ratelimit-Reset"] = str(int(reset.timestamp()))
    if trouble.kind is Kind.FAIL:
        response = Response(BROKEN, trouble.status, mimetype="text/html")
    return response


def _looked_at(_: Trouble | None) -> Response:
    return answer({"totalWithoutTaxes": 8.52, "total": 9.809999999999999})


def _take(
    supplier: SandboxSupplier, ordered: Ordered, trouble: Trouble | None
) -> Response:
    now = desk().clock()
    with desk().books.writing() as books:
        found = orders.find_purchase(books, supplier.code, ordered.reference)
        if found is not None:
            return _no("ER008", "The order already exists", {"orderId": found[0]})
        script = find_script(books, supplier.code, ordered.order_name)
        if script is not None and script.refuse is not None:
            return _no(WORDS.get(script.refuse, "ER007"), script.note)
        plan = plan_for(books, supplier, ordered, now, script=script, trouble=trouble)
        purchase_id = orders.receive(books, supplier, ordered, plan, now)
    response = Response("", 201, mimetype="application/json")
    response.headers["Location"] = f"/rest/order/{purchase_id}"
    response.autocorrect_location_header = False
    return response


def _find(code: str, reference: str, _: Trouble | None) -> Response:
    with desk().books.reading() as books:
        found = orders.find_purchase(books, code, reference)
    if found is None:
        return _unknown()
    return answer({"id": str(found[0])})


def _show(code: str, number: int, _: Trouble | None) -> Response:
    found = _state(code, number)
    return _unknown() if found is None else answer(order(number, *found))


def _track(code: str, number: int, trouble: Trouble | None) -> Response:
    found = _state(code, number)
    if found is None:
        return _unknown()
    ordered, _, state = found
    return answer(tracking(number, ordered.reference, state))


def _state(code: str, number: int) -> tuple[Ordered, str, dict[str, Any]] | None:
    with desk().books.reading() as books:
        row = books.execute(
            "SELECT body, received_at FROM purchase WHERE supplier = ? AND id = ?",
            (code, number),
        ).fetchone()
        if row is None:
            return None
        state = reports.report(books, number, desk().clock())
    return Ordered.model_validate_json(row[0]), row[1], state


def _list(code: str, name: str, _: Trouble | None) -> Response:
    with desk().books.reading() as books:
        items = list(enumerate(stock_list(books, code)["items"], start=1))
    lists = {
        "productsstockbyhandlingdays": [stock_line(*each) for each in items],
        "productprices": [
            price_line(number, item)
            for number, item in items
            if item["unit_cost_cents"] is not None
        ],
        "productsvariationsstockbyhandlingdays": [],
        "productvariationprices": [],
    }
    if name not in lists:
        return _unknown()
    size = request.args.get("pageSize", 1000, type=int)
    start = request.args.get("page", 0, type=int) * size
    return answer(lists[name][start : start + size])


def _no(code: str, words: str, data: object = None) -> Response:
    """Its refusals are JSON in JSON."""
    nested = json.dumps({"info": words, "data": data})
    return answer({"code": code, "message": nested}, 409)


def _unknown() -> Response:
    return answer({"code": 404, "message": "Not found"}, 404)
