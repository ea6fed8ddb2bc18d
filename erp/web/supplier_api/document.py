"""How the API for suppliers describes itself, in the words of OpenAPI 3.1."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from erp.fulfilment.invoicing.incoming import NewInvoice
from erp.web.api.once import KEY_PARAMETER
from erp.web.api.problems import Problem
from erp.web.api.schemas import SCHEMAS, refusals, said
from erp.web.supplier_api import heard as h
from erp.web.supplier_api import said as s

HEARD = (
    *(h.ReferencePath, h.ListQuery, h.Acknowledgement, h.PartAcceptance, h.Rejection),
    *(h.Parcel, h.CancellationAnswer, h.StockList, NewInvoice),
)
ANSWERS = (
    *(s.PurchaseOrderList, s.PurchaseOrderSheet, s.PurchaseOrderState, s.StockAnswer),
    s.InvoiceAnswer,
    Problem,
)
INFO = {
    "title": "Dropship ERP for suppliers",
    "version": "1",
    "description": "Read your list of purchase orders from where you left off, answer "
    "each, and tell its parcels. Every call may be repeated: what was said is not done "
    "again, and what contradicts it is answered 409 with words.",
}
CSV: dict[str | int, Any] = {
    200: {"description": "The file", "content": {"text/csv": {}}}
}
NOT_YOURS = (404, "You have no such purchase order")


def told(model: type[BaseModel], words: str) -> dict[str, Any]:
    """The body of a call; our own reading of it decides."""
    schema = {"schema": {"$ref": f"{SCHEMAS}{model.__name__}"}}
    return {
        "requestBody": {
            "description": words,
            "required": True,
            "content": {"application/json": schema},
        }
    }


def answers(
    model: type[BaseModel], words: str, *statuses: tuple[int, str]
) -> dict[str | int, Any]:
    """What a call that tells us something may be answered."""
    return {
        200: said(model, words),
        **refusals(
            (400, "The body is not JSON, or the key is not a key"),
            (409, "It contradicts what was said, or the same call is being worked on"),
            (413, "The body is too large"),
            (415, "The body is not declared to be JSON"),
            *statuses,
        ),
    }


def components() -> dict[str, Any]:
    """Every schema the document refers to, as pydantic itself describes it."""
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((each, "validation") for each in HEARD),
        *((each, "serialization") for each in ANSWERS),
    ]
    _, schemas = models_json_schema(modes, ref_template=SCHEMAS + "{model}")
    found: dict[str, Any] = schemas["$defs"]
    return found


def with_keys(document: dict[str, Any]) -> dict[str, Any]:
    """Whatever tells us something may carry an Idempotency-Key."""
    for operations in document["paths"].values():
        for operation in operations.values():
            if "requestBody" in operation:
                known = operation.get("parameters") or []
                operation["parameters"] = [*known, KEY_PARAMETER]
    return document
