"""Orders: the list with its filters, commands on many, and one order's page."""

from datetime import datetime

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
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from erp.fulfilment.decisions import cancel_order
from erp.fulfilment.lifecycle import ReturnReason
from erp.fulfilment.rerouting.commands import is_reroutable
from erp.fulfilment.returns import request as request_return
from erp.orders import queries
from erp.orders.holds import release
from erp.orders.lifecycle import HoldReason, MoveError, OrderStatus
from erp.orders.models import Order
from erp.orders.search import OrderSort
from erp.web.frame import asking
from erp.web.frame.choice_words import advice
from erp.web.frame.context import account, erp
from erp.web.frame.listing import mark
from erp.web.frame.words import _, listed, ngettext
from erp.web.pages.orders import (
    bulk,
    order_export,
    order_list,
    order_sheet,
)
from erp.web.pages.orders.bulk import BulkAction

blueprint = Blueprint("orders", __name__, url_prefix="/orders")
TOO_LARGE = 2**31  # for the id of an order
NAMED = 20  # orders a question names before it only counts the rest


@blueprint.get("")
def index() -> str:
    with erp().sessions.reading() as session:
        found = order_list.gather(session, order_list.asked(), mark())
    return render_template(
        "orders/index.html",
        found=found,
        statuses=asking.options(OrderStatus),
        reasons=asking.options(HoldReason),
        sorts=asking.options(OrderSort),
        most=bulk.MOST,
    )


@blueprint.get("/export.csv")
def export() -> Response:
    """What the list shows, all of it, as a file."""
    with erp().sessions.reading() as session:
        rows = queries.export_orders(session, order_list.asked())
    answer = Response(order_export.lines(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="orders.csv"'
    return answer


@blueprint.post("/bulk")
def command_many() -> str | AnyResponse:
    """Ask first, naming the orders; do it once the question is answered."""
    action = _action()
    ids = _ticked()
    if not ids:
        flash(_("Choose at least one order."), "warning")
        return redirect(asking.again(".index"), 303)
    if request.form.get("confirmed") != "yes":
        return _ask(action, ids)
    outcome = bulk.apply(erp().sessions, ids, _command(action))
    _tell(action, outcome)
    return redirect(asking.again(".index"), 303)


@blueprint.get("/<int:order_id>")
def show(order_id: int) -> str:
    return _page(order_id)


@blueprint.post("/<int:order_id>/release")
def release_one(order_id: int) -> AnyResponse:
    reason = _reason()
    with erp().sessions.writing() as session:
        closed = release(
            session,
            _order(session, order_id),
            erp().clock(),
            by=account().email,
            reason=reason,
        )
    flash(_("Released.") if closed else _("It was not held any more."), "success")
    return redirect(url_for(".show", order_id=order_id), 303)


@blueprint.post("/<int:order_id>/cancel")
def cancel_one(order_id: int) -> AnyResponse:
    try:
        with erp().sessions.writing() as session:
            order = _order(session, order_id)
            cancel_order(session, order, erp().clock(), by=account().email)
        flash(_("Cancelled, as far as it had not shipped."), "success")
    except MoveError:
        flash(_not_cancelled(), "danger")
    return redirect(url_for(".show", order_id=order_id), 303)


@blueprint.post("/<int:order_id>/return")
def return_some(order_id: int) -> str | AnyResponse | tuple[str, int]:
    try:
        with erp().sessions.writing() as session:
            made = request_return(
                session,
                _order(session, order_id),
                _units(),
                ReturnReason(request.form.get("reason", "")),
                request.form.get("note", "").strip(),
                erp().clock(),
                by=account().email,
            )
    except ValueError:
        return _page(order_id, return_error=_what_can_be_returned()), 422
    flash(_("Return %(reference)s requested.", reference=made.reference), "success")
    return redirect(url_for("returns.show", reference=made.reference), 303)


def _page(order_id: int, return_error: str = "") -> str:
    with erp().sessions.reading() as session:
        sheet = order_sheet.gather(session, order_id, erp().clock())
    if sheet is None:
        abort(404)
    return render_template(
        "orders/show.html",
        sheet=sheet,
        advice=advice,
        is_reroutable=is_reroutable,
        return_reasons=asking.options(ReturnReason),
        return_error=return_error,
    )


def _order(session: Session, order_id: int) -> Order:
    return queries.find_order(session, order_id) or abort(404)


def _reason() -> HoldReason | None:
    """The hold to release; none named means all of them."""
    try:
        return (
            HoldReason(request.form["reason"]) if request.form.get("reason") else None
        )
    except ValueError:
        abort(400)


def _units() -> dict[int, int]:
    """The units typed beside each line. Raises ValueError if one is no number."""
    typed = {
        name.removeprefix("units-"): text.strip()
        for name, text in request.form.items()
        if name.startswith("units-")
    }
    return {int(line_id): int(text) for line_id, text in typed.items() if text}


def _action() -> BulkAction:
    try:
        return BulkAction(request.form.get("action", ""))
    except ValueError:
        abort(400)


def _ticked() -> list[int]:
    """The ids that are ticked, or of all orders that match the list's address."""
    if request.form.get("all") != "yes":
        return [
            each for each in request.form.getlist("order", int) if 0 < each < TOO_LARGE
        ]
    with erp().sessions.reading() as session:
        return queries.matching_ids(session, order_list.asked(), bulk.MOST)


def _ask(action: BulkAction, ids: list[int]) -> str:
    with erp().sessions.reading() as session:
        orders = queries.orders_named(session, ids[: bulk.MOST])
    return render_template(
        "orders/confirm.html",
        action=action,
        orders=orders,
        named=orders[:NAMED],
        unnamed=max(len(orders) - NAMED, 0),
    )


def _command(action: BulkAction) -> bulk.Command:
    now, by = erp().clock(), account().email
    if action is BulkAction.RELEASE:
        return lambda session, order: release(session, order, now, by=by) > 0
    return lambda session, order: _cancel_rest(session, order, now, by)


def _cancel_rest(session: Session, order: Order, now: datetime, by: str) -> bool:
    """Cancel what has not shipped; whether there was any."""
    if not order_sheet.is_cancellable(queries.lines_of(session, order)):
        return False
    cancel_order(session, order, now, by=by)
    return True


def _tell(action: BulkAction, outcome: bulk.Outcome) -> None:
    if action is BulkAction.RELEASE:
        words = ngettext(
            "%(num)s order released.", "%(num)s orders released.", outcome.done
        )
    else:
        words = ngettext(
            "%(num)s order cancelled.", "%(num)s orders cancelled.", outcome.done
        )
    flash(words, "success" if outcome.done else "info")
    if outcome.needless:
        flash(_needless(action, outcome.needless), "info")
    if outcome.refused:
        flash(f"{_not_cancelled()} {listed(outcome.refused[:NAMED])}", "warning")


def _needless(action: BulkAction, number: int) -> str:
    if action is BulkAction.RELEASE:
        return ngettext("%(num)s was not held.", "%(num)s were not held.", number)
    return ngettext(
        "%(num)s had nothing left to cancel.",
        "%(num)s had nothing left to cancel.",
        number,
    )


def _not_cancelled() -> str:
    return _(
        "Not cancelled: the supplier may have a purchase order that is being sent, has "
        "no known answer, or waits for a decision. Settle it first, or cancel it by "
        "itself."
    )


def _what_can_be_returned() -> str:
    return _(
        "Choose a reason, at least one unit, and no more than was shipped and is in no "
        "other return."
    )
