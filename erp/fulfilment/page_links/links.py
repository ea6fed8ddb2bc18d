"""Makes, revokes and recognises the links that open one purchase order.

The secret goes into the address and nowhere else. Whatever does not open (unknown,
expired, revoked) is one and the same: no row is found.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlalchemy import select as choose
from sqlmodel import Session, col, select, update

from config.options import Settings
from erp.accounts.audit import note
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.page_links.models import PageLink
from suppliers.models import Supplier

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class LinkRules:
    """Where the links lead, and for how long."""

    base_url: str
    valid: timedelta

    @classmethod
    def of(cls, settings: Settings) -> "LinkRules":
        days = settings.supplier_page.valid_days
        return cls(settings.store.base_url, timedelta(days=days))


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that works, and what it opens."""

    link_id: int
    purchase_order_id: int
    reference: str
    supplier_id: int
    supplier_code: str
    language: str  # in which it is written to; empty: nobody said


def make_links(
    session: Session,
    purchase_ids: Sequence[int],
    rules: LinkRules,
    now: datetime,
    *,
    by: str,
) -> dict[int, str]:
    """A new link to each purchase order, beside those it has.

    Nobody can read them again.
    """
    made = {each: secrets.token_urlsafe(SECRET_BYTES) for each in purchase_ids}
    session.add_all(
        PageLink(
            purchase_order_id=purchase_id,
            secret_hash=hash_of(secret),
            made_at=now,
            made_by=by,
            expires_at=now + rules.valid,
        )
        for purchase_id, secret in made.items()
    )
    base = rules.base_url.rstrip("/")
    return {purchase_id: f"{base}/p/{secret}" for purchase_id, secret in made.items()}


def renew_link(
    session: Session, purchase: PurchaseOrder, rules: LinkRules, now: datetime, by: str
) -> str:
    """A new link in place of all that were made before."""
    assert purchase.id is not None
    _end_all(session, purchase.id, now)
    note(session, now, actor=by, action="page_link_made", subject=purchase.reference)
    return make_links(session, [purchase.id], rules, now, by=by)[purchase.id]


def revoke_links(
    session: Session, purchase: PurchaseOrder, now: datetime, *, by: str
) -> None:
    """End every link to a purchase order; doing so twice changes nothing."""
    assert purchase.id is not None
    if _end_all(session, purchase.id, now):
        note(
            session,
            now,
            actor=by,
            action="page_links_revoked",
            subject=purchase.reference,
        )


def find_link(session: Session, secret: str, now: datetime) -> OpenLink | None:
    """What a link opens; None if it opens nothing, for whatever reason."""
    given = {"hash": hash_of(secret), "now": now}
    found = session.execute(_OPEN, given).first()
    if found is None:
        return None
    link_id, purchase_id, reference, supplier_id, code, options = found
    assert link_id is not None
    assert purchase_id is not None
    assert supplier_id is not None
    language = str(options.get("language", ""))
    return OpenLink(link_id, purchase_id, reference, supplier_id, code, language)


def mark_opened(session: Session, link: OpenLink, now: datetime) -> None:
    """Remember when the page was last looked at."""
    session.exec(
        update(PageLink).where(col(PageLink.id) == link.link_id).values(opened_at=now)
    )


def links_of(session: Session, purchase_id: int) -> Sequence[PageLink]:
    """All links a purchase order ever had, newest first."""
    query = select(PageLink).where(PageLink.purchase_order_id == purchase_id)
    return session.exec(query.order_by(col(PageLink.id).desc())).all()


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _end_all(session: Session, purchase_id: int, now: datetime) -> int:
    """Revoke whatever is not yet; how many links that were."""
    ended = session.exec(
        update(PageLink)
        .where(
            col(PageLink.purchase_order_id) == purchase_id,
            col(PageLink.revoked_at).is_(None),
        )
        .values(revoked_at=now)
    )
    return int(ended.rowcount)


_OPEN = (
    choose(
        col(PageLink.id),
        col(PurchaseOrder.id),
        col(PurchaseOrder.reference),
        col(Supplier.id),
        col(Supplier.code),
        col(Supplier.options),
    )
    .join(PurchaseOrder, col(PurchaseOrder.id) == col(PageLink.purchase_order_id))
    .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
    .where(
        col(PageLink.secret_hash) == bindparam("hash"),
        col(PageLink.expires_at) > bindparam("now"),
        col(PageLink.revoked_at).is_(None),
    )
)
