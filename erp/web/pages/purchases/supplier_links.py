"""The link to a supplier's page, made and revoked by hand, and the files it brought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    send_file,
    session,
    url_for,
)
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from erp.fulfilment.answering.taking import is_theirs
from erp.fulfilment.attachments.keeping import attachments_of, path_of
from erp.fulfilment.attachments.models import Attachment
from erp.fulfilment.lifecycle import DEAD
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.overview.purchase_lists import purchase_by_reference
from erp.fulfilment.page_links.links import (
    LinkRules,
    links_of,
    renew_link,
    revoke_links,
)
from erp.fulfilment.page_links.models import PageLink
from erp.web.frame.context import account, erp
from erp.web.frame.words import _

blueprint = Blueprint("supplier_links", __name__, url_prefix="/purchases/<reference>")
NEW = "new_page_link"  # in the sealed session, until the next page has shown it


@dataclass(frozen=True, slots=True)
class SupplierPage:
    """How the supplier's page of a purchase order stands."""

    links: Sequence[PageLink]  # newest first
    live: PageLink | None  # the newest that opens
    opened_at: datetime | None  # last, by any of them
    may_be_made: bool
    new_url: str  # shown this once
    files: Sequence[Attachment]


@blueprint.post("/page-link")
def make(reference: str) -> AnyResponse:
    with erp().sessions.writing() as db:
        purchase = _purchase(db, reference)
        if not _may_be_made(purchase):
            abort(404)
        rules = LinkRules.of(erp().settings)
        url = renew_link(db, purchase, rules, erp().clock(), account().email)
    session[NEW] = [reference, url]
    return _back(reference)


@blueprint.post("/page-link/revoke")
def revoke(reference: str) -> AnyResponse:
    with erp().sessions.writing() as db:
        purchase = _purchase(db, reference)
        revoke_links(db, purchase, erp().clock(), by=account().email)
    flash(_("The link is revoked: it opens nothing any more."), "success")
    return _back(reference)


@blueprint.get("/files/<int:file_id>")
def file(reference: str, file_id: int) -> Response:
    """A supplier's file, to be saved: it is never opened as a page of ours."""
    with erp().sessions.reading() as db:
        purchase = _purchase(db, reference)
        files = attachments_of(db, purchase.id or 0)
    found = next((each for each in files if each.id == file_id), None) or abort(404)
    path = path_of(erp().settings.data, found.sha256)
    if not path.exists():
        abort(404)
    return send_file(
        path, found.media_type, as_attachment=True, download_name=found.name
    )


def page_of(db: Session, purchase: PurchaseOrder, now: datetime) -> SupplierPage:
    assert purchase.id is not None
    links = links_of(db, purchase.id)
    opened = [each.opened_at for each in links if each.opened_at is not None]
    return SupplierPage(
        links=links,
        live=next((each for each in links if _opens(each, now)), None),
        opened_at=max(opened, default=None),
        may_be_made=_may_be_made(purchase),
        new_url=_new_url(purchase.reference),
        files=attachments_of(db, purchase.id),
    )


def _opens(link: PageLink, now: datetime) -> bool:
    return link.revoked_at is None and link.expires_at > now


def _may_be_made(purchase: PurchaseOrder) -> bool:
    """Only for what is the supplier's to answer, now or before."""
    return is_theirs(purchase, purchase.supplier_id) and purchase.status not in DEAD


def _new_url(reference: str) -> str:
    """The link that was just made for this purchase order, once."""
    of, url = session.get(NEW, ("", ""))
    if of != reference:
        return ""
    session.pop(NEW)
    return str(url)


def _purchase(db: Session, reference: str) -> PurchaseOrder:
    return purchase_by_reference(db, reference) or abort(404)


def _back(reference: str) -> AnyResponse:
    there = url_for("purchases.show", reference=reference, _anchor="supplier-page")
    return redirect(there, 303)
