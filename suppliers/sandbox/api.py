"""The suppliers' side of the plain REST dialect, suppliers/dialects/rest.py."""

import hmac
import re
from datetime import datetime
from functools import partial

from flask import Blueprint, Response, abort, request

from suppliers.sandbox import orders, reports
from suppliers.sandbox.answers import answer, told
from suppliers.sandbox.books import books_id, find_script, find_supplier, stock_list
from suppliers.sandbox.deciding import plan_for
from suppliers.sandbox.desk import desk
from suppliers.sandbox.messages import Guard, On, Ordered, SandboxSupplier, Trouble
from suppliers.sandbox.mischief import Take, is_taken, meddle

blueprint = Blueprint("api", __name__, url_prefix="/s/<code>")

MOST_CHANGES = 1000  # in one page, whatever is asked for


@blueprint.post("/orders")
def submit(code: str) -> Response:
    supplier = _account(code)
    ordered = told(Ordered, otherwise=400)
    if request.headers.get("Idempotency-Key") != ordered.reference:
        abort(answer({"error": "the key must be the reference"}, 400))
    now = desk().clock()
    trouble = desk().mischief.next(code, On.SUBMIT, ordered.reference, now)
    if trouble is not None and not is_taken(trouble):
        with desk().books.writing() as books:
            orders.log_attempt(books, code, ordered.reference, now)
    return meddle(trouble, partial(_take, supplier, ordered, now), now)


@blueprint.get("/orders/<path:reference>")
def look_up(code: str, reference: str) -> Response:
    supplier = _account(code)
    if not supplier.look_up:
        abort(answer({"error": "we do not look up orders"}, 405))
    return _attended(On.LOOK_UP, code, reference, partial(_show, code, reference))


@blueprint.get("/orders")
def changes(code: str) -> Response:
    _account(code)
    return _attended(On.CHANGES, code, None, partial(_list_changes, code))


@blueprint.post("/orders/<path:reference>/cancel")
def cancel(code: str, reference: str) -> Response:
    supplier = _account(code)
    return _attended(
        On.CANCEL, code, reference, partial(_call_off, supplier, reference)
    )


@blueprint.get("/stock")
def stock(code: str) -> Response:
    _account(code)
    return _attended(On.STOCK, code, None, partial(_list_stock, code))


def _account(code: str) -> SandboxSupplier:
    with desk().books.reading() as books:
        supplier = find_supplier(books, code)
    if supplier is None:
        abort(answer({"error": "no such supplier"}, 404))
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {supplier.token}".encode()):
        abort(answer({"error": "wrong token"}, 401))
    return supplier


def _attended(on: On, code: str, reference: str | None, take: Take) -> Response:
    now = desk().clock()
    return meddle(desk().mischief.next(code, on, reference, now), take, now)


def _take(
    supplier: SandboxSupplier, ordered: Ordered, now: datetime, trouble: Trouble | None
) -> Response:
    with desk().books.writing() as books:
        orders.log_attempt(books, supplier.code, ordered.reference, now)
        if supplier.guard is Guard.KEY:
            found = orders.find_purchase(books, supplier.code, ordered.reference)
            if found is not None:
                same = found[1] == ordered.model_dump_json()
                state = reports.report(books, found[0], now)
                return answer(state, 200 if same else 409)
        script = find_script(books, supplier.code, ordered.order_name)
        if script is not None and script.refuse is not None:
            return answer({"reason": script.refuse, "note": script.note}, 422)
        plan = plan_for(books, supplier, ordered, now, script=script, trouble=trouble)
        purchase_id = orders.receive(books, supplier, ordered, plan, now)
        return answer(reports.report(books, purchase_id, now), 201)


def _show(code: str, reference: str, _: Trouble | None) -> Response:
    with desk().books.reading() as books:
        found = orders.find_purchase(books, code, reference)
        if found is None:
            return _unknown(reference)
        return answer(reports.report(books, found[0], desk().clock()))


def _call_off(supplier: SandboxSupplier, reference: str, _: Trouble | None) -> Response:
    now = desk().clock()
    with desk().books.writing() as books:
        found = orders.find_purchase(books, supplier.code, reference)
        if found is None:
            return _unknown(reference)
        orders.cancel(books, supplier, found[0], now)
        return answer(reports.report(books, found[0], now))


def _list_changes(code: str, _: Trouble | None) -> Response:
    now = desk().clock()
    limit = request.args.get("limit", 100, type=int)
    with desk().books.reading() as books:
        is_due = bool(reports.waiting(books, code, now))
    if is_due:
        with desk().books.writing() as books:
            reports.publish(books, code, reports.waiting(books, code, now))
    with desk().books.reading() as books:
        name = books_id(books)
        page, reached, more = reports.changes(
            books,
            code,
            _position(request.args.get("since"), name),
            limit=min(max(limit, 1), MOST_CHANGES),
            now=now,
        )
    return answer({"orders": page, "cursor": f"{name}-{reached}", "more": more})


def _position(cursor: str | None, books: str) -> int:
    """Where a cursor points; one from other books starts at the beginning."""
    if cursor is None:
        return 0
    found = re.fullmatch("([0-9a-f]{8})-([0-9]{1,15})", cursor)
    if found is None:
        abort(answer({"error": "not one of our cursors"}, 400))
    return int(found[2]) if found[1] == books else 0


def _list_stock(code: str, _: Trouble | None) -> Response:
    with desk().books.reading() as books:
        response = answer(stock_list(books, code))
    response.add_etag()
    response.make_conditional(request)
    return response


def _unknown(reference: str) -> Response:
    return answer({"error": "unknown_order", "reference": reference}, 404)
