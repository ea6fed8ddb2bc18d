"""Reports of suppliers that could not be applied: tried again, or let go by a human."""

from flask import Blueprint, abort, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from erp.fulfilment.set_aside import deciding, queries
from erp.fulfilment.set_aside.models import Standing
from erp.fulfilment.set_aside.queries import Kept
from erp.web.frame.context import account, erp
from erp.web.frame.words import _

blueprint = Blueprint("set_aside", __name__, url_prefix="/set-aside")


@blueprint.post("/<int:report_id>/retry")
def retry(report_id: int) -> AnyResponse:
    kept, now = _kept(report_id), erp().clock()
    standing = deciding.try_again(erp().sessions, report_id, now, by=account().email)
    flash(*_came_to(standing))
    return _back(kept)


@blueprint.post("/<int:report_id>/dismiss")
def dismiss(report_id: int) -> AnyResponse:
    kept = _kept(report_id)
    with erp().sessions.writing() as session:
        deciding.dismiss(session, report_id, erp().clock(), by=account().email)
    flash(_("Noted: you have seen to it. The report is kept."), "success")
    return _back(kept)


def _came_to(standing: Standing) -> tuple[str, str]:
    """What is said of it, and in which tone."""
    match standing:
        case Standing.APPLIED:
            return _("Applied: it stands as the supplier reported it."), "success"
        case Standing.WAITING:
            return _("It still cannot be applied. It is kept as it is."), "danger"
        case Standing.DISMISSED:
            return _(
                "Nothing was changed: it has moved on meanwhile. See how it stands now."
            ), "info"


def _kept(report_id: int) -> Kept:
    with erp().sessions.reading() as session:
        return queries.find(session, report_id) or abort(404)


def _back(kept: Kept) -> AnyResponse:
    if reference := kept.purchase_reference:
        return redirect(url_for("purchases.show", reference=reference), 303)
    return redirect(url_for("suppliers.show", code=kept.supplier_code), 303)
