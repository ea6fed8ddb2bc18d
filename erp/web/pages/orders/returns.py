"""Returns: what comes back, what each needs next, and who bears it."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from config.money import MoneyError, to_cents
from erp.fulfilment import returns
from erp.fulfilment.lifecycle import NEXT_RETURN, CostBearer, ReturnStatus
from erp.fulfilment.models import Return
from erp.fulfilment.overview import return_queries
from erp.fulfilment.overview.return_queries import ReturnFilter, ReturnSheet
from erp.fulfilment.returns import ReturnError
from erp.orders.lifecycle import MoveError
from erp.web.frame import asking
from erp.web.frame.context import account, erp
from erp.web.frame.labels import label
from erp.web.frame.listing import mark
from erp.web.frame.words import _

blueprint = Blueprint("returns", __name__, url_prefix="/returns")
LONGEST_NOTE = 1_000


@blueprint.get("")
def index() -> str:
    wanted = ReturnFilter(
        search=asking.words() or asking.words("product"),
        statuses=asking.choices("status", ReturnStatus),
        supplier=asking.words("supplier"),
        channel=asking.words("channel"),
        since=asking.moment("since"),
    )
    with erp().sessions.reading() as session:
        page = return_queries.list_returns(session, wanted, mark())
        count = page.whole or return_queries.count_returns(session, wanted)
    return render_template(
        "returns/index.html",
        page=page,
        count=count,
        statuses=asking.options(ReturnStatus),
    )


@blueprint.get("/<reference>")
def show(reference: str) -> str:
    return _page(reference, {})


@blueprint.post("/<reference>/authorise")
def authorise(reference: str) -> AnyResponse:
    now, by = erp().clock(), account().email
    return _move(reference, lambda db, made: returns.authorise(db, made, now, by=by))


@blueprint.post("/<reference>/receive")
def receive(reference: str) -> AnyResponse:
    now, by = erp().clock(), account().email
    return _move(reference, lambda db, made: returns.receive(db, made, now, by=by))


@blueprint.post("/<reference>/refuse")
def refuse(reference: str) -> AnyResponse:
    now, by = erp().clock(), account().email
    words = request.form.get("note", "").strip()[:LONGEST_NOTE]
    return _move(
        reference, lambda db, made: returns.refuse(db, made, words, now, by=by)
    )


@blueprint.post("/<reference>/settle")
def settle(reference: str) -> AnyResponse | tuple[str, int]:
    with erp().sessions.reading() as session:
        currency = _sheet(session, reference).order.currency
    refund, credit, bearer, errors = _settlement(currency)
    if errors or refund is None or bearer is None:
        return _page(reference, errors), 422
    try:
        with erp().sessions.writing() as session:
            returns.settle(
                session,
                _sheet(session, reference).each,
                refund_cents=refund,
                supplier_credit_cents=credit,
                cost_bearer=bearer,
                now=erp().clock(),
                by=account().email,
            )
    except ReturnError:
        errors["refund"] = _("More than the order cost, less what was refunded before.")
        return _page(reference, errors), 422
    except MoveError:
        _tell_moved_on()
    else:
        flash(_("Settled."), "success")
    return redirect(url_for(".show", reference=reference), 303)


def _settlement(
    currency: str,
) -> tuple[int | None, int | None, CostBearer | None, dict[str, str]]:
    """What was typed: refund, supplier credit (empty: unknown), bearer; and errors."""
    errors: dict[str, str] = {}
    refund = _amount("refund", currency, errors)
    credit = _amount("credit", currency, errors) if request.form.get("credit") else None
    try:
        bearer = CostBearer(request.form.get("bearer", ""))
    except ValueError:
        errors["bearer"] = _("Choose who bears the cost.")
        return refund, credit, None, errors
    return refund, credit, bearer, errors


def _amount(name: str, currency: str, errors: dict[str, str]) -> int | None:
    try:
        return to_cents(request.form.get(name, "").strip(), currency)
    except MoneyError:
        errors[name] = _("An amount such as 4.50; 0 if there is none.")
        return None


def _move(reference: str, command: Callable[[Session, Return], None]) -> AnyResponse:
    try:
        with erp().sessions.writing() as session:
            made = _sheet(session, reference).each
            command(session, made)
        flash(_("The return is now: %(status)s.", status=label(made.status)), "success")
    except MoveError:
        _tell_moved_on()
    return redirect(url_for(".show", reference=reference), 303)


def _tell_moved_on() -> None:
    words = _("Nothing was changed: it has moved on meanwhile. See how it stands now.")
    flash(words, "danger")


def _sheet(session: Session, reference: str) -> ReturnSheet:
    return return_queries.find_return(session, reference) or abort(404)


def _page(reference: str, errors: dict[str, str]) -> str:
    with erp().sessions.reading() as session:
        sheet = _sheet(session, reference)
    return render_template(
        "returns/show.html",
        sheet=sheet,
        moves=NEXT_RETURN[sheet.each.status],
        bearers=asking.options(CostBearer),
        errors=errors,
    )
