"""Cookies: who is signed in, and the small sealed session of Flask (flash messages)."""

import json
import logging
import secrets
from datetime import datetime
from typing import Any

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import CallbackDict
from werkzeug.wrappers import Response as AnyResponse

from config.secrets import SecretsError
from erp.accounts.sign_in import IDLE, SignedIn, is_due_for_renewal, recognise, renew
from erp.web.frame.context import erp, signed_in

log = logging.getLogger(__name__)

ANONYMOUS = (  # cookies mean nothing there
    *("/api/", "/supplier/", "/p/"),
    *("/static/", "/assets/", "/healthz"),
)


class SealedSession(CallbackDict[str, Any], SessionMixin):
    """A few values that travel in a cookie only this installation can read."""

    def __init__(self, values: dict[str, Any] | None = None) -> None:
        super().__init__(values, _mark_modified)
        self.modified = False


class SealedSessions(SessionInterface):
    """Flask's session, sealed with the key of the data folder."""

    def open_session(self, app: Flask, request: Request) -> SealedSession:
        sealed = request.cookies.get(cookie_name("page"), "")
        if not sealed:
            return SealedSession()
        try:
            return SealedSession(json.loads(erp().secrets.open(sealed)))
        except (SecretsError, ValueError):
            return SealedSession()

    def save_session(
        self, app: Flask, session: SessionMixin, response: Response
    ) -> None:
        if session.modified:
            sealed = erp().secrets.seal(json.dumps(dict(session)))
            set_cookie(response, "page", sealed)


def cookie_name(name: str) -> str:
    """Behind HTTPS the browser itself keeps the cookie to this host and path."""
    secure = erp().settings.server.secure_cookies
    return f"__Host-erp_{name}" if secure else f"erp_{name}"


def set_cookie(
    response: AnyResponse, name: str, value: str, *, max_age: int | None = None
) -> None:
    """A cookie no script can read and no other site can make the browser send."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=max_age,
        path="/",
        secure=erp().settings.server.secure_cookies,
        httponly=True,
        samesite="Lax",
    )


def cookie(name: str) -> str:
    return request.cookies.get(cookie_name(name), "")


def load() -> None:
    """Before each request: find out who is behind it."""
    secret = cookie("login")
    if not secret or request.path.startswith(ANONYMOUS):
        return
    now = erp().clock()
    with erp().sessions.reading() as db:
        g.signed_in = recognise(db, secret, now)
    if g.signed_in and is_due_for_renewal(g.signed_in, now):
        _renew(g.signed_in, secret, now)


def _renew(who: SignedIn, secret: str, now: datetime) -> None:
    """Whoever only reads is not kept from it by a database that cannot be written."""
    try:
        with erp().sessions.writing() as db:
            renew(db, who, now)
    except OperationalError as error:
        log.warning("session not renewed: %s", error.orig)
    else:
        g.renewed_secret = secret


def keep(response: Response) -> Response:
    """After each request: the cookie lives on with a session that was renewed."""
    ended = request.endpoint == "sign_in.leave"
    if "renewed_secret" in g and not ended:
        remember(response, g.renewed_secret)
    return response


def remember(response: AnyResponse, secret: str) -> None:
    """Hand the browser the secret of its session."""
    set_cookie(response, "login", secret, max_age=int(IDLE.total_seconds()))


def forget(response: AnyResponse) -> None:
    """Take the secret out of the browser."""
    set_cookie(response, "login", "", max_age=0)


def form_token() -> str:
    """What a form must carry to prove that one of our pages made it."""
    who = signed_in()
    if who is not None:
        return who.form_token
    if "form_token" not in session:
        session["form_token"] = secrets.token_urlsafe(24)
    return str(session["form_token"])


def _mark_modified(values: Any) -> None:
    values.modified = True
