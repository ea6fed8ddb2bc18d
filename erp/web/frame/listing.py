"""Long lists: their state lives in the URL, a page of rows at a time.

Pages are `config.paging.Page`s; the mark of the page shown is the parameter `mark`.
"""

from urllib.parse import urlencode

from flask import request, url_for

LONGEST_MARK = 200


def mark() -> str | None:
    """The mark of the page asked for; none is the first page."""
    return request.args.get("mark", "")[:LONGEST_MARK] or None


def page_url(mark: str) -> str:
    """This list's address at another page, with its filters as they are."""
    query = {name: request.args.getlist(name) for name in request.args}
    query["mark"] = [mark]
    path = url_for(request.endpoint or "", **(request.view_args or {}))
    return f"{path}?{_encoded(query)}"


def _encoded(query: dict[str, list[str]]) -> str:
    return urlencode([(name, each) for name in query for each in query[name] if each])
