"""Errors for programs: RFC 9457 problem details."""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Response
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

TYPE = "application/problem+json"


class ProblemError(BaseModel):
    """One thing that is wrong, and where."""

    model_config = ConfigDict(extra="forbid")

    pointer: str  # JSON pointer into the body, or the parameter's name
    detail: str


class Problem(BaseModel):
    """What went wrong, in words for a human and a status for the program."""

    model_config = ConfigDict(extra="forbid")

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: list[ProblemError] = []


def problem(
    status: int, detail: str = "", errors: Sequence[ProblemError] = ()
) -> Response:
    """The answer to a program whose request went wrong."""
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
    }
    if detail:
        told["detail"] = detail
    if errors:
        told["errors"] = [each.model_dump() for each in errors]
    return Response(json.dumps(told), status, content_type=TYPE)


def problem_of(error: ValidationError) -> Response:
    """What is wrong with a request's parameters."""
    return problem(422, "the request does not fit its description", faults(error))


def faults(error: ValidationError) -> list[ProblemError]:
    """Each fault of a document with a JSON pointer to its place."""
    return [
        ProblemError(pointer=_pointer(each), detail=each["msg"])
        for each in error.errors(include_url=False, include_context=False)
    ]


def _pointer(error: ErrorDetails) -> str:
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in error["loc"])
    return "".join(f"/{part}" for part in parts)
