"""Who comes in by a link: limits first, then what it opens, then what a form proves.

Whatever does not open is answered alike, after the same work: a stranger learns
nothing of what links there are.
"""

import hashlib
import hmac
from typing import Any

from flask import Response, abort, g, request
from werkzeug.exceptions import TooManyRequests

from config.languages import LANGUAGES
from erp.fulfilment.page_links.links import OpenLink, find_link, mark_opened
from erp.fulfilment.page_links.visits import (
    WINDOW,
    by_link,
    count_visit,
    from_address,
)
from erp.web.frame.context import erp
from erp.web.frame.security import SAFE, Forged

# No script at all, and nothing from or to anywhere else.
POLICY = {
    "script-src": "'none'",
    "connect-src": "'none'",
    "font-src": "'none'",
    "img-src": "'self'",
}
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
}


def take_secret(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Views are told what the link opens, never the link itself."""
    g.policy = POLICY
    g.secret = (values or {}).pop("secret", "")
    wanted = request.args.get("language", "")
    g.chosen_language = wanted if wanted in LANGUAGES else ""
    g.language = g.chosen_language or request.accept_languages.best_match(LANGUAGES)


def give_secret(_endpoint: str, values: dict[str, Any]) -> None:
    """Addresses of the page are those of this link, in the language it is read in."""
    values.setdefault("secret", g.secret)
    if g.chosen_language:
        values.setdefault("language", g.chosen_language)


def come_in() -> None:
    """Before each request: let in whoever has a link that opens."""
    g.link = _visit(g.secret)
    if g.link.language in LANGUAGES and not g.chosen_language:
        g.language = g.link.language
    if request.method not in SAFE:
        given = request.form.get("csrf_token", "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, form_token().encode()):
            raise Forged


def link() -> OpenLink:
    """What the visitor's link opens."""
    found: OpenLink = g.link
    return found


def form_token() -> str:
    """What a form carries to prove that this very page made it."""
    return hmac.new(g.secret.encode(), b"form", hashlib.sha256).hexdigest()


def add_headers(response: Response) -> Response:
    """The address is a secret: it goes nowhere else, and nobody keeps the page."""
    response.headers.update(HEADERS)
    return response


def _visit(secret: str) -> OpenLink:
    """Count the visit, and find what the link opens; neither is undone by the other."""
    limits, now = erp().settings.supplier_page, erp().clock()
    with erp().sessions.writing() as session:
        visitor = from_address(request.remote_addr or "")
        is_crowd = count_visit(session, visitor, now) > limits.address_visits_per_minute
        found = None if is_crowd else find_link(session, secret, now)
        if found is not None:
            visits = count_visit(session, by_link(found.link_id), now)
            is_crowd = visits > limits.link_visits_per_minute
            if request.method in SAFE and not is_crowd:
                mark_opened(session, found, now)
    if is_crowd:
        raise TooManyRequests(retry_after=int(WINDOW.total_seconds()))
    return found or abort(404)
