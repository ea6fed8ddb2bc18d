"""What every part of a declaration is: frozen, and strict about its names."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from suppliers.dialects.declared.expressions import Json
from suppliers.dialects.declared.templates import OF_A_CALL, unknown_placeholders

# What frames a request; and the size of an answer is capped as it is on the wire.
OUR_HEADERS = frozenset({"host", "content-length", "accept-encoding", "connection"})


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def refuse_unknown(template: Json, known: frozenset[str]) -> None:
    unknown = unknown_placeholders(template, known)
    if unknown:
        raise ValueError(f"nothing fills {{{unknown[0]}}}")


def _free(name: str) -> str:
    if name.lower() in OUR_HEADERS:
        raise ValueError("this header is written by us")
    return name


def _without_query(path: str) -> str:
    if "?" in path or "#" in path:
        raise ValueError("what follows a ? belongs into query")
    return path


def _of_a_call(template: str) -> str:
    refuse_unknown(template, OF_A_CALL)
    return template


HeaderName = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_|~-]{1,80}$"), AfterValidator(_free)
]
HeaderValue = Annotated[str, Field(pattern="^[ -~]{0,500}$")]
Parameter = Annotated[str, Field(min_length=1, max_length=100)]
UrlPath = Annotated[
    str,
    Field(pattern=r"^/[!-~]*$", max_length=500),
    AfterValidator(_without_query),
    AfterValidator(_of_a_call),
]
CallText = Annotated[str, Field(max_length=500), AfterValidator(_of_a_call)]
Code = Annotated[str, Field(min_length=1, max_length=100)]
PageSize = Annotated[int, Field(ge=1, le=1000)]
