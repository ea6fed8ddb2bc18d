"""The customer of one order is forgotten at once, by the owner's word."""

from flask import Blueprint, abort, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from erp.accounts.models import Role
from erp.fulfilment.redaction.redacting import redact_order
from erp.orders.queries import find_order
from erp.web.frame.context import account, erp, require
from erp.web.frame.words import _

blueprint = Blueprint("redacting", __name__, url_prefix="/orders")


@blueprint.post("/<int:order_id>/redact")
@require(Role.OWNER)
def redact_one(order_id: int) -> AnyResponse:
    outbox, now, by = erp().settings.outbox, erp().clock(), account().email
    with erp().sessions.writing() as session:
        order = find_order(session, order_id) or abort(404)
        is_done = redact_order(session, order, outbox, now, by=by)
    if is_done:
        flash(_("The customer's address was removed."), "success")
    else:
        flash(_not_removed(), "danger")
    return redirect(url_for("orders.show", order_id=order_id), 303)


def _not_removed() -> str:
    return _(
        "Nothing was removed: the address is still needed. Finish or cancel the order, "
        "and end its holds and returns first."
    )
