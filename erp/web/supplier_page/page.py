"""The page itself, its packing slip, and what is shown where nothing opens."""

import logging
import secrets
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Response,
    abort,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from erp.fulfilment.page_links.sheet import PageSheet, page_of
from erp.web.frame import asking
from erp.web.frame.context import erp, public
from erp.web.frame.security import Forged
from erp.web.frame.words import N_, _
from erp.web.supplier_page import door
from erp.web.supplier_page.reading import Reading, Today
from suppliers.contract import RejectReason

log = logging.getLogger(__name__)
blueprint = Blueprint("supplier_page", __name__, url_prefix="/p/<secret>")
blueprint.url_value_preprocessor(door.take_secret)
blueprint.url_defaults(door.give_secret)
blueprint.before_request(door.come_in)
blueprint.after_request(door.add_headers)

blueprint.context_processor(lambda: {"form_token": door.form_token})

DONE = {
    "accepted": N_("Thank you, your acceptance was noted."),
    "accepted-part": N_("Noted: you deliver the part that you accepted."),
    "rejected": N_("Noted: you cannot deliver it. Please do not ship it."),
    "cancelled": N_("Thank you: it is cancelled. Please do not ship it."),
    "not-cancelled": N_("Noted: you go on with it."),
    "delayed": N_("Noted: the store knows of the new day."),
    "parcel": N_("Thank you, the parcel was noted."),
    "parcel-changed": N_("Noted."),
    "file": N_("Thank you, we have the file."),
}


@blueprint.get("")
@public
def show() -> str | AnyResponse:
    return draw(look())


@blueprint.get("/packing-slip")
@public
def packing_slip() -> str:
    """For the customer, in the store's name: it is the seller, whoever packs."""
    sheet = look()
    if sheet.recipient is None:
        abort(404)
    chosen = request.args.get("parcel", "")
    parcel = next((p for p in sheet.parcels if str(p.shipment.id) == chosen), None)
    if parcel is not None:
        contents = parcel.contents
    else:
        contents = tuple((item, item.accepted) for item in sheet.items)
    return render_template(
        "supplier_page/packing_slip.html",
        sheet=sheet,
        contents=[(item, units) for item, units in contents if units],
        is_part=parcel is not None and len(sheet.parcels) > 1,
    )


@blueprint.get("/<act>")
@public
def back(act: str) -> AnyResponse:
    """The address of a command, opened anew: the page, and nothing is done."""
    return redirect(url_for(".show"), 303)


def look() -> PageSheet:
    """The purchase order as it stands."""
    with erp().sessions.reading() as session:
        sheet = page_of(session, door.link(), erp().clock())
    return sheet or abort(404)


def read_form() -> Reading:
    zone = ZoneInfo(erp().settings.store.time_zone)
    return Reading(request.form, Today(erp().clock(), zone))


def draw(
    sheet: PageSheet,
    *,
    form: str = "",
    errors: Mapping[str, str] | None = None,
    problem: str = "",
) -> str:
    """The page; `form` is the one to which what was typed and the errors belong."""
    done = DONE.get(request.args.get("done", "")) if request.method == "GET" else None
    return render_template(
        "supplier_page/show.html",
        sheet=sheet,
        form=form,
        typed=request.form if form else {},
        errors=errors or {},
        problem=problem,
        done=_(done) if done else "",
        choices_of_reasons=asking.options(RejectReason),
        today=read_form().today.day,
        drawn=secrets.token_hex(8),
    )


def draw_again(sheet: PageSheet, form: str, reading: Reading) -> AnyResponse:
    """The form once more, with what was typed and what is wrong with it."""
    problem = _("Nothing was changed yet: please look at what is marked.")
    page = draw(sheet, form=form, errors=reading.errors, problem=problem)
    return Response(page, 422)


def ask_first(act: str, title: str, question: str, yes: str) -> str:
    """What cannot be undone is asked once more; what was typed goes along."""
    return render_template(
        "supplier_page/confirm.html",
        act=act,
        title=title,
        question=question,
        yes=yes,
        typed=[
            (name, text)
            for name, text in request.form.items(multi=True)
            if name not in ("csrf_token", "confirmed")
        ],
    )


@blueprint.errorhandler(HTTPException)
def show_closed(error: HTTPException) -> Response:
    return _notice(error.code or 500, *_words(error.code or 500), error)


@blueprint.errorhandler(Forged)
def show_forged(_error: Forged) -> Response:
    words = _("For your safety nothing was changed. Open your link again and try anew.")
    return _notice(403, _("This form is no longer valid"), words)


@blueprint.errorhandler(OperationalError)
def show_out_of_order(error: OperationalError) -> Response:
    log.error("no database for the supplier's page: %s", error.orig)
    return _notice(503, *_words(503))


@blueprint.errorhandler(Exception)
def show_failure(error: Exception) -> Response:
    """A bug of ours; the log has the details, and nothing of the link."""
    log.error("failed on the supplier's page", exc_info=error)
    return _notice(500, *_words(500))


def _notice(
    status: int, title: str, words: str, error: HTTPException | None = None
) -> Response:
    page = render_template("supplier_page/notice.html", title=title, words=words)
    answer = Response(page, status)
    headers: Any = error.get_headers() if error else ()
    for name, value in headers:
        if name == "Retry-After":
            answer.headers[name] = value
    return answer


def _words(status: int) -> tuple[str, str]:
    match status:
        case 404:
            return _("This link opens nothing"), _(
                "It may have expired, or a newer one has taken its place. Look for a "
                "later mail about your order, or ask the store for a new link."
            )
        case 413:
            return _("Too large"), _(
                "The file is larger than the limit. Nothing was changed."
            )
        case 429:
            return _("One moment, please"), _(
                "This page was opened very often just now. Wait a minute, then open "
                "your link again; nothing is lost."
            )
        case code if code < 500:
            return _("Not understood"), _(
                "The request could not be understood. Open your link again."
            )
    return _("Something went wrong"), _(
        "It is our fault and has been logged. Nothing was half done: try again."
    )
