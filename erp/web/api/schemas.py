"""What the API says and hears, and how its document describes it."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from config.money import DECIMALS
from erp.kpis.models import Kpi, ScopeKind
from erp.orders.incoming import NewOrder
from erp.orders.intake import LARGEST_BATCH, Verdict
from erp.orders.lifecycle import HoldReason, LineStatus, OrderStatus
from erp.orders.models import Payment
from erp.orders.problems import CLEAN
from erp.orders.search import OrderSort
from erp.web.api.once import KEY_PARAMETER
from erp.web.api.problems import TYPE, Problem, ProblemError

SCHEMAS = "#/components/schemas/"
LARGEST_ID = 2**31 - 1
SAID = ConfigDict(extra="forbid")


class OrderAnswer(BaseModel):
    """What became of one order of a request."""

    model_config = SAID

    index: int = 0
    status: Verdict
    id: int | None = None
    name: str | None = None
    errors: list[ProblemError] = []


class BatchAnswer(BaseModel):
    """What became of each order of a batch, in the order they were sent."""

    model_config = SAID

    created: int
    updated: int
    unchanged: int
    refused: int
    items: list[OrderAnswer]


class OrderPath(BaseModel):
    order_id: int = Field(ge=1, le=LARGEST_ID)


class OrderQuery(BaseModel):
    """Which orders; `cursor` is the `next` of the page before."""

    model_config = ConfigDict(extra="forbid")

    status: OrderStatus | None = None
    channel: str = Field("", max_length=40, pattern=CLEAN)
    sort: OrderSort = OrderSort.NEWEST
    cursor: str = Field("", max_length=200)


class OrderSummary(BaseModel):
    model_config = SAID

    id: int
    name: str
    channel: str
    status: OrderStatus
    holds: list[HoldReason]
    currency: str
    total: str
    placed_at: datetime


class OrderPage(BaseModel):
    model_config = SAID

    orders: list[OrderSummary]
    next: str | None


class LineSheet(BaseModel):
    model_config = SAID

    sku: str
    title: str
    quantity: int
    cancelled_quantity: int
    unit_price: str
    status: LineStatus


class HoldSheet(BaseModel):
    model_config = SAID

    reason: HoldReason
    facts: dict[str, str]
    words: str
    opened_at: datetime


class OrderSheet(BaseModel):
    """One order with its lines and why it waits, if it does."""

    model_config = SAID

    id: int
    channel: str
    external_id: str
    name: str
    status: OrderStatus
    payment: Payment
    currency: str
    total: str
    placed_at: datetime
    received_at: datetime
    lines: list[LineSheet]
    holds: list[HoldSheet]


class KpiQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    scope: ScopeKind = ScopeKind.OVERALL


class KpiReading(BaseModel):
    """A value with its numerator and denominator; `covered` of `total` cases count."""

    model_config = SAID

    kpi: Kpi
    scope: ScopeKind
    key: str
    at: datetime
    window_days: int
    numerator: int
    denominator: int
    covered: int
    total: int


class KpiAnswer(BaseModel):
    model_config = SAID

    readings: list[KpiReading]


HEARD = (NewOrder, OrderPath, OrderQuery, KpiQuery)
ANSWERS = (OrderAnswer, BatchAnswer, OrderPage, OrderSheet, KpiAnswer, Problem)
ORDERS_BODY = {
    "requestBody": {
        "description": f"One order, or a list of up to {LARGEST_BATCH}.",
        "required": True,
        "content": {"application/json": {"schema": {"$ref": f"{SCHEMAS}NewOrders"}}},
    },
    "parameters": [
        KEY_PARAMETER
        | {
            "description": "The same key and body get the first answer again, for a "
            "week. Recommended: without it a retried batch is still stored once."
        }
    ],
}


def components() -> dict[str, Any]:
    """Every schema the document refers to, as pydantic itself describes it."""
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((each, "validation") for each in HEARD),
        *((each, "serialization") for each in ANSWERS),
    ]
    _, schemas = models_json_schema(modes, ref_template=SCHEMAS + "{model}")
    found: dict[str, Any] = schemas["$defs"]
    found["NewOrder"]["properties"]["currency"]["enum"] = sorted(DECIMALS)
    one = {"$ref": f"{SCHEMAS}NewOrder"}
    many = {
        "type": "array",
        "items": one,
        "minItems": 1,
        "maxItems": LARGEST_BATCH,
    }
    return {**found, "NewOrders": {"oneOf": [one, many]}}


def said(model: type[BaseModel], description: str) -> dict[str, Any]:
    """An answer of the API in its document."""
    return {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": SCHEMAS + model.__name__}}},
    }


def refusals(*statuses: tuple[int, str]) -> dict[str | int, Any]:
    """The problems an operation may answer with, besides those all of them may."""
    everywhere = (
        (401, "No token, or one that is unknown or revoked"),
        (403, "The token may not do this"),
        (422, "The request does not fit its description"),
        (500, "A failure of ours"),
        (503, "The database could not be written or read; nothing was kept"),
    )
    schema = {"schema": {"$ref": f"{SCHEMAS}Problem"}}
    return {
        status: {"description": words, "content": {TYPE: schema}}
        for status, words in (*everywhere, *statuses)
    }
