"""Two suppliers whose programs are told: one well, one that wants no more calls."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from config.secrets import Secrets
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.notices.endpoints import endpoint_of, set_endpoint, turn_off
from erp.fulfilment.notices.models import (
    DisabledBecause,
    NoticeKind,
    NoticeStatus,
    SupplierNotice,
)
from erp.fulfilment.notices.writing import tell
from tests.factories import make_supplier
from tests.filled_trade import BY

URL = "https://depot.example/notices"
HOUR = timedelta(hours=1)


def leave_notices(session: Session, secrets: Secrets, now: datetime) -> None:
    """One arrived, one waits for its next try, one was given up, one was in vain."""
    for code in ("S1", "S2"):
        set_endpoint(session, make_supplier(session, code), URL, secrets, now, by=BY)
    well, gone = (make_supplier(session, code).id or 0 for code in ("S1", "S2"))
    theirs = select(PurchaseOrder.id).where(col(PurchaseOrder.supplier_id) == well)
    about = session.exec(theirs.order_by(col(PurchaseOrder.id)).limit(3)).all()
    tell(session, NoticeKind.HANDED_OVER, [(each, well) for each in about], now)
    tell(session, NoticeKind.TEST, [(None, gone)], now)
    query = select(SupplierNotice).order_by(col(SupplierNotice.id))
    arrived, waits, given_up, _ = session.exec(query).all()
    _end(arrived, NoticeStatus.DELIVERED, 204, "", now)
    _end(given_up, NoticeStatus.GIVEN_UP, 500, "it answered 500", now)
    waits.attempts, waits.due_at = 3, now + 1000 * HOUR
    waits.last_error = "no answer in time"
    endpoint = endpoint_of(session, well)
    assert endpoint is not None
    endpoint.former_until = now + 1000 * HOUR
    endpoint.sealed_former_secret = endpoint.sealed_secret
    turn_off(session, gone, DisabledBecause.GONE, now, by="system")


def _end(
    notice: SupplierNotice, status: NoticeStatus, answer: int, why: str, now: datetime
) -> None:
    notice.status, notice.due_at, notice.ended_at = status, None, now
    notice.last_status, notice.last_error, notice.attempts = answer, why, 1
