"""Suppliers' invoices: the list, one beside what was agreed, and the decisions."""

from collections.abc import Callable

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from erp.fulfilment.attachments.keeping import path_of
from erp.fulfilment.invoicing import deciding, queries
from erp.fulfilment.invoicing.deciding import NotAcceptable
from erp.fulfilment.invoicing.lifecycle import InvoiceStatus
from erp.fulfilment.invoicing.matching import Tolerance
from erp.fulfilment.invoicing.models import SupplierInvoice
from erp.fulfilment.invoicing.queries import InvoiceFilter
from erp.fulfilment.overview.supplier_queries import supplier_codes
from erp.orders.lifecycle import MoveError
from erp.web.frame import asking
from erp.web.frame.context import account, erp
from erp.web.frame.labels import label
from erp.web.frame.listing import mark
from erp.web.frame.words import _
from erp.web.pages.invoices import invoice_export, invoice_sheet

blueprint = Blueprint("invoices", __name__, url_prefix="/invoices")
LONGEST_NOTE = 1_000
Command = Callable[[Session, SupplierInvoice, str], None]


@blueprint.get("")
def index() -> str:
    wanted = _asked()
    with erp().sessions.reading() as session:
        page = queries.list_invoices(session, wanted, mark())
        count = page.whole or queries.count_invoices(session, wanted)
        suppliers = supplier_codes(session)
    return render_template(
        "invoices/index.html",
        page=page,
        count=count,
        is_outdated=deciding.is_outdated,
        statuses=asking.options(InvoiceStatus),
        suppliers=[(code, f"{code} {name}") for code, name in suppliers],
    )


@blueprint.get("/export.csv")
def export() -> Response:
    """What the list shows, all of it, as a file."""
    with erp().sessions.reading() as session:
        rows = queries.export_invoices(session, _asked())
    answer = Response(invoice_export.lines(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="invoices.csv"'
    return answer


@blueprint.get("/<int:invoice_id>")
def show(invoice_id: int) -> str:
    with erp().sessions.reading() as session:
        sheet = queries.find_invoice(session, invoice_id) or abort(404)
    return render_template(
        "invoices/show.html",
        sheet=sheet,
        beside=invoice_sheet.beside(sheet, tolerance()),
        whole=invoice_sheet.of_the_whole(sheet),
        moves=deciding.moves_of(sheet.invoice),
        is_outdated=deciding.is_outdated(sheet.invoice),
        needs_decision=sheet.comparison.needs_decision(tolerance()),
    )


@blueprint.get("/<int:invoice_id>/file")
def file(invoice_id: int) -> AnyResponse:
    """The file it came with; a browser is never to show it as a page of ours."""
    with erp().sessions.reading() as session:
        sheet = queries.find_invoice(session, invoice_id) or abort(404)
    attached = sheet.attachment or abort(404)
    path = path_of(erp().settings.data, attached.sha256)
    if not path.is_file():
        abort(404)
    return send_file(
        path, attached.media_type, as_attachment=True, download_name=attached.name
    )


@blueprint.post("/<int:invoice_id>/accept")
def accept(invoice_id: int) -> AnyResponse:
    now, by = erp().clock(), account().email

    def command(session: Session, invoice: SupplierInvoice, words: str) -> None:
        deciding.accept(session, invoice, words, now, by=by)

    return _move(invoice_id, command)


@blueprint.post("/<int:invoice_id>/dispute")
def dispute(invoice_id: int) -> AnyResponse:
    now, by = erp().clock(), account().email
    if not request.form.get("note", "").strip():
        flash(_("Say what is disputed: the supplier will want to know."), "danger")
        return redirect(url_for(".show", invoice_id=invoice_id), 303)

    def command(session: Session, invoice: SupplierInvoice, words: str) -> None:
        deciding.dispute(session, invoice, words, now, tolerance=tolerance(), by=by)

    return _move(invoice_id, command)


@blueprint.post("/<int:invoice_id>/reject")
def reject(invoice_id: int) -> AnyResponse:
    now, by = erp().clock(), account().email

    def command(session: Session, invoice: SupplierInvoice, words: str) -> None:
        deciding.reject(session, invoice, words, now, tolerance=tolerance(), by=by)

    return _move(invoice_id, command)


def tolerance() -> Tolerance:
    """What nobody need look at."""
    return Tolerance.of(erp().settings.invoices)


def _move(invoice_id: int, command: Command) -> AnyResponse:
    words = request.form.get("note", "").strip()[:LONGEST_NOTE]
    try:
        with erp().sessions.writing() as session:
            invoice = session.get(SupplierInvoice, invoice_id) or abort(404)
            command(session, invoice, words)
        said = label(invoice.status)
        flash(_("The invoice is now: %(status)s.", status=said), "success")
    except MoveError:
        flash(
            _("Nothing was changed: it has moved on meanwhile. See how it stands now."),
            "danger",
        )
    except NotAcceptable:
        flash(
            _("It is in another currency than was agreed: dispute or reject it."),
            "danger",
        )
    return redirect(url_for(".show", invoice_id=invoice_id), 303)


def _asked() -> InvoiceFilter:
    return InvoiceFilter(
        search=asking.words(),
        statuses=asking.choices("status", InvoiceStatus),
        supplier=asking.words("supplier"),
        since=asking.moment("since"),
        issued_from=asking.day("from"),
        issued_until=asking.day("to"),
    )
