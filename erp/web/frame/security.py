"""What holds for every request and answer: sizes, forged forms, roles, headers."""

import hmac
from itertools import chain

from flask import Response, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from erp.accounts.models import Role
from erp.web.frame.context import erp, may, signed_in
from erp.web.frame.sessions import form_token

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
APIS = frozenset({"api", "supplier_api"})  # they ask for tokens themselves
OWN_PROOF = APIS | {"supplier_page"}  # so does the page, whose address is a secret
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",  # Bootstrap's own CSS carries its small icons so
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
YEAR_SECONDS = 31_536_000


class Forged(Exception):
    """A form that none of our pages made, or one from before the sign-in."""


def limit_body() -> None:
    """Refuse a body over the limit, whether its length is declared or not."""
    limit = erp().settings.server.max_body_bytes
    size = request.content_length
    if size is None and "wsgi.input_terminated" in request.environ:
        request.max_content_length = limit + 1  # werkzeug cuts there, and says nothing
        size = len(request.get_data())
    if size is not None and size > limit:
        abort(413)
    _refuse_nul()


def admit() -> AnyResponse | None:
    """Pages are for people who signed in, and commands for those who may give them."""
    if request.endpoint is None or request.blueprint in OWN_PROOF:
        return None
    view = current_app.view_functions[request.endpoint]
    if request.method not in SAFE:
        _check_form()
    if getattr(view, "is_public", False) or request.endpoint == "static":
        return None
    if signed_in() is None:
        return _to_sign_in()
    default = Role.VIEWER if request.method in SAFE else Role.OPERATOR
    if not may(getattr(view, "required_role", default)):
        abort(403)
    return None


def safe_path(target: str) -> str:
    """A path on this site to go back to; the home page for anything else."""
    is_here = target.startswith("/") and not target.startswith("//")
    return target if is_here and target.isprintable() and "\\" not in target else "/"


def add_headers(response: Response) -> Response:
    """A strict policy on every answer; a view may bring one of its own."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    extra: dict[str, str] = g.get("policy", {})
    policy = "; ".join(f"{k} {v}".strip() for k, v in {**POLICY, **extra}.items())
    response.headers.setdefault("Content-Security-Policy", policy)
    if erp().settings.server.secure_cookies:
        response.headers.setdefault(
            "Strict-Transport-Security", f"max-age={YEAR_SECONDS}"
        )
    if not request.path.startswith(("/static/", "/assets/")):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _refuse_nul() -> None:
    """PostgreSQL keeps it in no text, and nobody can type it."""
    if request.endpoint is None or request.blueprint in APIS:
        return
    typed = chain([request.path], *request.form.listvalues())
    if any("\0" in text for text in typed):
        abort(400)


def _check_form() -> None:
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not hmac.compare_digest(given.encode(), form_token().encode()):
        raise Forged


def _to_sign_in() -> AnyResponse:
    here = request.full_path.rstrip("?") if request.method in SAFE else "/"
    there = url_for("sign_in.show", next=None if here == "/" else here)
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": there})
    return redirect(there, 303)
