"""Where something stands in an answer: JMESPath, compiled once."""

from dataclasses import dataclass, field
from typing import Annotated

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult
from pydantic import JsonValue, PlainSerializer, PlainValidator, WithJsonSchema

LONGEST_EXPRESSION = 2000  # characters; more is a programme, not a place
Json = JsonValue


@dataclass(frozen=True, slots=True)
class Wrong:
    """What cannot be read, and what was found there (for those who asked to see)."""

    place: str
    what: str
    found: str = ""


class Unreadable(ValueError):
    """An answer, or a part of it, that cannot be read; says all that is wrong."""

    def __init__(self, *wrong: Wrong) -> None:
        super().__init__("; ".join(f"{each.place}: {each.what}" for each in wrong))
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class Path:
    """A compiled expression."""

    text: str
    compiled: ParsedResult = field(repr=False, compare=False)

    def find(self, data: Json, place: str) -> Json:
        """What stands there; None where nothing does. Raises Unreadable."""
        try:
            found: Json = self.compiled.search(data)
        except (JMESPathError, ValueError, TypeError, RecursionError) as error:
            what = f"the expression fails on this answer ({type(error).__name__})"
            raise Unreadable(Wrong(place, what)) from error
        return found

    def holds(self, data: Json, place: str) -> bool:
        """Whether it says true; anything but true and false is unreadable."""
        found = self.find(data, place)
        if not isinstance(found, bool):
            raise Unreadable(Wrong(place, "is neither true nor false", shown(found)))
        return found


def shown(found: Json) -> str:
    """A value as it is shown to whoever set up the declaration."""
    return repr(found)[:80]


def _compiled(text: object) -> Path:
    if isinstance(text, Path):
        return text
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_EXPRESSION:
        raise ValueError("write a JMESPath expression")
    try:
        return Path(text, jmespath.compile(text))
    except (JMESPathError, RecursionError) as error:
        said = str(error).split("\n", 1)[0][:120]
        raise ValueError(f"this is no JMESPath expression: {said}") from error


Expression = Annotated[
    Path,
    PlainValidator(_compiled),
    PlainSerializer(lambda path: path.text, return_type=str),
    WithJsonSchema({"type": "string"}),
]
