"""Long lists: their state lives in the URL, a page of rows at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from flask import request, url_for

Row = TypeVar("Row")
PAGE_SIZE = 50
LAST_PAGE = 1_000_000  # beyond it a database counts for nothing


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """One page of a list. Ask the database for `PAGE_SIZE + 1` rows from `offset()`."""

    rows: Sequence[Row]
    page: int
    has_next: bool
    total: int | None = None
    filters: dict[str, str] = field(default_factory=dict)

    def url(self, page: int) -> str:
        """This list's address at another page, with everything else as it is."""
        kept = {**request.view_args} if request.view_args else {}
        query = {name: request.args.getlist(name) for name in request.args}
        query.pop("page", None)
        return url_for(
            request.endpoint or "",
            **kept,
            **query,  # type: ignore[arg-type]  # lists become repeated parameters
            page=page if page > 1 else None,
        )


def page_number() -> int:
    """The page asked for; the first one if the URL says nothing sensible."""
    wanted = request.args.get("page", 1, int)
    return min(max(wanted, 1), LAST_PAGE)


def offset() -> int:
    return (page_number() - 1) * PAGE_SIZE


def listing(
    rows: Sequence[Row], *, total: int | None = None, **filters: str
) -> Listing[Row]:
    """A page out of up to `PAGE_SIZE + 1` rows; the last tells that there are more."""
    return Listing(
        rows=rows[:PAGE_SIZE],
        page=page_number(),
        has_next=len(rows) > PAGE_SIZE,
        total=total,
        filters={name: text for name, text in filters.items() if text},
    )
