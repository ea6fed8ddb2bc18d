"""What a supplier does on its page: each a POST, and none of them counts twice."""

from flask import Response, abort, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from erp.fulfilment.answering.answers import Answer
from erp.fulfilment.answering.contradictions import Contradiction
from erp.fulfilment.answering.taking import take
from erp.fulfilment.attachments.keeping import UnfitFile, attach, attachments_of
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.page_links.delays import tell_delay
from erp.fulfilment.page_links.sheet import PageSheet
from erp.web.frame.context import erp, public
from erp.web.frame.formatting import number
from erp.web.frame.labels import label
from erp.web.frame.words import _, listed, locale
from erp.web.supplier_page import forms
from erp.web.supplier_page.contradictions import in_words
from erp.web.supplier_page.door import link
from erp.web.supplier_page.page import (
    ask_first,
    blueprint,
    draw,
    draw_again,
    look,
    read_form,
)
from erp.web.supplier_page.reading import Reading

__all__ = ["blueprint"]  # of the page, now with its acts
Answered = AnyResponse | str
MOST_FILES = 20  # of one purchase order; more is no invoice any more


@blueprint.post("/accept")
@public
def accept() -> Answered:
    sheet, reading = look(), read_form()
    answer = forms.read_accept(reading)
    return _tell(sheet, "accept", reading, answer, "accepted")


@blueprint.post("/accept-part")
@public
def accept_part() -> Answered:
    sheet, reading = look(), read_form()
    answer = forms.read_accept_part(reading, sheet)
    if not reading.errors and not _is_confirmed():
        said = listed(
            _("%(count)s of %(sku)s", count=number(units, locale()), sku=sku)
            for sku, units in answer.units.items()
        )
        return ask_first(
            "accept_part",
            _("Accept only a part?"),
            _("You deliver %(what)s. The rest is bought elsewhere.", what=said),
            _("Yes, only this part"),
        )
    return _tell(sheet, "accept_part", reading, answer, "accepted-part")


@blueprint.post("/reject")
@public
def reject() -> Answered:
    sheet, reading = look(), read_form()
    answer = forms.read_reject(reading)
    if not reading.errors and not _is_confirmed():
        why = label(answer.reason)
        return ask_first(
            "reject",
            _("Reject the whole purchase order?"),
            _("Your reason: %(reason)s. It is bought elsewhere then.", reason=why),
            _("Yes, reject it"),
        )
    return _tell(sheet, "reject", reading, answer, "rejected")


@blueprint.post("/cancellation")
@public
def answer_cancellation() -> Answered:
    sheet, reading = look(), read_form()
    answer = forms.read_cancellation(reading)
    if answer.is_cancelled and not reading.errors and not _is_confirmed():
        return ask_first(
            "answer_cancellation",
            _("Cancel the purchase order?"),
            _("You do not ship it, and it is not paid for."),
            _("Yes, it is cancelled"),
        )
    done = "cancelled" if answer.is_cancelled else "not-cancelled"
    return _tell(sheet, "cancellation", reading, answer, done)


@blueprint.post("/parcels")
@public
def add_parcel() -> Answered:
    sheet, reading = look(), read_form()
    answer = forms.read_parcel(reading, sheet)
    return _tell(sheet, "parcel", reading, answer, "parcel")


@blueprint.post("/parcels/<int:parcel_id>")
@public
def change_parcel(parcel_id: int) -> Answered:
    sheet, reading = look(), read_form()
    parcel = next((p for p in sheet.parcels if p.shipment.id == parcel_id), None)
    if parcel is None:
        abort(404)
    answer = forms.read_parcel_news(reading, sheet, parcel)
    return _tell(sheet, f"parcel-{parcel_id}", reading, answer, "parcel-changed")


@blueprint.post("/delay")
@public
def delay() -> Answered:
    sheet, reading = look(), read_form()
    day = reading.coming_day("ship_by")
    if day is None and not reading.errors:
        reading.errors["ship_by"] = _("Name the day.")
    if day is None or reading.errors:
        return draw_again(sheet, "delay", reading)
    if sheet.is_over:
        return _refused(sheet, "delay", _("Nothing was changed: it has ended."))
    with erp().sessions.writing() as session:
        purchase = session.get_one(PurchaseOrder, link().purchase_order_id)
        tell_delay(session, purchase, day, erp().clock())
    return _done("delayed")


@blueprint.post("/files")
@public
def add_file() -> Answered:
    sheet, reading = look(), read_form()
    given = request.files.get("file")
    content = given.read() if given else b""
    if not given or not content:
        reading.errors["file"] = _("Choose a file.")
    elif len(content) > erp().settings.supplier_page.max_file_bytes:
        reading.errors["file"] = _("The file is larger than the limit.")
    elif sheet.is_ended:
        return _refused(sheet, "file", _("Nothing was changed: it has ended."))
    if reading.errors:
        return draw_again(sheet, "file", reading)
    return _keep(sheet, reading, content, (given and given.filename) or "")


def _keep(sheet: PageSheet, reading: Reading, content: bytes, name: str) -> Answered:
    opened = link()
    with erp().sessions.writing() as session:
        session.get_one(PurchaseOrder, opened.purchase_order_id, with_for_update=True)
        if len(attachments_of(session, opened.purchase_order_id)) >= MOST_FILES:
            words = _("There are too many files. Ask the store where to send more.")
            return _refused(sheet, "file", words)
        try:
            attach(
                session,
                erp().settings.data,
                content,
                erp().clock(),
                name=name,
                supplier_id=opened.supplier_id,
                purchase_order_id=opened.purchase_order_id,
                by=f"supplier {opened.supplier_code}",
            )
        except UnfitFile:
            words = _("Only PDF, pictures (PNG, JPEG, WebP) and CSV files.")
            reading.errors["file"] = words
            return draw_again(sheet, "file", reading)
    return _done("file")


def _tell(
    sheet: PageSheet, form: str, reading: Reading, answer: Answer, done: str
) -> Answered:
    """Hand the answer on; what contradicts it is told, and what was typed stays."""
    if reading.errors:
        return draw_again(sheet, form, reading)
    opened = link()
    try:
        with erp().sessions.writing() as session:
            take(session, opened.supplier_id, opened.reference, answer, erp().clock())
    except Contradiction as contradiction:
        return _refused(look(), form, in_words(contradiction))
    return _done(done)


def _refused(sheet: PageSheet, form: str, words: str) -> Answered:
    return Response(draw(sheet, form=form, problem=words), 409)


def _done(what: str) -> Answered:
    return redirect(url_for(".show", done=what), 303)


def _is_confirmed() -> bool:
    return request.form.get("confirmed") == "yes"
