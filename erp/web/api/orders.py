"""Orders through the API: one or a batch, once per key, answered item by item."""

import json
import logging
import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Response
from pydantic_core import from_json

from erp.accounts.idempotency import Claim
from erp.accounts.tokens import Bearer
from erp.orders.incoming import NewOrder, read_order
from erp.orders.intake import LARGEST_BATCH, Accepted, Verdict, accept_many
from erp.orders.problems import FieldProblem
from erp.web.api.once import done_once, keep, kept_refusal
from erp.web.api.problems import TYPE, ProblemError, problem
from erp.web.frame.context import erp

log = logging.getLogger(__name__)

STEP = re.compile(r"[^.\[\]]+")  # of a path such as lines[0].unit_price
Read = NewOrder | tuple[FieldProblem, ...]


def take_orders(bearer: Bearer) -> Response:
    """Take what the request brings; with a key, only the first time."""
    return done_once(bearer, _work, _response)


def _work(body: bytes, mine: Claim | None, now: datetime) -> Response:
    """Store what can be stored, and the answer with it, in one transaction."""
    read = _read(body)
    if isinstance(read, Response):
        return kept_refusal(read, mine)
    items, is_batch = read
    orders = [read_order(each) for each in items]
    good = [each for each in orders if isinstance(each, NewOrder)]
    with erp().sessions.writing() as db:
        accepted = accept_many(db, good, now)
        status, answer = _answer(orders, accepted, is_batch)
        keep(db, mine, status, answer)
    log.info("orders taken in sent=%s stored=%s", len(items), len(good))
    return _response(status, answer)


def _read(body: bytes) -> tuple[list[object], bool] | Response:
    try:
        # Text in, text out: a lone surrogate or NaN is refused here.
        document = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        return problem(400, f"the body is not JSON: {error}")
    if not isinstance(document, list):
        return [document], False
    if not 1 <= len(document) <= LARGEST_BATCH:
        return problem(
            422, f"a batch has 1 to {LARGEST_BATCH} orders, not {len(document)}"
        )
    return document, True


def _answer(
    orders: Sequence[Read], accepted: Sequence[Accepted], is_batch: bool
) -> tuple[int, bytes]:
    verdicts = iter(accepted)
    items = [
        _item(index, each, next(verdicts) if isinstance(each, NewOrder) else None)
        for index, each in enumerate(orders)
    ]
    if is_batch:
        counts = Counter(item["status"] for item in items)
        numbers = {str(verdict): counts[verdict] for verdict in Verdict}
        return 200, json.dumps({**numbers, "items": items}).encode()
    only = items[0]
    if only["status"] == Verdict.REFUSED:
        errors = [ProblemError.model_validate(each) for each in only["errors"]]
        return 422, problem(422, "the order was refused", errors).get_data()
    return 201 if only["status"] == Verdict.CREATED else 200, json.dumps(only).encode()


def _item(index: int, order: Read, accepted: Accepted | None) -> dict[str, Any]:
    """One item of the answer: what became of it, or what is wrong with it."""
    if accepted is None or not isinstance(order, NewOrder):
        assert isinstance(order, tuple)
        return {"index": index, "status": Verdict.REFUSED, "errors": _errors(order)}
    item = {
        "index": index,
        "status": accepted.verdict,
        "id": accepted.order_id,
        "name": order.name,
    }
    if accepted.problems:
        item["errors"] = _errors(accepted.problems)
    return item


def _errors(problems: Sequence[FieldProblem]) -> list[dict[str, str]]:
    return [{"pointer": pointer(each.field), "detail": each.what} for each in problems]


def pointer(field: str) -> str:
    """`lines[0].unit_price` as a JSON pointer: /lines/0/unit_price."""
    steps = (step.replace("~", "~0").replace("/", "~1") for step in STEP.findall(field))
    return "".join(f"/{step}" for step in steps)


def _response(status: int, answer: bytes) -> Response:
    kind = TYPE if status >= 400 else "application/json"
    response = Response(answer, status, content_type=kind)
    if status == 201:
        response.headers["Location"] = f"/api/v1/orders/{json.loads(answer)['id']}"
    return response
