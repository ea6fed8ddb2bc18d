"""Suppliers: how each stands, how it is reached, on what terms, and its pauses."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from erp.accounts.models import Role
from erp.fulfilment import supplier_accounts
from erp.fulfilment.notices.endpoints import endpoint_of
from erp.fulfilment.overview import purchase_lists as queries
from erp.fulfilment.overview import supplier_queries
from erp.fulfilment.overview.search import PurchaseFilter
from erp.fulfilment.overview.supplier_queries import (
    SupplierFilter,
    SupplierState,
)
from erp.fulfilment.set_aside.queries import waiting_of_supplier
from erp.fulfilment.set_aside.writing import legible
from erp.fulfilment.supplier_accounts import SupplierError, Terms
from erp.kpis.models import Kpi, ScopeKind
from erp.kpis.queries import newest
from erp.web.frame import asking
from erp.web.frame.context import account, erp, may
from erp.web.frame.words import _
from erp.web.pages import kpi_cards
from erp.web.pages.suppliers import supplier_form
from erp.web.pages.suppliers.setup import desk, hints, titles
from erp.web.pages.suppliers.setup.answers import CALLS
from erp.web.pages.suppliers.setup.desk import Panels
from erp.web.pages.suppliers.setup.kinds import choices, title_of
from erp.web.pages.suppliers.setup.options import PRESET_TITLES, completed
from erp.web.pages.suppliers.supplier_form import SupplierForm
from suppliers.models import Supplier

blueprint = Blueprint("suppliers", __name__, url_prefix="/suppliers")
NEWEST = 10  # purchase orders shown on a supplier's page; the rest is a link away
LATE = Kpi.LATE_HAND_OVER
Answer = str | AnyResponse | tuple[str, int]


@blueprint.get("")
def index() -> str:
    wanted = SupplierFilter(asking.words(), asking.choice("state", SupplierState))
    with erp().sessions.reading() as session:
        rows = supplier_queries.list_suppliers(session, wanted)
        readings = newest(session, (ScopeKind.SUPPLIER,)) if rows else {}
    late = {key: each for (kpi, _kind, key), each in readings.items() if kpi is LATE}
    return render_template(
        "suppliers/index.html",
        rows=rows,
        late=late,
        states=asking.options(SupplierState),
        limit=supplier_queries.LIST_LIMIT,
    )


@blueprint.get("/new")
def ask_new() -> str:
    return _form_page(supplier_form.blank(erp().settings.store.currency))


@blueprint.post("/new")
def add() -> Answer:
    form = _typed()
    if "do" in form.typed:
        return _form_page(form, panels=desk.act(form.typed["do"], form, None))
    if form.terms is None:
        return _form_page(form), 422
    try:
        with erp().sessions.writing() as session:
            supplier_accounts.add(
                session,
                form.code,
                form.terms,
                supplier_accounts.seal(erp().secrets, form.token),
                erp().clock(),
                by=account().email,
            )
    except SupplierError as error:
        return _refused(form, error)
    flash(_("Supplier %(code)s added.", code=form.code), "success")
    return redirect(url_for(".show", code=form.code), 303)


@blueprint.get("/<code>")
def show(code: str) -> str:
    now = erp().clock()
    with erp().sessions.reading() as session:
        row = supplier_queries.find_supplier(session, code) or abort(404)
        cards = kpi_cards.gather(session, ScopeKind.SUPPLIER, code)
        theirs = PurchaseFilter(supplier=code)
        page = queries.list_purchases(session, theirs, now)
        offers = supplier_queries.count_offers(session, row.supplier)
        endpoint = endpoint_of(session, row.supplier.id or 0)
        aside = waiting_of_supplier(session, row.supplier.id or 0)
    return render_template(
        "suppliers/show.html",
        row=row,
        kind=title_of(row.supplier.kind, row.supplier.options),
        cards=cards,
        purchases=page.rows[:NEWEST],
        offers=offers,
        set_aside=aside,
        said=lambda report: legible(report.report),
        names_purchase=True,
        endpoint=endpoint,
    )


@blueprint.get("/<code>/edit")
def edit(code: str) -> str:
    with erp().sessions.reading() as session:
        supplier = _supplier(session, code)
    return _form_page(supplier_form.of(supplier), supplier)


@blueprint.post("/<code>/edit")
def save(code: str) -> Answer:
    with erp().sessions.reading() as session:
        supplier = _supplier(session, code)
    form = _typed(supplier)
    if "do" in form.typed:
        panels = desk.act(form.typed["do"], form, supplier)
        return _form_page(form, supplier, panels)
    terms = form.terms
    if terms is None:
        return _form_page(form, supplier), 422
    try:
        with erp().sessions.writing() as session:
            _change(session, code, terms, form.token)
    except SupplierError as error:
        return _refused(form, error, supplier)
    flash(_("Saved."), "success")
    return redirect(url_for(".show", code=code), 303)


@blueprint.post("/<code>/pause")
def pause(code: str) -> AnyResponse:
    because = request.form.get("because", "").strip()[:200]
    with erp().sessions.writing() as session:
        supplier = _supplier(session, code)
        now, by = erp().clock(), account().email
        supplier_accounts.pause(session, supplier, because, now, by=by)
    flash(_("Paused: it is sent nothing until you resume it."), "success")
    return redirect(url_for(".show", code=code), 303)


@blueprint.post("/<code>/resume")
def resume(code: str) -> AnyResponse:
    with erp().sessions.writing() as session:
        supplier = _supplier(session, code)
        supplier_accounts.resume(session, supplier, erp().clock(), by=account().email)
    flash(_("Resumed: what waits goes out now."), "success")
    return redirect(url_for(".show", code=code), 303)


def _change(session: Session, code: str, terms: Terms, token: str) -> None:
    supplier_accounts.change(
        session,
        _supplier(session, code),
        terms,
        supplier_accounts.seal(erp().secrets, token),
        erp().clock(),
        by=account().email,
    )


def _supplier(session: Session, code: str) -> Supplier:
    return supplier_queries.supplier_by_code(session, code) or abort(404)


def _typed(supplier: Supplier | None = None) -> SupplierForm:
    """Only an owner may open our own network, or point what is open elsewhere."""
    # A box comes after a hidden field of its name, which says that it was there.
    typed = {name: texts[-1] for name, texts in request.form.lists()}
    if not may(Role.OWNER):
        kept = supplier is not None and supplier.allow_private
        same = supplier is not None and typed.get("base_url") == supplier.base_url
        typed["allow_private"] = "yes" if kept and same else ""
    return supplier_form.read(typed, is_new=supplier is None)


def _refused(
    form: SupplierForm, error: SupplierError, supplier: Supplier | None = None
) -> tuple[str, int]:
    words = {
        "code": _("Another supplier has this code."),
        "token": _("The address changed: type the token again, it was for the former."),
    }
    form.errors[error.field] = words[error.field]
    return _form_page(form, supplier), 422


def _form_page(
    form: SupplierForm, supplier: Supplier | None = None, panels: Panels | None = None
) -> str:
    form.typed = completed(form.way, form.typed)
    kept_since = None
    if supplier is not None:
        with erp().sessions.reading() as session:
            kept_since = supplier_accounts.credential_kept_since(session, supplier)
    return render_template(
        "suppliers/edit.html",
        form=form,
        supplier=supplier,
        panels=panels or Panels(),
        kept_since=kept_since,
        kinds=choices(),
        presets=[(name, _(title)) for name, title in PRESET_TITLES.items()],
        calls=[(name, _(title)) for name, title in CALLS.items()],
        title=titles.title,
        hint=hints.hint,
        choice=hints.choice,
        named=hints.named,
    )
