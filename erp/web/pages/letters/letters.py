"""Suppliers' letters: the list, one of them, and what is done with it."""

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from erp.fulfilment.letters import handling, queries
from erp.fulfilment.letters.handling import AttachedAlready, UnknownReference
from erp.fulfilment.letters.queries import LetterFilter, LetterSheet
from erp.fulfilment.overview.supplier_queries import supplier_codes
from erp.web.frame import asking
from erp.web.frame.context import account, erp
from erp.web.frame.listing import mark
from erp.web.frame.words import _, ngettext
from erp.web.pages.letters import letter_export

blueprint = Blueprint("letters", __name__, url_prefix="/letters")
MOST = 1_000  # letters in one command
TOO_LARGE = 2**31  # for the id of a letter


@blueprint.get("")
def index() -> str:
    with erp().sessions.reading() as session:
        page, count = queries.list_letters(session, _asked(), mark())
        suppliers = supplier_codes(session)
        is_empty = not page.rows and not queries.has_letters(session)
    return render_template(
        "letters/index.html",
        page=page,
        count=count,
        is_empty=is_empty,
        suppliers=[(code, f"{code} {name}") for code, name in suppliers],
        most=MOST,
    )


@blueprint.get("/export.csv")
def export() -> Response:
    """What the list shows, all of it, as a file."""
    with erp().sessions.reading() as session:
        rows = queries.export_letters(session, _asked())
    answer = Response(letter_export.lines(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="letters.csv"'
    return answer


@blueprint.post("/read")
def read_many() -> AnyResponse:
    ids = _ticked()
    with erp().sessions.writing() as session:
        now, by = erp().clock(), account().email
        done = handling.mark_read(session, ids, now, by=by)
    if ids:
        said = ngettext("%(num)s letter is read.", "%(num)s letters are read.", done)
        flash(said, "success" if done else "info")
    else:
        flash(_("Choose at least one letter."), "warning")
    return redirect(asking.again(".index"), 303)


@blueprint.get("/<int:letter_id>")
def show(letter_id: int) -> str:
    return _page(letter_id)


@blueprint.post("/<int:letter_id>/read")
def read_one(letter_id: int) -> AnyResponse:
    now, by = erp().clock(), account().email
    with erp().sessions.writing() as session:
        handling.mark_read(session, [letter_id], now, by=by)
    return redirect(url_for(".show", letter_id=letter_id), 303)


@blueprint.post("/<int:letter_id>/unread")
def unread_one(letter_id: int) -> AnyResponse:
    with erp().sessions.writing() as session:
        handling.mark_unread(session, letter_id)
    return redirect(url_for(".show", letter_id=letter_id), 303)


@blueprint.post("/<int:letter_id>/attach")
def attach(letter_id: int) -> AnyResponse | tuple[str, int]:
    reference = request.form.get("reference", "").strip()
    now, by = erp().clock(), account().email
    try:
        with erp().sessions.writing() as session:
            if queries.find_letter(session, letter_id) is None:
                abort(404)
            handling.attach(session, letter_id, reference, now, by=by)
    except UnknownReference:
        words = _("This supplier has no purchase order of ours with this reference.")
        return _page(letter_id, words), 422
    except AttachedAlready:
        flash(_("Nothing was changed: it is about a purchase order already."), "danger")
    else:
        flash(_("The letter stands on the order's timeline now."), "success")
    return redirect(url_for(".show", letter_id=letter_id), 303)


def _page(letter_id: int, wrong: str = "") -> str:
    with erp().sessions.reading() as session:
        sheet: LetterSheet = queries.find_letter(session, letter_id) or abort(404)
    return render_template("letters/show.html", sheet=sheet, wrong=wrong)


def _asked() -> LetterFilter:
    return LetterFilter(
        search=asking.words(),
        supplier=asking.words("supplier"),
        purchase=asking.words("purchase"),
        unread=bool(asking.words("unread")),
        lone=bool(asking.words("lone")),
        returned=bool(asking.words("returned")),
    )


def _ticked() -> list[int]:
    """The ids that are ticked, or of all letters that match the list's address."""
    if request.form.get("all") != "yes":
        ids = request.form.getlist("letter", int)[:MOST]
        return [each for each in ids if 0 < each < TOO_LARGE]
    with erp().sessions.reading() as session:
        return queries.matching_ids(session, _asked(), MOST)
