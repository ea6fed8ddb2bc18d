"""A supplier's web server with CSV files on it (suppliers/dialects/csvfeed/client.py).

    GET stock.csv       ?separator=; &encoding=windows-1255 &gzip=file|answer &etag=no
    PUT, GET orders/{reference}.csv, PUT orders/{reference}.cancel.csv
    GET shipments.csv   the whole state of all orders: a row for each item and parcel

It signs in by bearer token, by password, or by `token` in the address. An order is
written to the books by its first file; the same name again changes nothing.
"""

import gzip
import hmac
from datetime import datetime
from functools import partial

from flask import Blueprint, Response, abort, request

from suppliers.sandbox import orders
from suppliers.sandbox.answers import answer
from suppliers.sandbox.books import find_supplier, stock_list
from suppliers.sandbox.desk import desk
from suppliers.sandbox.messages import On, Ordered, SandboxSupplier, Trouble
from suppliers.sandbox.wires.csvfeed_files import (
    order_file,
    ordered_by,
    shipment_file,
    stock_file,
)
from suppliers.sandbox.wires.dealings import (
    Refused,
    all_states,
    attend,
    called_off,
    taken,
)

blueprint = Blueprint("csvfeed", __name__, url_prefix="/csv/<code>")

CANCELLATION = ".cancel"
MOST_SHIPMENTS = 1_000_000  # orders in the file: all of them


@blueprint.put("/orders/<path:name>.csv")
def put(code: str, name: str) -> Response:
    supplier = _account(code)
    if name.endswith(CANCELLATION):
        reference = name.removesuffix(CANCELLATION)
        return attend(
            On.CANCEL, code, reference, partial(_call_off, supplier, reference)
        )
    return attend(On.SUBMIT, code, name, partial(_take, supplier, _ordered(name)))


@blueprint.get("/orders/<path:name>.csv")
def show(code: str, name: str) -> Response:
    supplier = _account(code)
    if not supplier.look_up:
        abort(answer({"error": "files are not shown"}, 405))
    return attend(On.LOOK_UP, code, name, partial(_show, code, name))


@blueprint.get("/stock.csv")
def stock(code: str) -> Response:
    _account(code)
    return attend(On.STOCK, code, None, partial(_list_stock, code))


@blueprint.get("/shipments.csv")
def shipments(code: str) -> Response:
    _account(code)
    return attend(On.CHANGES, code, None, partial(_list_shipments, code))


def _account(code: str) -> SandboxSupplier:
    with desk().books.reading() as books:
        supplier = find_supplier(books, code)
    if supplier is None:
        abort(answer({"error": "no such supplier"}, 404))
    if not hmac.compare_digest(_shown().encode(), supplier.token.encode()):
        abort(answer({"error": "wrong token"}, 401))
    return supplier


def _shown() -> str:
    """The credential of this request, whichever way it is shown."""
    shown = request.authorization
    if shown is None:
        return request.args.get("token", "")
    return shown.token or shown.password or ""


def _ordered(name: str) -> Ordered:
    try:
        ordered = ordered_by(request.get_data())
    except ValueError as error:
        abort(answer({"error": "unreadable", "wrong": str(error)}, 400))
    if ordered.reference != name:
        abort(answer({"error": "the file must be named after its order"}, 400))
    return ordered


def _take(
    supplier: SandboxSupplier, ordered: Ordered, trouble: Trouble | None
) -> Response:
    done = taken(supplier, ordered, trouble)
    if isinstance(done, Refused):
        return answer({"reason": done.reason, "note": done.note}, 422)
    return Response(status=201 if done.is_new else 204)


def _show(code: str, reference: str, _: Trouble | None) -> Response:
    with desk().books.reading() as books:
        known = orders.find_purchase(books, code, reference)
    if known is None:
        return Response(status=404)
    return _file(order_file(Ordered.model_validate_json(known[1])).encode())


def _call_off(supplier: SandboxSupplier, reference: str, _: Trouble | None) -> Response:
    known = called_off(supplier, reference)
    return Response(status=404 if known is None else 201)


def _list_stock(code: str, _: Trouble | None) -> Response:
    with desk().books.reading() as books:
        listed = stock_list(books, code)
    text = stock_file(listed["items"], request.args.get("separator", ","))
    response = _file(text.encode(request.args.get("encoding", "utf-8")))
    if listed["as_of"] is not None:
        response.last_modified = datetime.fromisoformat(listed["as_of"])
    packing = request.args.get("gzip")
    if packing is not None:
        response.set_data(gzip.compress(response.get_data(), mtime=0))
    if packing == "answer":
        response.headers["Content-Encoding"] = "gzip"
    return _unless_known(response)


def _list_shipments(code: str, _: Trouble | None) -> Response:
    states = all_states(code, MOST_SHIPMENTS, 0)
    return _unless_known(_file(shipment_file(states).encode()))


def _unless_known(response: Response) -> Response:
    """304 for those who have it, by its moment or (if wished) its tag."""
    if request.args.get("etag") != "no":
        response.add_etag()
    response.make_conditional(request)
    return response


def _file(body: bytes) -> Response:
    return Response(body, mimetype="text/csv")
