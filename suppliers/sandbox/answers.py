"""JSON answers, and reading what was sent."""

import json
from typing import Any, TypeVar

from flask import Response, abort, request
from pydantic import ValidationError

from suppliers.sandbox.messages import Told

M = TypeVar("M", bound=Told)


def answer(body: Any, status: int = 200) -> Response:
    text = json.dumps(body, separators=(",", ":"))
    return Response(text, status, mimetype="application/json")


def told(kind: type[M], *, otherwise: int = 422) -> M:
    """The request's body as this message, or an answer that says what is wrong."""
    if request.mimetype != "application/json":
        abort(answer({"error": "send JSON, as application/json"}, 415))
    try:
        return kind.model_validate_json(request.get_data())
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        abort(answer({"error": "unreadable", "wrong": str(wrong)}, otherwise))
