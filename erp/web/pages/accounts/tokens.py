"""API tokens: made, shown once, revoked."""

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    session,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from erp.accounts.models import Role, Scope
from erp.accounts.queries import find_token, tokens_of
from erp.accounts.tokens import create_token, revoke_token
from erp.web.frame.context import account, erp, require
from erp.web.frame.words import _
from erp.web.pages.accounts import token_form

blueprint = Blueprint("tokens", __name__, url_prefix="/settings/tokens")

NEW = "new_token"  # in the sealed session, until the next page has shown it


@blueprint.get("")
@require(Role.OWNER)
def index() -> str:
    return _page({}, session.pop(NEW, ""))


@blueprint.post("")
@require(Role.OWNER)
def create() -> AnyResponse:
    name, scope, errors = token_form.typed()
    if errors:
        return Response(_page(errors, ""), 422)
    with erp().sessions.writing() as db:
        _token, secret = create_token(
            db, name, scope, erp().clock(), by=account().email
        )
    session[NEW] = secret
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:token_id>/revoke")
@require(Role.OWNER)
def revoke(token_id: int) -> AnyResponse:
    with erp().sessions.writing() as db:
        token = find_token(db, token_id) or abort(404)
        revoke_token(db, token, erp().clock(), by=account().email)
    flash(_("The token is revoked: it opens nothing any more."), "success")
    return redirect(url_for(".index"), 303)


def _page(errors: dict[str, str], secret: str) -> str:
    with erp().sessions.reading() as db:
        tokens = tokens_of(db)
    return render_template(
        "settings/tokens.html",
        tokens=tokens,
        errors=errors,
        secret=secret,
        scopes=tuple(Scope),
    )
