"""Purchase orders: the list, and one with its attempts, parcels and commands."""

from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from erp.fulfilment.decisions import (
    ASKED_FIRST,
    CANCELLABLE,
    UNDECIDED,
    cancel_purchase,
    mark_placed,
    requeue,
)
from erp.fulfilment.invoicing.queries import invoices_of
from erp.fulfilment.letters.queries import letters_about
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.overview import purchase_lists as queries
from erp.fulfilment.overview import sheets
from erp.fulfilment.overview.scorecards.causes import Cause
from erp.fulfilment.overview.scorecards.counted import Counted
from erp.fulfilment.overview.search import Lateness, PurchaseFilter, PurchaseSort
from erp.fulfilment.overview.supplier_queries import supplier_codes
from erp.fulfilment.set_aside.queries import waiting_of_purchase
from erp.fulfilment.set_aside.writing import legible
from erp.orders.lifecycle import MoveError
from erp.web.frame import asking
from erp.web.frame.context import account, erp
from erp.web.frame.listing import mark
from erp.web.frame.words import _
from erp.web.pages.purchases import supplier_links
from erp.web.pages.purchases.answer_forms import Typed, answer_forms

blueprint = Blueprint("purchases", __name__, url_prefix="/purchases")
LONGEST_REFERENCE = 120


@dataclass(frozen=True, slots=True)
class Commands:
    """What an operator may do with a purchase order as it stands."""

    requeue: bool
    mark_placed: bool
    cancel: bool
    asks_supplier: bool  # cancelling waits for the supplier's yes
    may_be_there: bool  # the supplier may already hold it


@blueprint.get("")
def index() -> str:
    wanted, now = _asked(), erp().clock()
    with erp().sessions.reading() as session:
        page = queries.list_purchases(session, wanted, now, mark())
        count = page.whole or queries.count_purchases(session, wanted, now)
        suppliers = supplier_codes(session)
    return render_template(
        "purchases/index.html",
        page=page,
        narrowed=[each for each in (wanted.counted, wanted.cause) if each],
        count=count,
        statuses=asking.options(PurchaseStatus),
        lateness=asking.options(Lateness),
        sorts=asking.options(PurchaseSort),
        suppliers=[(code, f"{code} {name}") for code, name in suppliers],
    )


@blueprint.get("/<reference>")
def show(reference: str) -> str:
    return page(reference)


@blueprint.post("/<reference>/requeue")
def send_again(reference: str) -> AnyResponse:
    try:
        with erp().sessions.writing() as session:
            purchase = _purchase(session, reference)
            requeue(session, purchase, erp().clock(), by=account().email)
        flash(_("Queued again."), "success")
    except MoveError:
        tell_moved_on()
    return redirect(url_for(".show", reference=reference), 303)


@blueprint.post("/<reference>/placed")
def note_placed(reference: str) -> str | AnyResponse | tuple[str, int]:
    theirs = request.form.get("supplier_reference", "").strip()
    if not 0 < len(theirs) <= LONGEST_REFERENCE:
        words = _("Type the supplier's own number for it, as they told you.")
        return page(reference, placed_error=words), 422
    try:
        with erp().sessions.writing() as session:
            purchase = _purchase(session, reference)
            mark_placed(session, purchase, theirs, erp().clock(), by=account().email)
        flash(_("Noted: the supplier has it."), "success")
    except MoveError:
        tell_moved_on()
    return redirect(url_for(".show", reference=reference), 303)


@blueprint.post("/<reference>/cancel")
def cancel(reference: str) -> AnyResponse:
    try:
        with erp().sessions.writing() as session:
            purchase = _purchase(session, reference)
            cancel_purchase(session, purchase, erp().clock(), by=account().email)
        flash(_("Cancelled, or asked of the supplier if it may have it."), "success")
    except MoveError:
        tell_moved_on()
    return redirect(url_for(".show", reference=reference), 303)


def tell_moved_on() -> None:
    words = _("Nothing was changed: it has moved on meanwhile. See how it stands now.")
    flash(words, "danger")


def _asked() -> PurchaseFilter:
    return PurchaseFilter(
        search=asking.words(),
        statuses=asking.choices("status", PurchaseStatus),
        supplier=asking.words("supplier"),
        channel=asking.words("channel"),
        product=asking.words("product"),
        late=asking.choice("late", Lateness),
        since=asking.moment("since"),
        until=asking.moment("until"),
        counted=asking.choice("counted", Counted),
        cause=asking.choice("cause", Cause),
        created_from=asking.day_start("from"),
        created_before=asking.day_start("to", later_by_days=1),
        sort=asking.choice("sort", PurchaseSort) or PurchaseSort.NEWEST,
    )


def page(reference: str, placed_error: str = "", typed: Typed | None = None) -> str:
    """The page of a purchase order; `typed` is what was entered of its supplier."""
    with erp().sessions.reading() as session:
        sheet = sheets.find_purchase(session, reference, erp().clock())
        invoices = invoices_of(session, sheet.purchase) if sheet else []
        if sheet is None:
            abort(404)
        aside = waiting_of_purchase(session, sheet.purchase.id or 0)
        letters = letters_about(session, sheet.purchase)
        supplier_page = supplier_links.page_of(session, sheet.purchase, erp().clock())
        answers = answer_forms(session, sheet, typed)
    return render_template(
        "purchases/show.html",
        sheet=sheet,
        invoices=invoices,
        letters=letters,
        set_aside=aside,
        said=lambda report: legible(report.report),
        commands=_commands(sheet.purchase),
        page=supplier_page,
        answers=answers,
        placed_error=placed_error,
    )


def _commands(purchase: PurchaseOrder) -> Commands:
    status = purchase.status
    stuck = status in UNDECIDED
    return Commands(
        requeue=stuck,
        mark_placed=stuck,
        cancel=status in CANCELLABLE,
        asks_supplier=status in ASKED_FIRST,
        may_be_there=stuck and purchase.attempts > 0,
    )


def _purchase(session: Session, reference: str) -> PurchaseOrder:
    return queries.purchase_by_reference(session, reference) or abort(404)
