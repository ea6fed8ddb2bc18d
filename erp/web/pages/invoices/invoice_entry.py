"""Invoices come in by hand: typed, or as a file with many."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from erp.accounts.models import Role
from erp.channels.invoice_list import COLUMNS, Read, read_invoices
from erp.channels.reading import Problem, UnreadableFileError
from erp.fulfilment.attachments.keeping import UnfitFile, attach, attachments_to
from erp.fulfilment.attachments.models import Attachment
from erp.fulfilment.invoicing import queries
from erp.fulfilment.invoicing.incoming import UnfitInvoice, read_invoice
from erp.fulfilment.invoicing.registering import (
    Invoice,
    InvoiceConflict,
    Registered,
    register,
)
from erp.fulfilment.overview.supplier_queries import (
    supplier_by_code,
    supplier_codes,
)
from erp.web.frame import i18n
from erp.web.frame.context import account, erp, require
from erp.web.frame.words import _, ngettext
from erp.web.pages.invoices import invoice_form
from erp.web.pages.invoices.invoice_form import InvoiceForm
from erp.web.pages.invoices.invoices import tolerance

blueprint = Blueprint("invoice_entry", __name__, url_prefix="/invoices")
SHOWN_PROBLEMS = 100
Answer = str | AnyResponse | tuple[str, int]


@blueprint.get("/new")
@require(Role.OPERATOR)
def ask_new() -> str:
    """An empty form, or one filled with what a purchase order was agreed for."""
    reference = request.args.get("purchase", "").strip()
    with erp().sessions.reading() as session:
        found = queries.agreed_purchase(session, reference) if reference else None
        code = ""
        if found:
            code = queries.supplier_code(session, found.purchase.supplier_id)
    return _form_page(invoice_form.blank(code, found, erp().settings.store.currency))


@blueprint.post("/new")
def add() -> Answer:
    form = invoice_form.typed(request.form)
    if "more" in request.form:
        return _form_page(form.longer())
    content = _content()
    try:
        invoice = read_invoice(form.raw)
        registered = _register(form, invoice, content)
    except UnfitInvoice as error:
        return _form_page(form.refused(error.problems)), 422
    except UnfitFile:
        form.errors["file"] = _("Only PDF, images (PNG, JPEG, WebP) and CSV are kept.")
        return _form_page(form), 422
    except InvoiceConflict:
        form.errors["number"] = _("This number is taken, by an invoice that differs.")
        return _form_page(form), 422
    if registered is None:
        form.errors["supplier"] = _("Choose a supplier.")
        return _form_page(form), 422
    _tell(registered)
    invoice_id = registered.invoice.id
    return redirect(url_for("invoices.show", invoice_id=invoice_id), 303)


@blueprint.get("/upload")
@require(Role.OPERATOR)
def ask_file() -> str:
    return _upload_page()


@blueprint.post("/upload")
def upload() -> Answer:
    code = request.form.get("supplier", "")
    content = _content()
    if not content:
        return _upload_page(file_error=_("Choose a file.")), 422
    with erp().sessions.reading() as session:
        supplier = supplier_by_code(session, code)
    if supplier is None or supplier.id is None:
        return _upload_page(supplier_error=_("Choose a supplier.")), 422
    try:
        read = read_invoices(content)
    except UnreadableFileError as error:
        return _upload_page(file_error=str(error)), 422
    refused = _store(supplier.id, read)
    problems = [*read.problems, *refused]
    done = len(read.invoices) - len(refused)
    words = ngettext("%(num)s invoice is here.", "%(num)s invoices are here.", done)
    flash(words, "success" if done else "info")
    if not problems:
        return redirect(url_for("invoices.index", supplier=code), 303)
    return _upload_page(problems=sorted(problems, key=lambda each: each.line)), 422


def _store(supplier_id: int, read: Read) -> list[Problem]:
    """Each invoice in a transaction of its own: one that is refused harms no other."""
    refused = []
    now, by = erp().clock(), account().email
    for line, invoice in read.invoices:
        try:
            with erp().sessions.writing() as session:
                register(
                    session, supplier_id, invoice, now, tolerance=tolerance(), by=by
                )
        except InvoiceConflict as error:
            refused.append(Problem(line, "invoice", str(error)))
    return refused


def _register(form: InvoiceForm, invoice: Invoice, content: bytes) -> Registered | None:
    """None: there is no such supplier."""
    now, by = erp().clock(), account().email
    with erp().sessions.writing() as session:
        supplier = supplier_by_code(session, form.supplier)
        if supplier is None or supplier.id is None:
            return None
        attached = _chosen(session, form)
        if content:
            attached = attach(
                session,
                erp().settings.data,
                content,
                now,
                name=request.files["file"].filename or "invoice",
                supplier_id=supplier.id,
                purchase_order_id=None,
                by=by,
            ).id
        return register(
            session,
            supplier.id,
            invoice,
            now,
            tolerance=tolerance(),
            by=by,
            attachment_id=attached,
        )


def _chosen(session: Session, form: InvoiceForm) -> int | None:
    """A file that the supplier attached to what it bills here, if it was chosen."""
    offered = attachments_to(session, form.supplier, form.references)
    return next((each.id for each in offered if str(each.id) == form.attached), None)


def _tell(registered: Registered) -> None:
    if registered.is_new:
        flash(_("The invoice is entered."), "success")
    else:
        flash(_("This invoice is here already: nothing was changed."), "info")


def _content() -> bytes:
    given = request.files.get("file")
    return given.read() if given else b""


def _form_page(form: InvoiceForm) -> str:
    with erp().sessions.reading() as session:
        offered = attachments_to(session, form.supplier, form.references)
    return render_template(
        "invoices/new.html",
        form=form,
        suppliers=_suppliers(),
        files=[("", _("none of them")), *((str(x.id), _file(x)) for x in offered)],
    )


def _file(each: Attachment) -> str:
    return f"{each.name} · {i18n.moment(each.attached_at).striptags()}"


def _upload_page(
    *,
    file_error: str = "",
    supplier_error: str = "",
    problems: Sequence[Problem] = (),
) -> str:
    return render_template(
        "invoices/upload.html",
        suppliers=_suppliers(),
        columns=COLUMNS,
        file_error=file_error,
        supplier_error=supplier_error,
        problems=problems[:SHOWN_PROBLEMS],
        more=max(len(problems) - SHOWN_PROBLEMS, 0),
    )


def _suppliers() -> list[tuple[str, str]]:
    with erp().sessions.reading() as session:
        found = supplier_codes(session)
    return [("", _("Choose")), *((code, f"{code} {name}") for code, name in found)]
