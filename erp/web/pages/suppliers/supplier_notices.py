"""Where a supplier's programs are told: set, tried, turned off, and what was sent."""

from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from erp.accounts.models import Role
from erp.fulfilment.notices import endpoints
from erp.fulfilment.notices.models import DisabledBecause, SupplierEndpoint
from erp.fulfilment.overview.supplier_queries import supplier_by_code
from erp.web.frame.context import account, erp, require
from erp.web.frame.words import _
from erp.web.pages.suppliers.setup.kinds import WEB
from erp.web.pages.suppliers.supplier_form import is_address
from suppliers.models import Supplier

blueprint = Blueprint(
    "supplier_notices", __name__, url_prefix="/suppliers/<code>/notices"
)

NEW = "new_endpoint_secret"  # in the sealed session, until its page has shown it


@blueprint.get("")
@require(Role.OWNER)
def index(code: str) -> str:
    whose, secret = session.pop(NEW, ("", ""))
    return _page(code, secret=secret if whose == code else "")


@blueprint.post("")
@require(Role.OWNER)
def save(code: str) -> AnyResponse:
    url = request.form.get("url", "").strip()
    if not is_address(url, WEB):
        wrong = _(
            "A web address that begins with http:// or https://, without a password."
        )
        return Response(_page(code, typed=url, error=wrong), 422)
    with erp().sessions.writing() as db:
        supplier, now = _supplier(db, code), erp().clock()
        made = endpoints.set_endpoint(
            db, supplier, url, erp().secrets, now, by=account().email
        )
    if made:
        session[NEW] = (code, made)
    else:
        flash(_("Saved."), "success")
    return _back(code)


@blueprint.post("/secret")
@require(Role.OWNER)
def rotate(code: str) -> AnyResponse:
    hours = erp().settings.notices.former_secret_hours
    with erp().sessions.writing() as db:
        supplier = _supplier(db, code)
        made = endpoints.rotate_secret(
            db,
            supplier,
            _endpoint(db, supplier),
            erp().secrets,
            timedelta(hours=hours),
            erp().clock(),
            by=account().email,
        )
    session[NEW] = (code, made)
    return _back(code)


@blueprint.post("/test")
@require(Role.OWNER)
def test(code: str) -> AnyResponse:
    with erp().sessions.writing() as db:
        endpoint = _endpoint(db, _supplier(db, code))
        if endpoint.disabled_at is not None:
            abort(404)
        endpoints.send_test(db, endpoint, erp().clock())
    flash(_("A test notice is on its way: look below in a moment."), "success")
    return _back(code)


@blueprint.post("/off")
@require(Role.OWNER)
def turn_off(code: str) -> AnyResponse:
    with erp().sessions.writing() as db:
        endpoint = _endpoint(db, _supplier(db, code))
        by_hand, now = DisabledBecause.BY_HAND, erp().clock()
        endpoints.turn_off(db, endpoint.supplier_id, by_hand, now, by=account().email)
    flash(_("Turned off: its programs are told nothing any more."), "success")
    return _back(code)


@blueprint.post("/<int:notice_id>/again")
@require(Role.OWNER)
def again(code: str, notice_id: int) -> AnyResponse:
    with erp().sessions.writing() as db:
        supplier, now = _supplier(db, code), erp().clock()
        found = endpoints.find_notice(db, supplier.id or 0, notice_id) or abort(404)
        is_sent = endpoints.send_again(db, supplier, found, now, by=account().email)
    if is_sent:
        flash(_("It is sent again, under the same id."), "success")
    return _back(code)


def _page(code: str, *, secret: str = "", typed: str = "", error: str = "") -> str:
    with erp().sessions.reading() as db:
        supplier = _supplier(db, code)
        endpoint = endpoints.endpoint_of(db, supplier.id or 0)
        notices = endpoints.newest_notices(db, supplier.id or 0)
    return render_template(
        "suppliers/notices.html",
        supplier=supplier,
        endpoint=endpoint,
        notices=notices,
        secret=secret,
        typed=typed or (endpoint.url if endpoint else ""),
        error=error,
        now=erp().clock(),
        hours=erp().settings.notices.former_secret_hours,
    )


def _supplier(db: Session, code: str) -> Supplier:
    return supplier_by_code(db, code) or abort(404)


def _endpoint(db: Session, supplier: Supplier) -> SupplierEndpoint:
    return endpoints.endpoint_of(db, supplier.id or 0) or abort(404)


def _back(code: str) -> AnyResponse:
    return redirect(url_for(".index", code=code), 303)
