"""The API for suppliers. A token opens one supplier's rows, and no other's."""

from copy import deepcopy
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel
from sqlmodel import Session

from erp.fulfilment.answering.listing import (
    anything_new,
    find,
    list_after,
    number_new,
)
from erp.fulfilment.invoicing.incoming import NewInvoice
from erp.web.api.api import part_of
from erp.web.api.bearers import admit_supplier
from erp.web.api.problems import problem
from erp.web.api.schemas import refusals, said
from erp.web.frame.context import erp, public
from erp.web.supplier_api import reading
from erp.web.supplier_api.answers import sheet_of
from erp.web.supplier_api.calls import NO_SUCH, hear, hear_of
from erp.web.supplier_api.csv_list import csv_of, open_ones
from erp.web.supplier_api.document import (
    CSV,
    INFO,
    NOT_YOURS,
    answers,
    components,
    told,
    with_keys,
)
from erp.web.supplier_api.heard import (
    Acknowledgement,
    CancellationAnswer,
    ListQuery,
    Parcel,
    PartAcceptance,
    ReferencePath,
    Rejection,
    StockList,
)
from erp.web.supplier_api.invoices import take_invoice
from erp.web.supplier_api.said import (
    InvoiceAnswer,
    PurchaseOrderList,
    PurchaseOrderSheet,
    PurchaseOrderState,
    StockAnswer,
)

blueprint = APIBlueprint(
    "supplier_api", __name__, url_prefix="/supplier/v1", abp_security=[{"token": []}]
)
document = Blueprint("supplier_api_document", __name__)
blueprint.before_request(admit_supplier)
STANDS = answers(PurchaseOrderState, "Where it stands now", NOT_YOURS)


@blueprint.get(
    "/purchase-orders",
    operation_id="get_purchase_orders",
    summary="Your purchase orders after a number",
    description="Each stands on the list once, in the order of its number. A new one "
    "always has a higher number than any you have read, so that none is skipped.",
    responses={200: said(PurchaseOrderList, "A part of your list"), **refusals()},
)
def get_purchase_orders(query: ListQuery) -> Response:
    supplier_id: int = g.bearer.supplier_id
    with erp().sessions.reading() as db:
        is_new = anything_new(db, supplier_id)
    if is_new:
        with erp().sessions.writing() as db:
            number_new(db, supplier_id)
    with erp().sessions.reading() as db:
        found = list_after(db, supplier_id, query.after, query.limit + 1)
    sheets = [sheet_of(each) for each in found[: query.limit]]
    last = (sheets[-1].number if sheets else None) or query.after
    more = len(found) > query.limit
    return _json(PurchaseOrderList(purchase_orders=sheets, next=last, more=more))


@blueprint.get(
    "/purchase-orders.csv",
    operation_id="get_purchase_orders_csv",
    summary="What you have to ship, as a file",
    description="One row for each item, with the units you stand for; what we ask you "
    "to cancel has a row of its own. Reading it changes nothing.",
    responses={**CSV, **refusals((409, "The file cannot be written as declared"))},
)
def get_purchase_orders_csv() -> Response:
    try:
        with erp().sessions.reading() as db:
            found = open_ones(db, g.bearer.supplier_id)
    except ValueError as error:
        return problem(409, str(error))
    return csv_of(found)


@blueprint.get(
    "/purchase-orders/<reference>",
    operation_id="get_purchase_order",
    summary="One purchase order",
    responses={
        200: said(PurchaseOrderSheet, "The purchase order"),
        **refusals(NOT_YOURS),
    },
)
def get_purchase_order(path: ReferencePath) -> Response:
    with erp().sessions.reading() as db:
        found = find(db, g.bearer.supplier_id, path.reference)
        sheet = sheet_of(found) if found else abort(404, NO_SUCH)
    return _json(sheet)


@blueprint.post(
    "/purchase-orders/<reference>/acknowledge",
    operation_id="acknowledge",
    summary="Accept it as it stands",
    responses=STANDS,
    openapi_extensions=told(Acknowledgement, "May be empty: {}"),
)
def acknowledge(path: ReferencePath) -> Response:
    return hear_of(path.reference, Acknowledgement, reading.accepted)


@blueprint.post(
    "/purchase-orders/<reference>/part-accept",
    operation_id="part_accept",
    summary="Accept a part of it",
    description="What you do not accept is bought elsewhere. You may accept less "
    "later, and never more.",
    responses=STANDS,
    openapi_extensions=told(PartAcceptance, "The units you accept"),
)
def part_accept(path: ReferencePath) -> Response:
    return hear_of(path.reference, PartAcceptance, reading.accepted_in_part)


@blueprint.post(
    "/purchase-orders/<reference>/reject",
    operation_id="reject",
    summary="Reject it, with a reason",
    description="What you had accepted and not shipped may be rejected, too: it counts "
    "as cancelled by you.",
    responses=STANDS,
    openapi_extensions=told(Rejection, "Why"),
)
def reject(path: ReferencePath) -> Response:
    return hear_of(path.reference, Rejection, reading.rejected)


@blueprint.post(
    "/purchase-orders/<reference>/shipments",
    operation_id="ship",
    summary="Tell a parcel, or what is new about one",
    description="One call for each parcel; they add up. Shipping accepts what was not "
    "answered yet.",
    responses=STANDS,
    openapi_extensions=told(Parcel, "The parcel"),
)
def ship(path: ReferencePath) -> Response:
    return hear_of(path.reference, Parcel, reading.shipped)


@blueprint.post(
    "/purchase-orders/<reference>/cancellation",
    operation_id="answer_cancellation",
    summary="Say whether you cancel, where we ask you to",
    responses=STANDS,
    openapi_extensions=told(CancellationAnswer, "Yes or no"),
)
def answer_cancellation(path: ReferencePath) -> Response:
    return hear_of(path.reference, CancellationAnswer, reading.cancelled)


@blueprint.put(
    "/stock",
    operation_id="put_stock",
    summary="Tell your stock and cost",
    description="Up to 10,000 rows a call, all of them taken or none. By itself a list "
    "is a part: what it does not name keeps its figures.",
    responses=answers(StockAnswer, "What became of it"),
    openapi_extensions=told(StockList, "The whole list, or what changed"),
)
def put_stock() -> Response:
    supplier_id: int = g.bearer.supplier_id

    def act(db: Session, heard: StockList, now: datetime) -> BaseModel:
        return reading.take_stock(db, supplier_id, heard, now)

    return hear(StockList, act)


@blueprint.post(
    "/invoices",
    operation_id="post_invoice",
    summary="Send an invoice",
    description="It is held against what was agreed. The same invoice twice is one; "
    "its number may stand on no other.",
    responses=answers(InvoiceAnswer, "Where it stands"),
    openapi_extensions=told(NewInvoice, "The whole invoice"),
)
def post_invoice() -> Response:
    supplier_id: int = g.bearer.supplier_id

    def act(db: Session, heard: NewInvoice, now: datetime) -> BaseModel:
        return take_invoice(db, supplier_id, heard, now)

    return hear(NewInvoice, act)


@document.get("/supplier/openapi.json")
@public
def openapi() -> Response:
    return jsonify(described(current_app))


def described(app: Any) -> dict[str, Any]:
    """The OpenAPI document, with the schemas exactly as calls are judged by them."""
    assert isinstance(app, OpenAPI)
    part = part_of(deepcopy(app.api_doc), blueprint, components())
    return with_keys(part | {"info": INFO})


def _json(model: BaseModel) -> Response:
    return Response(model.model_dump_json(), content_type="application/json")
