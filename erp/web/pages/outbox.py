"""The outbox: every mail about an alert, what it says and what became of it."""

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from config.paging import PAGE_SIZE, Page
from erp.alerts.models import Delivery, DeliveryStatus
from erp.alerts.notify import queue_again
from erp.alerts.queries import alerts_told, outbox, outbox_counts
from erp.web.frame.context import account, erp
from erp.web.frame.listing import mark
from erp.web.frame.words import _

blueprint = Blueprint("outbox", __name__, url_prefix="/outbox")

LAST_PAGE = 1_000  # nobody turns so many
# A mail runs no script, loads nothing and stands in a frame of ours only.
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; "
    "frame-ancestors 'self'"
)


@blueprint.get("")
def index() -> str:
    status = _status()
    number = _page_number()
    with erp().sessions.reading() as db:
        found = outbox(
            db,
            statuses=[status] if status else list(DeliveryStatus),
            limit=PAGE_SIZE + 1,
            offset=(number - 1) * PAGE_SIZE,
        )
        counts = outbox_counts(db)
    page = Page(
        rows=found[:PAGE_SIZE],
        before=str(number - 1) if number > 1 else None,
        after=str(number + 1) if len(found) > PAGE_SIZE else None,
    )
    return render_template(
        "outbox/index.html", page=page, counts=counts, statuses=tuple(DeliveryStatus)
    )


@blueprint.get("/<int:delivery_id>")
def show(delivery_id: int) -> str:
    with erp().sessions.reading() as db:
        mail = _found(db, delivery_id)
        told = alerts_told(db, mail)
    g.policy = {"frame-src": "'self'"}
    again = mail.status in (DeliveryStatus.FAILED, DeliveryStatus.SENT)
    return render_template(
        "outbox/show.html", mail=mail, alerts=told, may_go_again=again
    )


@blueprint.get("/<int:delivery_id>/page")
def as_page(delivery_id: int) -> Response:
    with erp().sessions.reading() as db:
        mail = _found(db, delivery_id)
    answer = Response(mail.html, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = LETTER_POLICY
    return answer


@blueprint.post("/<int:delivery_id>/again")
def again(delivery_id: int) -> AnyResponse:
    with erp().sessions.writing() as db:
        mail = _found(db, delivery_id)
        queued = queue_again(db, mail, erp().clock(), by=account().email)
    if queued:
        flash(_("The mail is queued and goes out shortly."), "success")
    else:
        flash(_("The mail is on its way already."), "info")
    return redirect(url_for(".show", delivery_id=delivery_id), 303)


def _found(db: Session, delivery_id: int) -> Delivery:
    return db.get(Delivery, delivery_id) or abort(404)


def _status() -> DeliveryStatus | None:
    try:
        return DeliveryStatus(request.args.get("status", ""))
    except ValueError:
        return None


def _page_number() -> int:
    wanted = mark() or ""
    number = int(wanted) if wanted.isascii() and wanted.isdigit() else 1
    return min(max(number, 1), LAST_PAGE)
