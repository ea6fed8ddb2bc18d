"""Writes notices down in the transaction of what they tell."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from sqlmodel import Session

from config.upsert import table_of
from erp.fulfilment.lifecycle import DEAD
from erp.fulfilment.notices.models import (
    NoticeKind,
    NoticeStatus,
    SupplierNotice,
)
from erp.fulfilment.tracking.dossiers import Dossier

_NOTICE = table_of(SupplierNotice)
About = tuple[int | None, int]  # a purchase order's id and its supplier's


def tell_handed_over(
    session: Session, dossiers: Iterable[Dossier], now: datetime
) -> None:
    """Tell suppliers what they have been handed, unless it is over already.

    Only what was not handed over before belongs here: each is told of once.
    """
    fresh = [
        (each.purchase.id, each.purchase.supplier_id)
        for each in dossiers
        if each.is_told
        and each.purchase.sent_at is not None
        and each.purchase.status not in DEAD
    ]
    tell(session, NoticeKind.HANDED_OVER, fresh, now)


def tell_cancel_requested(session: Session, dossier: Dossier, now: datetime) -> None:
    """Tell the supplier that it is asked to cancel."""
    purchase = dossier.purchase
    if dossier.is_told and purchase.sent_at is not None:
        about = [(purchase.id, purchase.supplier_id)]
        tell(session, NoticeKind.CANCEL_REQUESTED, about, now)


def tell(
    session: Session, kind: NoticeKind, about: Iterable[About], now: datetime
) -> None:
    """One notice about each, to suppliers that have an endpoint."""
    rows = [
        {
            "message_id": f"msg_{uuid4().hex}",
            "supplier_id": supplier_id,
            "kind": kind,
            "purchase_order_id": purchase_id,
            "occurred_at": now,
            "status": NoticeStatus.WAITING,
            "attempts": 0,
            "due_at": now,
            "last_error": "",
        }
        for purchase_id, supplier_id in about
    ]
    if rows:
        session.connection().execute(_NOTICE.insert(), rows)
