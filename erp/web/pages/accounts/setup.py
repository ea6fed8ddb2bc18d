"""The first run: whoever has the machine makes the owner's account."""

import hmac
import ipaddress
import logging
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from erp.accounts.passwords import hashed
from erp.accounts.queries import has_accounts
from erp.accounts.set_up import AlreadySetUp, create_owner, forget_code, set_up_code
from erp.accounts.sign_in import open_session
from erp.web.frame.context import erp, public
from erp.web.frame.words import _
from erp.web.pages.accounts.account_form import AccountForm, read_account
from erp.web.pages.accounts.sign_in import welcome

log = logging.getLogger(__name__)
blueprint = Blueprint("setup", __name__)


def announce(app: Flask) -> None:
    """Tell the log how to make the first account, as long as there is none."""
    parts = app.extensions["erp"]
    with parts.sessions.reading() as db:
        if has_accounts(db):
            return
    code = set_up_code(parts.settings.data)
    log.warning(
        "no account yet: open %s/setup; from another machine the set-up code is %s",
        parts.settings.store.base_url,
        code,
    )


@blueprint.get("/setup")
@public
def show() -> AnyResponse | str:
    if _is_done():
        return redirect(url_for("sign_in.show"), 303)
    return _page(AccountForm("", "", ""))


@blueprint.post("/setup")
@public
def create() -> AnyResponse | tuple[str, int]:
    if _is_done():
        abort(404)
    form = read_account()
    if needs_code() and not _is_code_right(request.form.get("code", "")):
        form.errors["code"] = _("This is not the set-up code.")
    if form.errors:
        return _page(form), 422
    return _create(form)


def needs_code() -> bool:
    """Anybody who may come from another machine proves access to this one."""
    settings = erp().settings
    names = (
        settings.server.host,
        urlsplit(settings.store.base_url).hostname or "",
        urlsplit(request.host_url).hostname or "",
        request.remote_addr or "",
    )
    forwarded = any(
        name.startswith("X-Forwarded") or name in {"Forwarded", "Via", "X-Real-Ip"}
        for name, _ in request.headers
    )
    # No browser speaks it any more; proxies do, and some say nothing of themselves.
    forwarded |= request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0"
    return forwarded or not all(_is_loopback(name) for name in names)


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def _is_done() -> bool:
    with erp().sessions.reading() as db:
        return has_accounts(db)


def _is_code_right(given: str) -> bool:
    wanted = set_up_code(erp().settings.data)
    return hmac.compare_digest(given.strip().lower().encode(), wanted.encode())


def _create(form: AccountForm) -> AnyResponse:
    now = erp().clock()
    password_hash = hashed(form.password)
    try:
        with erp().sessions.writing() as db:
            owner = create_owner(
                db, now, name=form.name, email=form.email, password_hash=password_hash
            )
            assert owner.id is not None
            opened = open_session(db, owner.id, now)
    except AlreadySetUp:
        return redirect(url_for("sign_in.show"), 303)
    forget_code(erp().settings.data)
    log.info("set up owner=%s", form.email)
    return welcome(opened, "/")


def _page(form: AccountForm) -> str:
    return render_template("setup.html", form=form, needs_code=needs_code())
