"""The API for channels and other programs: orders in, their state and the KPIs out."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, g, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.openapi import OpenAPI

from erp.kpis.queries import newest
from erp.orders.holds import open_holds
from erp.orders.queries import find_order, lines_of, list_orders
from erp.orders.search import OrderFilter
from erp.web.api.answers import cursor_of, mark_of, reading_of, sheet_of, summary_of
from erp.web.api.bearers import admit_store
from erp.web.api.orders import take_orders
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

blueprint = APIBlueprint(
    "api", __name__, url_prefix="/api/v1", abp_security=[{"token": []}]
)
document = Blueprint("api_document", __name__)

blueprint.before_request(admit_store)


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
    return part_of(app.api_doc, blueprint, components())


def part_of(
    whole: dict[str, Any], part: APIBlueprint, schemas: dict[str, Any]
) -> dict[str, Any]:
    """The document of one of our APIs, which the library describes as a single one."""
    prefix = f"{part.url_prefix}/"
    paths = {
        path: each for path, each in whole["paths"].items() if path.startswith(prefix)
    }
    return {
        **whole,
        "paths": paths,
        "components": {**whole["components"], "schemas": schemas},
    }


def _json(model: Any) -> Response:
    return Response(model.model_dump_json(), content_type="application/json")
