"""A supplier's clocks: its business days, how long it has, and what follows."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from erp.fulfilment.overview.supplier_queries import supplier_by_code
from erp.fulfilment.rerouting.terms import change_clock
from erp.web.frame import asking
from erp.web.frame.context import account, erp
from erp.web.frame.labels import label
from erp.web.frame.words import _
from erp.web.pages.suppliers import clock_form
from erp.web.pages.suppliers.clock_form import WEEK, ClockForm
from suppliers.models import Reroute, Supplier

blueprint = Blueprint("supplier_clock", __name__, url_prefix="/suppliers/<code>/clock")


@blueprint.get("")
def edit(code: str) -> str:
    with erp().sessions.reading() as session:
        supplier = _supplier(session, code)
    return _page(code, clock_form.of(supplier))


@blueprint.post("")
def save(code: str) -> AnyResponse | tuple[str, int]:
    form = clock_form.read(request.form, request.form.getlist("workdays"))
    with erp().sessions.writing() as session:
        supplier = _supplier(session, code)
        if form.terms is None:
            return _page(code, form), 422
        now, by = erp().clock(), account().email
        change_clock(session, supplier, form.terms, now, by=by)
    flash(_("Saved."), "success")
    return redirect(url_for("suppliers.show", code=code), 303)


def _supplier(session: Session, code: str) -> Supplier:
    return supplier_by_code(session, code) or abort(404)


def _page(code: str, form: ClockForm) -> str:
    stores = label(Reroute(erp().settings.routing.reroute))
    return render_template(
        "suppliers/clock.html",
        code=code,
        form=form,
        week=[(number, _(words)) for number, words in WEEK],
        modes=[
            ("", _("As the store does: %(mode)s", mode=stores)),
            *asking.options(Reroute),
        ],
    )
