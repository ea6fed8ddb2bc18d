"""Accounts: owners add people, say what they may do, and let them go."""

from dataclasses import replace
from datetime import datetime

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from erp.accounts.models import Account, Role
from erp.accounts.passwords import hashed, judge
from erp.accounts.queries import all_accounts
from erp.accounts.staff import (
    EmailTaken,
    LastOwner,
    add_account,
    change_account,
    disable,
    enable,
    set_password,
)
from erp.web.frame.context import account, erp, require
from erp.web.frame.words import _
from erp.web.pages.accounts.account_form import (
    AccountForm,
    password_words,
    read_account,
)

blueprint = Blueprint("accounts", __name__, url_prefix="/settings/accounts")

EMPTY = AccountForm("", "", "")


@blueprint.get("")
@require(Role.OWNER)
def index() -> str:
    return _index(EMPTY)


@blueprint.post("")
@require(Role.OWNER)
def add() -> AnyResponse:
    form = read_account()
    role = _role()
    if not form.errors:
        try:
            _add(form, role)
        except EmailTaken:
            form.errors["email"] = _("Another account has this e-mail address.")
    if form.errors:
        return Response(_index(form), 422)
    flash(_("%(name)s can sign in now.", name=form.name), "success")
    return redirect(url_for(".index"), 303)


@blueprint.get("/<int:account_id>")
@require(Role.OWNER)
def edit(account_id: int) -> str:
    with erp().sessions.reading() as db:
        return _page(_found(db, account_id), {})


@blueprint.post("/<int:account_id>")
@require(Role.OWNER)
def change(account_id: int) -> AnyResponse:
    name = request.form.get("name", "").strip()[:120]
    with erp().sessions.writing() as db:
        one = _found(db, account_id)
        if not name:
            return Response(_page(one, {"name": _("Enter a name.")}), 422)
        try:
            change_account(
                db,
                one,
                erp().clock(),
                name=name,
                role=_role(),
                gets_alerts="gets_alerts" in request.form,
                by=account().email,
            )
        except LastOwner:
            return Response(_page(one, {"role": _last_owner_words()}), 422)
    flash(_("Saved."), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:account_id>/password")
@require(Role.OWNER)
def reset_password(account_id: int) -> AnyResponse:
    password = request.form.get("password", "")
    with erp().sessions.reading() as db:
        one = _found(db, account_id)
    fault = judge(password, email=one.email)
    if fault:
        return Response(_page(one, {"password": password_words(fault)}), 422)
    password_hash = hashed(password)
    with erp().sessions.writing() as db:
        set_password(
            db,
            _found(db, account_id),
            erp().clock(),
            password_hash=password_hash,
            by=account().email,
            keep=account().token_hash,
        )
    flash(_("The password is changed; their browsers are signed out."), "success")
    return redirect(url_for(".edit", account_id=account_id), 303)


@blueprint.post("/<int:account_id>/disable")
@require(Role.OWNER)
def turn_off(account_id: int) -> AnyResponse:
    now: datetime = erp().clock()
    try:
        with erp().sessions.writing() as db:
            disable(db, _found(db, account_id), now, by=account().email)
    except LastOwner:
        flash(_last_owner_words(), "danger")
    else:
        flash(_("The account is disabled and signed out everywhere."), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/<int:account_id>/enable")
@require(Role.OWNER)
def turn_on(account_id: int) -> AnyResponse:
    with erp().sessions.writing() as db:
        enable(db, _found(db, account_id), erp().clock(), by=account().email)
    flash(_("The account can sign in again."), "success")
    return redirect(url_for(".index"), 303)


def _found(db: Session, account_id: int) -> Account:
    return db.get(Account, account_id) or abort(404)


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        abort(400)


def _add(form: AccountForm, role: Role) -> None:
    password_hash = hashed(form.password)
    with erp().sessions.writing() as db:
        added = add_account(
            db,
            erp().clock(),
            name=form.name,
            email=form.email,
            role=role,
            password_hash=password_hash,
            by=account().email,
        )
        added.gets_alerts = "gets_alerts" in request.form


def _last_owner_words() -> str:
    return _("This is the last owner. Make somebody else an owner first.")


def _index(form: AccountForm) -> str:
    with erp().sessions.reading() as db:
        everybody = all_accounts(db)
    return render_template(
        "settings/accounts.html",
        accounts=everybody,
        form=replace(form, password=""),
        now=erp().clock(),
        roles=tuple(Role),
    )


def _page(one: Account, errors: dict[str, str]) -> str:
    return render_template(
        "settings/account.html", one=one, errors=errors, roles=tuple(Role)
    )
