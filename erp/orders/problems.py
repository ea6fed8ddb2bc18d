"""What is wrong with something that came in, field by field, in words that help."""

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

CLEAN = r"^[^\x00-\x1f\x7f-\x9f]*$"  # no control characters
CODE = r"^[a-z0-9][a-z0-9_-]*$"
EMAIL = r"^([^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+)?$"
COUNTRY = r"^([A-Z]{2})?$"
PATTERNS = {
    CLEAN: "contains control characters: remove them",
    CODE: "must be small letters, digits, - and _ only",
    EMAIL: "is not an e-mail address: write name@example.com, or leave it empty",
    COUNTRY: "must be the country's two capital letters, as in BR",
}
WORDS = {
    "extra_forbidden": "is not a known field: remove it",
    "missing": "is missing",
    "timezone_aware": "has no time zone: add one, as in 2026-03-02T09:00:00Z",
    "string_unicode": "is not valid Unicode",
    "model_type": "must be an object with named fields",
    "model_attributes_type": "must be an object with named fields",
    "list_type": "must be a list",
    "string_type": "must be a text",
    "int_type": "must be a whole number",
}


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field, and how to mend it."""

    field: str  # as in `lines[0].unit_price`; empty: the whole
    what: str


def problems_of(error: ValidationError) -> tuple[FieldProblem, ...]:
    """Everything that is wrong. A check over several fields names one of them itself,
    as `field` in its context."""
    return tuple(
        FieldProblem(_path(each), _words(each))
        for each in error.errors(include_url=False)
    )


def _path(error: Any) -> str:
    path = ""
    for step in (*error["loc"], *_named(error)):
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path.removeprefix(".")


def _named(error: Any) -> tuple[str, ...]:
    field = error.get("ctx", {}).get("field")
    return (field,) if isinstance(field, str) else ()


def _words(error: Any) -> str:
    if error["type"] == "string_pattern_mismatch":
        return PATTERNS.get(error["ctx"]["pattern"], str(error["msg"]))
    message = str(error["msg"])
    return WORDS.get(error["type"], message[:1].lower() + message[1:])
