"""One click for what a supplier let down: give it to another."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from erp.fulfilment.overview.supplier_queries import supplier_by_code
from erp.fulfilment.rerouting.commands import Rerouted, reroute_order, reroute_queue
from erp.fulfilment.sourcing.purchasing import RoutingRules
from erp.orders.queries import find_order
from erp.web.frame.context import account, erp
from erp.web.frame.words import _, ngettext

blueprint = Blueprint("rerouting", __name__)


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
    flash(_moved(moved), "success" if moved else "info")
    return redirect(url_for("suppliers.show", code=code), 303)


def _what_follows(done: Rerouted) -> str:
    if done.asked:
        return _("The supplier is asked to cancel; on its yes another one is asked.")
    if done.is_routed:
        return _("Another supplier is looked for.")
    return _("There was nothing to re-route.")


def _moved(number: int) -> str:
    if not number:
        return _("Nothing that waits there can be delivered by another supplier now.")
    return ngettext(
        "%(num)s purchase order goes to other suppliers.",
        "%(num)s purchase orders go to other suppliers.",
        number,
    )
