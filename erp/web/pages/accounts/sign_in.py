"""Signing in and out."""

from datetime import datetime

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask import session as page_session
from werkzeug.wrappers import Response as AnyResponse

from erp.accounts.models import Role
from erp.accounts.queries import has_accounts
from erp.accounts.sign_in import Opened, Refused, sign_in, sign_out
from erp.web.frame.context import account, erp, public, require, signed_in
from erp.web.frame.security import safe_path
from erp.web.frame.sessions import cookie, forget, remember
from erp.web.frame.words import _

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/sign-in")
@public
def show() -> AnyResponse:
    with erp().sessions.reading() as db:
        if not has_accounts(db):
            return redirect(url_for("setup.show"), 303)
    if signed_in():
        return redirect(safe_path(request.args.get("next", "/")), 303)
    return _page(email="", words="", status=200)


@blueprint.post("/sign-in")
@public
def enter() -> AnyResponse:
    now = erp().clock()
    email = request.form.get("email", "")[:254]
    outcome = sign_in(erp().sessions, email, request.form.get("password", ""), now)
    if isinstance(outcome, Refused):
        return _refused(outcome, email, now)
    return welcome(outcome, request.form.get("next", "/"))


@blueprint.post("/sign-out")
@require(Role.VIEWER)
def leave() -> AnyResponse:
    with erp().sessions.writing() as db:
        sign_out(db, account(), erp().clock())
    page_session.clear()
    answer = redirect(url_for("sign_in.show"), 303)
    forget(answer)
    return answer


def welcome(opened: Opened, target: str) -> AnyResponse:
    """Into the house with a new secret; what was known before sign-in is forgotten."""
    page_session.clear()
    answer = redirect(safe_path(target), 303)
    remember(answer, opened.secret)
    return answer


def _refused(refused: Refused, email: str, now: datetime) -> Response:
    if refused.until is None:
        words = _(
            "The e-mail address or the password is not right. After five wrong tries "
            "an account rests for fifteen minutes."
        )
        return _page(email=email, words=words, status=422)
    seconds = max(int((refused.until - now).total_seconds()), 1)
    words = _(
        "Too many wrong tries: this account rests. Try again in %(minutes)s minutes.",
        minutes=-(-seconds // 60),
    )
    answer = _page(email=email, words=words, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _page(*, email: str, words: str, status: int) -> Response:
    page = render_template(
        "sign_in.html",
        email=email,
        words=words,
        next=safe_path(request.values.get("next", "/")),
        expired=bool(cookie("login")) and request.method == "GET",
    )
    return Response(page, status)
