"""Printful's side of its version 1, as suppliers/dialects/printful/client.py has it.

Where its description is silent the sandbox chooses: a code such as OR-13 is the
`reason` of an error, its name begins the `message`; what was confirmed is not confirmed
again (OR-1). Scripts are found by the packing slip's order number.
"""

import sqlite3
from functools import partial

from flask import Blueprint, Response, abort, request
from pydantic import ValidationError

from suppliers.contract import RejectReason
from suppliers.sandbox import orders, reports
from suppliers.sandbox.answers import answer
from suppliers.sandbox.books import find_script
from suppliers.sandbox.deciding import plan_for
from suppliers.sandbox.desk import desk
from suppliers.sandbox.messages import Kind, On, SandboxSupplier, Trouble
from suppliers.sandbox.mischief import Take, meddle
from suppliers.sandbox.wires import drafts
from suppliers.sandbox.wires.accounts import bearer
from suppliers.sandbox.wires.drafts import Draft
from suppliers.sandbox.wires.printful_orders import Asked, order

blueprint = Blueprint("printful", __name__, url_prefix="/printful/<code>")

IN_USE = ("OR-13", "EXTERNAL_ID_IN_USE: the external_id provided already exists")
NOT_EDITABLE = ("OR-1", "ORDER_NO_LONGER_EDITABLE: the order is no longer editable")
WORDS = {
    RejectReason.MERCHANT_BLOCKED_OR_SUSPENDED: ("OR-2", "STORE_TERMINATED"),
    RejectReason.INCORRECT_PRODUCT_INFO: ("OR-5", "INVALID_ORDER_ITEM"),
    RejectReason.INELIGIBLE_PRODUCT: ("OR-6", "RESTRICTED_VARIANT"),
    RejectReason.INTERNATIONAL_SHIPPING_UNAVAILABLE: (
        "OR-9",
        "LIMITED_SHIPPING_SERVICE",
    ),
    RejectReason.UNDELIVERABLE_DESTINATION: ("SH-2", "SHIPPING_DISABLED"),
    RejectReason.INCORRECT_ADDRESS: ("TR-2", "RECIPIENT_ERRORS"),
}
RESULTS = {400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}
ITS_OWN_WORDS = frozenset({Kind.RATE_LIMIT, Kind.DOWN, Kind.FAIL})
NEEDS_STATE = frozenset({"US", "CA", "AU"})


@blueprint.post("/orders")
def create(code: str) -> Response:
    supplier = _account(code)
    asked = _asked()
    with desk().books.writing() as books:
        orders.log_attempt(books, code, asked.external_id, desk().clock())
    take = partial(_draft, supplier, asked)
    return _attended(On.PREPARE, code, asked.external_id, take)


@blueprint.post("/orders/<key>/confirm")
def confirm(code: str, key: str) -> Response:
    supplier = _account(code)
    draft = _draft_of(code, key)
    take = partial(_place, supplier, draft)
    return _attended(On.SUBMIT, code, draft.reference, take)


@blueprint.get("/orders/<key>")
def show(code: str, key: str) -> Response:
    _account(code)
    take = partial(_show, code, key)
    return _attended(On.LOOK_UP, code, key.removeprefix("@"), take)


@blueprint.delete("/orders/<key>")
def cancel(code: str, key: str) -> Response:
    supplier = _account(code)
    draft = _draft_of(code, key)
    take = partial(_call_off, supplier, draft)
    return _attended(On.CANCEL, code, draft.reference, take)


def _account(code: str) -> SandboxSupplier:
    supplier = bearer(code)
    if supplier is None:
        abort(_error(401, "Unauthorized", "The access token provided is invalid."))
    return supplier


def _asked() -> Asked:
    try:
        return Asked.model_validate_json(request.get_data())
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        if wrong["type"] == "json_invalid":
            abort(_error(430, "InvalidJson", "Invalid JSON"))
        place = ".".join(str(step) for step in wrong["loc"])
        abort(_error(431, "InvalidParameter", f"{place}: {wrong['msg']}"))


def _draft_of(code: str, key: str) -> Draft:
    with desk().books.reading() as books:
        draft = drafts.find(books, code, key)
    if draft is None:
        abort(_error(404, "NotFound", "Not Found"))
    return draft


def _attended(on: On, code: str, reference: str, take: Take) -> Response:
    """As every page of the sandbox is, with troubles told in Printful's words."""
    now = desk().clock()
    trouble = desk().mischief.next(code, on, reference, now)
    if trouble is None:
        return take(None)
    if trouble.kind is Kind.REFUSE:
        return _refused(trouble.reason, trouble.word)
    if trouble.kind is Kind.FALL_BACK:
        return _show(code, f"@{reference}", None)
    response = meddle(trouble, take, now)
    if trouble.kind in ITS_OWN_WORDS:
        words = _error(response.status_code, trouble.kind, "as told")
        response.set_data(words.get_data())
    return response


def _draft(supplier: SandboxSupplier, asked: Asked, _: Trouble | None) -> Response:
    ordered = asked.ordered()
    with desk().books.writing() as books:
        if drafts.find(books, supplier.code, f"@{asked.external_id}") is not None:
            return _error(400, *IN_USE)
        script = find_script(books, supplier.code, ordered.order_name)
        if script is not None and script.refuse is not None:
            return _refused(script.refuse)
        to = asked.recipient
        if to.country_code in NEEDS_STATE and not to.state_code:
            return _refused(RejectReason.INCORRECT_ADDRESS)
        drafts.save(books, supplier.code, ordered, desk().clock())
        return _told(books, supplier.code, asked.external_id)


def _place(
    supplier: SandboxSupplier, draft: Draft, trouble: Trouble | None
) -> Response:
    now = desk().clock()
    with desk().books.writing() as books:
        standing = drafts.find(books, supplier.code, str(draft.id))
        assert standing is not None
        if standing.is_cancelled or standing.purchase_id is not None:
            return _error(400, *NOT_EDITABLE)
        ordered = draft.ordered
        script = find_script(books, supplier.code, ordered.order_name)
        plan = plan_for(books, supplier, ordered, now, script=script, trouble=trouble)
        purchase_id = orders.receive(books, supplier, ordered, plan, now)
        drafts.place(books, draft, purchase_id)
        return _told(books, supplier.code, draft.reference)


def _show(code: str, key: str, _: Trouble | None) -> Response:
    draft = _draft_of(code, key)
    with desk().books.reading() as books:
        return _told(books, code, draft.reference)


def _call_off(supplier: SandboxSupplier, draft: Draft, _: Trouble | None) -> Response:
    now = desk().clock()
    with desk().books.writing() as books:
        standing = drafts.find(books, supplier.code, str(draft.id))
        assert standing is not None
        if standing.purchase_id is None:
            drafts.cancel(books, draft)
        elif reports.report(books, standing.purchase_id, now)["status"] == "received":
            orders.cancel(books, supplier, standing.purchase_id, now)
        else:
            return _error(400, *NOT_EDITABLE)
        return _told(books, supplier.code, draft.reference)


def _told(books: sqlite3.Connection, code: str, reference: str) -> Response:
    draft = drafts.find(books, code, f"@{reference}")
    assert draft is not None
    state = None
    if draft.purchase_id is not None:
        state = reports.report(books, draft.purchase_id, desk().clock())
    prices = _prices(books, code, list(draft.ordered.units()))
    store = request.headers.get("X-PF-Store-Id", "")
    return answer({"code": 200, "result": order(draft, state, prices, store)})


def _prices(
    books: sqlite3.Connection, code: str, skus: list[str]
) -> dict[str, tuple[int, str]]:
    """What each of these costs; what has no price is free."""
    marks = ", ".join("?" * len(skus))
    found = books.execute(
        "SELECT sku, coalesce(unit_cost_cents, 0), coalesce(currency, '') FROM stock"
        f" WHERE supplier = ? AND sku IN ({marks})",
        (code, *skus),
    )
    return {sku: (cents, currency) for sku, cents, currency in found}


def _refused(reason: RejectReason, word: str = "") -> Response:
    known = ("BadRequest", "This cannot be ordered.")
    code, name = (word, word) if word else WORDS.get(reason, known)
    return _error(400, code, name)


def _error(status: int, reason: str, message: str) -> Response:
    words = {
        "code": status,
        "result": RESULTS.get(status, message),
        "error": {"reason": reason, "message": message},
    }
    return answer(words, status)
