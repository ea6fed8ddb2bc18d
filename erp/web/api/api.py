"""The API for channels and other programs: orders in, their state and the KPIs out."""

import logging
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.openapi import OpenAPI
from sqlalchemy.exc import OperationalError

from erp.accounts.models import Scope
from erp.accounts.tokens import Bearer, bearer_of, is_due_for_touch, touch
from erp.kpis.queries import newest
from erp.orders.holds import open_holds
from erp.orders.queries import find_order, lines_of, list_orders
from erp.orders.search import OrderFilter
from erp.web.api.answers import cursor_of, mark_of, reading_of, sheet_of, summary_of
from erp.web.api.orders import take_orders
from erp.web.api.problems import problem
from erp.web.api.schemas import (
    ORDERS_BODY,
    BatchAnswer,
    KpiAnswer,
    KpiQuery,
    OrderAnswer,
    OrderPage,
    OrderPath,
    OrderQuery,
    OrderSheet,
    components,
    refusals,
    said,
)
from erp.web.frame.context import erp, public
from erp.web.frame.security import SAFE

log = logging.getLogger(__name__)

blueprint = APIBlueprint(
    "api", __name__, url_prefix="/api/v1", abp_security=[{"token": []}]
)
document = Blueprint("api_document", __name__)

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="erp"'}


@blueprint.before_request
def admit() -> Response | None:
    """Every call shows a token; a read-only one may not change anything."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    now = erp().clock()
    with erp().sessions.reading() as db:
        bearer = bearer_of(db, secret.strip()) if kind.lower() == "bearer" else None
    if bearer is None:
        answer = problem(401, "send a valid token: Authorization: Bearer erp_…")
        answer.headers.update(CHALLENGE)
        return answer
    if bearer.scope is not Scope.WRITE and request.method not in SAFE:
        return problem(403, "this token may only read")
    if is_due_for_touch(bearer, now):
        _touch(bearer, now)
    g.bearer = bearer
    return None


def _touch(bearer: Bearer, now: datetime) -> None:
    """Whoever only reads is not kept from it by a database that cannot be written."""
    try:
        with erp().sessions.writing() as db:
            touch(db, bearer, now)
    except OperationalError as error:
        log.warning("token's use not noted: %s", error.orig)


@blueprint.post(
    "/orders",
    operation_id="post_orders",
    summary="Bring one order, or a batch",
    description="An order is known by its channel and external id: bringing it again "
    "changes nothing, or updates what the channel may change. In a batch every order "
    "is judged by itself: a bad one is refused with its faults and stops no other.",
    responses={
        200: said(BatchAnswer, "What became of each order of a batch")
        | {
            "content": {
                "application/json": {
                    "schema": {
                        "oneOf": [
                            {"$ref": "#/components/schemas/OrderAnswer"},
                            {"$ref": "#/components/schemas/BatchAnswer"},
                        ]
                    }
                }
            }
        },
        201: said(OrderAnswer, "The order was created"),
        **refusals(
            (400, "The body is not JSON, or the key is not a key"),
            (409, "The same request is being worked on"),
            (413, "The body is too large"),
            (415, "The body is not declared to be JSON"),
        ),
    },
    openapi_extensions=ORDERS_BODY,
)
def post_orders() -> Response:
    return take_orders(g.bearer)


@blueprint.get(
    "/orders",
    operation_id="get_orders",
    summary="List orders",
    responses={200: said(OrderPage, "A page of orders"), **refusals()},
)
def get_orders(query: OrderQuery) -> Response:
    wanted = OrderFilter(status=query.status, channel=query.channel, sort=query.sort)
    with erp().sessions.reading() as db:
        page = list_orders(db, wanted, mark_of(query.cursor))
    rows = [summary_of(row) for row in page.rows]
    return _json(OrderPage(orders=rows, next=cursor_of(page.after)))


@blueprint.get(
    "/orders/<int:order_id>",
    operation_id="get_order",
    summary="One order with its lines and holds",
    responses={
        200: said(OrderSheet, "The order"),
        **refusals((404, "There is no such order")),
    },
)
def get_order(path: OrderPath) -> Response:
    with erp().sessions.reading() as db:
        order = find_order(db, path.order_id)
        if order is None:
            abort(404, "there is no such order")
        sheet = sheet_of(order, lines_of(db, order), open_holds(db, order))
    return _json(sheet)


@blueprint.get(
    "/kpis",
    operation_id="get_kpis",
    summary="The newest reading of every KPI",
    responses={200: said(KpiAnswer, "The readings"), **refusals()},
)
def get_kpis(query: KpiQuery) -> Response:
    with erp().sessions.reading() as db:
        found = newest(db, (query.scope,))
    return _json(KpiAnswer(readings=[reading_of(each) for each in found.values()]))


@document.get("/api/openapi.json")
@public
def openapi() -> Response:
    return jsonify(described(current_app))


def described(app: Any) -> dict[str, Any]:
    """The OpenAPI document, with the schemas exactly as requests are judged by them."""
    assert isinstance(app, OpenAPI)
    described: dict[str, Any] = app.api_doc
    described["components"]["schemas"] = components()
    return described


def _json(model: Any) -> Response:
    return Response(model.model_dump_json(), content_type="application/json")
