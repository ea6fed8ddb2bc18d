"""An operator enters what a supplier said by mail or telephone: each act a POST."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from erp.fulfilment.answering.answers import Answer
from erp.fulfilment.answering.contradictions import Contradiction
from erp.fulfilment.answering.entering import enter, enter_delay
from erp.fulfilment.letters.handling import mark_read
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.overview.purchase_lists import purchase_by_reference
from erp.fulfilment.overview.sheets import find_purchase
from erp.fulfilment.page_links.sheet import PageSheet
from erp.orders.lifecycle import MoveError
from erp.web.frame.context import account, erp
from erp.web.frame.words import _
from erp.web.pages.purchases import purchases
from erp.web.pages.purchases.answer_forms import (
    Typed,
    answered_sheet,
    letter_about,
    read_form,
)
from erp.web.supplier_page import forms
from erp.web.supplier_page.contradictions import in_words_about
from erp.web.supplier_page.reading import Reading

blueprint = Blueprint(
    "answer_entry", __name__, url_prefix="/purchases/<reference>/answer"
)
Answered = AnyResponse | tuple[str, int]
Change = Callable[[Session, PurchaseOrder], bool]


@blueprint.post("/accept")
def accept(reference: str) -> Answered:
    reading, _sheet = _begin(reference)
    return _enter(reference, "accept", reading, forms.read_accept(reading))


@blueprint.post("/accept-part")
def accept_part(reference: str) -> Answered:
    reading, sheet = _begin(reference)
    return _enter(reference, "part", reading, forms.read_accept_part(reading, sheet))


@blueprint.post("/reject")
def reject(reference: str) -> Answered:
    reading, _sheet = _begin(reference)
    return _enter(reference, "reject", reading, forms.read_reject(reading))


@blueprint.post("/cancellation")
def answer_cancellation(reference: str) -> Answered:
    reading, _sheet = _begin(reference)
    return _enter(reference, "cancellation", reading, forms.read_cancellation(reading))


@blueprint.post("/parcels")
def add_parcel(reference: str) -> Answered:
    reading, sheet = _begin(reference)
    return _enter(reference, "parcel", reading, forms.read_parcel(reading, sheet))


@blueprint.post("/parcels/<int:parcel_id>")
def change_parcel(reference: str, parcel_id: int) -> Answered:
    reading, sheet = _begin(reference)
    parcel = next((p for p in sheet.parcels if p.shipment.id == parcel_id), None)
    if parcel is None:
        abort(404)
    answer = forms.read_parcel_news(reading, sheet, parcel)
    return _enter(reference, f"parcel-{parcel_id}", reading, answer)


@blueprint.post("/delay")
def delay(reference: str) -> Answered:
    reading, sheet = _begin(reference)
    day = reading.coming_day("ship_by")
    if day is None and not reading.errors:
        reading.errors["ship_by"] = _("Name the day.")
    if day is None or reading.errors:
        return _again(reference, "delay", reading)
    ship_by = day
    if sheet.is_over:
        raise MoveError("it has ended")
    return _do(
        reference,
        lambda session, purchase: enter_delay(
            session, purchase, ship_by, erp().clock(), by=account().email
        ),
    )


@blueprint.errorhandler(MoveError)
def show_as_it_stands(_error: MoveError) -> AnyResponse:
    """It stands elsewhere than when its page was drawn."""
    purchases.tell_moved_on()
    return _back()


def _begin(reference: str) -> tuple[Reading, PageSheet]:
    with erp().sessions.reading() as session:
        found = find_purchase(session, reference, erp().clock()) or abort(404)
    sheet = answered_sheet(found)
    if sheet is None:
        raise MoveError(f"no supplier was handed {reference}")
    return read_form(), sheet


def _enter(reference: str, form: str, reading: Reading, answer: Answer) -> Answered:
    if reading.errors:
        return _again(reference, form, reading)

    def tell(session: Session, purchase: PurchaseOrder) -> bool:
        return enter(session, purchase, answer, erp().clock(), by=account().email)

    try:
        return _do(reference, tell)
    except Contradiction as contradiction:
        words = in_words_about(contradiction)
        typed = Typed(form, request.form, problem=words)
        return purchases.page(reference, typed=typed), 409


def _do(reference: str, change: Change) -> AnyResponse:
    with erp().sessions.writing() as session:
        purchase = purchase_by_reference(session, reference) or abort(404)
        is_news = change(session, purchase)
        if letter := letter_about(session, purchase):  # whoever enters it has read it
            mark_read(session, [letter.id or 0], erp().clock(), by=account().email)
    if is_news:
        flash(_("Noted, as the supplier said it."), "success")
    else:
        flash(_("Nothing was changed: that was known already."), "info")
    return _back()


def _again(reference: str, form: str, reading: Reading) -> Answered:
    words = _("Nothing was changed yet: please look at what is marked.")
    typed = Typed(form, request.form, reading.errors, words)
    return purchases.page(reference, typed=typed), 422


def _back() -> AnyResponse:
    """The letter stays beside the forms: it may say more than one thing."""
    reference = (request.view_args or {})["reference"]
    letter = request.form.get("letter") or None
    there = url_for("purchases.show", reference=reference, letter=letter)
    return redirect(there, 303)
