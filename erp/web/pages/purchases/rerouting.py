"""One click for what a supplier let down: give it to another."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from erp.fulfilment.overview.supplier_queries import supplier_by_code
from erp.fulfilment.rerouting.commands import Rerouted, reroute_order
from erp.fulfilment.rerouting.queues import Stayed, by_reason, reroute_queue
from erp.fulfilment.sourcing.purchasing import RoutingRules
from erp.orders.queries import find_order
from erp.web.frame.context import account, erp
from erp.web.frame.labels import label
from erp.web.frame.words import _, ngettext

blueprint = Blueprint("rerouting", __name__)
NAMED = 5  # of those that stay for one reason: it travels in a cookie


@blueprint.post("/orders/<int:order_id>/reroute")
def reroute_one(order_id: int) -> AnyResponse:
    with erp().sessions.writing() as session:
        order = find_order(session, order_id) or abort(404)
        done = reroute_order(session, order, erp().clock(), by=account().email)
    flash(_what_follows(done), "success" if any(done) else "info")
    if request.form.get("back") == "home":
        return redirect(url_for("home.show"), 303)
    return redirect(url_for("orders.show", order_id=order_id), 303)


@blueprint.post("/suppliers/<code>/reroute")
def reroute_waiting(code: str) -> AnyResponse:
    settings = erp().settings
    rules = RoutingRules.of(settings.routing, settings.guards)
    with erp().sessions.writing() as session:
        supplier = supplier_by_code(session, code) or abort(404)
        now, by = erp().clock(), account().email
        moved = reroute_queue(session, supplier, rules, now, by=by)
    if moved.number or not moved.stayed:
        flash(_moved(moved.number), "success" if moved.number else "info")
    _tell_stayed(moved.stayed)
    return redirect(url_for("suppliers.show", code=code), 303)


def _tell_stayed(stayed: Sequence[Stayed]) -> None:
    """One message for each reason, with the purchase orders it keeps there."""
    for why, references in by_reason(stayed):
        words = ngettext(
            "%(num)s purchase order stays: %(why)s.",
            "%(num)s purchase orders stay: %(why)s.",
            len(references),
            why=label(why),
        )
        more = len(references) - NAMED
        rest = (
            ngettext("and %(num)s more", "and %(num)s more", more) if more > 0 else ""
        )
        told = {"words": words, "purchases": references[:NAMED], "rest": rest}
        flash(told, "warning")  # type: ignore[arg-type]


def _what_follows(done: Rerouted) -> str:
    if done.asked:
        return _("The supplier is asked to cancel; on its yes another one is asked.")
    if done.is_routed:
        return _("Another supplier is looked for.")
    return _("There was nothing to re-route.")


def _moved(number: int) -> str:
    if not number:
        return _("Nothing waits there.")
    return ngettext(
        "%(num)s purchase order goes to other suppliers.",
        "%(num)s purchase orders go to other suppliers.",
        number,
    )
