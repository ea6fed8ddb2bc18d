"""A list that comes page by page, by the four ways there are.

A position is where the next page begins, as text: a page's number, how many came
before, the supplier's cursor, or the path that its `Link` header names.
"""

import re
from typing import Annotated, Literal
from urllib.parse import urljoin, urlsplit

from pydantic import Field

from suppliers.dialects.declared.expressions import (
    Expression,
    Json,
    Unreadable,
    Wrong,
    shown,
)
from suppliers.dialects.declared.part import PageSize, Parameter, Part

LONGEST_POSITION = 2000  # characters; it is kept with the supplier
NEXT = re.compile(r"<([^<>]*)>\s*;[^<]*?\brel\s*=\s*\"?next\"?(?=[\s;,]|$)", re.I)


class Paging(Part):
    """How a list goes on; without a size the supplier's own is taken."""

    size_parameter: Parameter | None = None
    size: PageSize = 100
    more: Expression | None = None  # true or false: whether another page waits


class Numbered(Paging):
    """Pages by number; a page that is not full is the last, unless `more` says."""

    kind: Literal["page"]
    parameter: Parameter = "page"
    first: Annotated[int, Field(ge=0, le=1)] = 1


class Counted(Paging):
    """Pages by how many came before."""

    kind: Literal["offset"]
    parameter: Parameter = "offset"


class Pointed(Paging):
    """The answer says where the next page begins; null: this was the last."""

    kind: Literal["cursor"]
    parameter: Parameter = "cursor"
    next: Expression


class Linked(Paging):
    """The header `Link` says where the next page is, as `rel="next"`."""

    kind: Literal["link"]


AnyPaging = Annotated[
    Numbered | Counted | Pointed | Linked, Field(discriminator="kind")
]


def usable(paging: AnyPaging, position: str | None) -> str | None:
    """A kept position, unless it was kept for another way of paging."""
    fits = position is not None and _fits(position)
    if isinstance(paging, Numbered | Counted):
        fits = fits and str(position).isdigit()
    if isinstance(paging, Linked):
        fits = fits and str(position).startswith("/")
    return position if fits else None


def query_of(paging: AnyPaging, position: str | None) -> dict[str, str]:
    """What asks for the page at a position; None is the first."""
    size = {paging.size_parameter: str(paging.size)} if paging.size_parameter else {}
    match paging:
        case Numbered():
            return size | {paging.parameter: position or str(paging.first)}
        case Counted():
            return size | {paging.parameter: position or "0"}
        case Pointed() if position is not None:
            return size | {paging.parameter: position}
        case _:
            return size


def next_position(
    paging: AnyPaging, position: str | None, count: int, body: Json, link: str | None
) -> str | None:
    """Where the next page begins, as far as the answer can tell; None: nowhere.

    `link` is where the `Link` header points. Raises Unreadable.
    """
    match paging:
        case Numbered():
            return str(int(position or paging.first) + 1)
        case Counted():
            return str(int(position or 0) + count)
        case Pointed():
            return _pointed(paging.next.find(body, "paging.next"))
        case Linked():
            return link


def waits(paging: AnyPaging, count: int, body: Json, position: str | None) -> bool:
    """Whether another page waits. Raises Unreadable."""
    if paging.more is not None:
        return paging.more.holds(body, "paging.more")
    if isinstance(paging, Numbered | Counted):
        return count >= paging.size
    return position is not None


def linked(header: str | None, asked: str) -> str | None:
    """The path and query that a `Link` header names as next; only on the same server.

    Raises Unreadable if it leads elsewhere.
    """
    found = NEXT.search(header or "")
    if found is None:
        return None
    there, here = urlsplit(urljoin(asked, str(found[1]))), urlsplit(asked)
    path_query = there.path + (f"?{there.query}" if there.query else "")
    if there[:2] != here[:2] or not _fits(path_query):
        raise Unreadable(Wrong("Link", "leads to another server or nowhere"))
    return path_query


def _pointed(found: Json) -> str | None:
    if found is None or found == "":
        return None
    text = str(found) if isinstance(found, str | int) else ""
    if isinstance(found, bool) or not _fits(text):
        raise Unreadable(Wrong("paging.next", "is no cursor", shown(found)))
    return text


def _fits(text: str) -> bool:
    return 0 < len(text) <= LONGEST_POSITION and text.isascii() and text.isprintable()
