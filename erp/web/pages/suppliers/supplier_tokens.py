"""Tokens of a supplier's own programs: made, shown once, revoked."""

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
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from erp.accounts.models import Role, Scope
from erp.accounts.queries import find_token, tokens_of
from erp.accounts.tokens import create_token, revoke_token
from erp.fulfilment.overview.supplier_queries import supplier_by_code
from erp.web.frame.context import account, erp, require
from erp.web.frame.words import _
from erp.web.pages.accounts import token_form
from suppliers.models import Supplier

blueprint = Blueprint(
    "supplier_tokens", __name__, url_prefix="/suppliers/<code>/tokens"
)

NEW = "new_supplier_token"  # in the sealed session, until its page has shown it


@blueprint.get("")
@require(Role.OWNER)
def index(code: str) -> str:
    whose, secret = session.pop(NEW, ("", ""))
    return _page(code, {}, secret if whose == code else "")


@blueprint.post("")
@require(Role.OWNER)
def create(code: str) -> AnyResponse:
    name, scope, errors = token_form.typed()
    if errors:
        return Response(_page(code, errors, ""), 422)
    with erp().sessions.writing() as db:
        _token, secret = create_token(
            db,
            name,
            scope,
            erp().clock(),
            by=account().email,
            supplier=_supplier(db, code),
        )
    session[NEW] = (code, secret)
    return redirect(url_for(".index", code=code), 303)


@blueprint.post("/<int:token_id>/revoke")
@require(Role.OWNER)
def revoke(code: str, token_id: int) -> AnyResponse:
    with erp().sessions.writing() as db:
        token = find_token(db, token_id, _supplier(db, code).id) or abort(404)
        revoke_token(db, token, erp().clock(), by=account().email)
    flash(_("The token is revoked: it opens nothing any more."), "success")
    return redirect(url_for(".index", code=code), 303)


def _page(code: str, errors: dict[str, str], secret: str) -> str:
    with erp().sessions.reading() as db:
        supplier = _supplier(db, code)
        tokens = tokens_of(db, supplier.id)
    return render_template(
        "suppliers/tokens.html",
        supplier=supplier,
        tokens=tokens,
        errors=errors,
        secret=secret,
        scopes=tuple(Scope),
    )


def _supplier(db: Session, code: str) -> Supplier:
    return supplier_by_code(db, code) or abort(404)
