"""Settings: one's own account, and who did what."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from erp.accounts.models import Account, Role
from erp.accounts.passwords import hashed, judge
from erp.accounts.queries import newest_audit_entries
from erp.accounts.staff import is_password_of, set_password
from erp.web.frame.context import account, erp, require
from erp.web.frame.words import _
from erp.web.pages.accounts.account_form import password_words

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


@blueprint.get("")
def show() -> str:
    return _page({})


@blueprint.post("/password")
@require(Role.VIEWER)
def change_password() -> Response | tuple[str, int]:
    with erp().sessions.reading() as db:
        mine = db.get_one(Account, account().account_id)
    errors = _password_faults(mine)
    if errors:
        return _page(errors), 422
    password_hash = hashed(request.form["password"])
    with erp().sessions.writing() as db:
        set_password(
            db,
            db.get_one(Account, account().account_id),
            erp().clock(),
            password_hash=password_hash,
            by=account().email,
            keep=account().token_hash,
        )
    flash(_("Your password is changed. Other browsers are signed out."), "success")
    return redirect(url_for(".show"), 303)


@blueprint.get("/audit")
@require(Role.OWNER)
def audit() -> str:
    with erp().sessions.reading() as db:
        entries = newest_audit_entries(db)
    return render_template("settings/audit.html", entries=entries)


def _password_faults(mine: Account) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not is_password_of(mine, request.form.get("current", "")):
        errors["current"] = _("This is not your present password.")
    fault = judge(request.form.get("password", ""), email=mine.email)
    if fault:
        errors["password"] = password_words(fault)
    return errors


def _page(errors: dict[str, str]) -> str:
    return render_template("settings/own.html", errors=errors)
