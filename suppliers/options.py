"""A supplier's options, fitted to what its dialect must know."""

from collections.abc import Mapping
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ValidationError
from pydantic_core import ErrorDetails

M = TypeVar("M", bound=BaseModel)


def _known(zone: str) -> str:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        wrong = "there is no such time zone: write it like Europe/Madrid"
        raise ValueError(wrong) from error
    return zone


TimeZone = Annotated[str, AfterValidator(_known)]


def fitting(model: type[M], options: Mapping[str, object]) -> M:
    """The options as their dialect's model.

    Raises ValueError with one line for each field that is wrong, named by its path.
    """
    try:
        return model.model_validate(dict(options))
    except ValidationError as error:
        raise ValueError("; ".join(wrong_fields(error).values())) from error


def wrong_fields(error: ValidationError) -> dict[str, str]:
    """What is wrong by field, in words that name the field and repeat no value."""
    found: dict[str, str] = {}
    for each in error.errors(include_url=False, include_input=False):
        place = ".".join(str(step) for step in each["loc"]) or "options"
        found.setdefault(place, f"{place}: {_words(each)}")
    return found


def _words(wrong: ErrorDetails) -> str:
    if wrong["type"] == "extra_forbidden":
        return "there is no such option"
    if wrong["type"] == "missing":
        return "it is missing"
    return wrong["msg"].removeprefix("Value error, ")
