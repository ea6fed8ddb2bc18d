"""Sets, changes and turns off where a supplier's programs are told."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from config.secrets import Secrets
from erp.accounts.audit import note
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.notices.models import (
    DisabledBecause,
    NoticeKind,
    NoticeStatus,
    SupplierEndpoint,
    SupplierNotice,
)
from erp.fulfilment.notices.writing import tell
from suppliers.models import Supplier
from suppliers.signing import make_secret

SHOWN = 50  # newest notices; older ones are nobody's question
TURNED_OFF = "the endpoint was turned off"


def set_endpoint(
    session: Session,
    supplier: Supplier,
    url: str,
    secrets: Secrets,
    now: datetime,
    *,
    by: str,
) -> str:
    """Tell this supplier's programs at a URL; the secret if it was made just now.

    One that was turned off is told again; what it missed it finds on its list.
    """
    assert supplier.id is not None
    note(
        session, now, actor=by, action="endpoint_set", subject=supplier.code, detail=url
    )
    known = session.get(SupplierEndpoint, supplier.id)
    if known is not None:
        known.url = url
        known.quiet_until = known.disabled_at = known.disabled_because = None
        return ""
    secret = make_secret()
    made = SupplierEndpoint(
        supplier_id=supplier.id,
        url=url,
        sealed_secret=secrets.seal(secret),
        created_at=now,
    )
    session.add(made)
    return secret


def rotate_secret(
    session: Session,
    supplier: Supplier,
    endpoint: SupplierEndpoint,
    secrets: Secrets,
    former_valid: timedelta,
    now: datetime,
    *,
    by: str,
) -> str:
    """A new secret; the one there was signs as well until the supplier changed over."""
    secret = make_secret()
    endpoint.sealed_former_secret = endpoint.sealed_secret
    endpoint.former_until = now + former_valid
    endpoint.sealed_secret = secrets.seal(secret)
    note(session, now, actor=by, action="endpoint_rotated", subject=supplier.code)
    return secret


def turn_off(
    session: Session,
    supplier_id: int,
    because: DisabledBecause,
    now: datetime,
    *,
    by: str,
) -> None:
    """Tell it nothing any more, and give up what waits; twice changes nothing."""
    endpoint = session.get_one(SupplierEndpoint, supplier_id)
    if endpoint.disabled_at is not None:
        return
    endpoint.disabled_at, endpoint.disabled_because = now, because
    supplier = session.get_one(Supplier, supplier_id)
    note(
        session,
        now,
        actor=by,
        action="endpoint_turned_off",
        subject=supplier.code,
        detail=because.value,
    )
    session.exec(
        update(SupplierNotice)
        .where(
            col(SupplierNotice.supplier_id) == supplier_id,
            col(SupplierNotice.status) == NoticeStatus.WAITING,
        )
        .values(
            status=NoticeStatus.GIVEN_UP,
            due_at=None,
            ended_at=now,
            last_error=TURNED_OFF,
        )
    )


def send_test(session: Session, endpoint: SupplierEndpoint, now: datetime) -> None:
    """A notice that tells nothing, to see whether it arrives."""
    endpoint.quiet_until = None
    tell(session, NoticeKind.TEST, [(None, endpoint.supplier_id)], now)


def send_again(
    session: Session,
    supplier: Supplier,
    notice: SupplierNotice,
    now: datetime,
    *,
    by: str,
) -> bool:
    """Send a notice that has ended once more, under its old id; False if it waits."""
    endpoint = session.get_one(SupplierEndpoint, notice.supplier_id)
    if notice.status is NoticeStatus.WAITING or endpoint.disabled_at is not None:
        return False
    notice.status, notice.due_at = NoticeStatus.WAITING, now
    notice.attempts, notice.ended_at = 0, None
    endpoint.quiet_until = None
    note(
        session,
        now,
        actor=by,
        action="notice_sent_again",
        subject=supplier.code,
        detail=notice.message_id,
    )
    return True


def endpoint_of(session: Session, supplier_id: int) -> SupplierEndpoint | None:
    return session.get(SupplierEndpoint, supplier_id)


def newest_notices(
    session: Session, supplier_id: int
) -> Sequence[tuple[SupplierNotice, str | None]]:
    """A supplier's last notices, each with the reference it is about."""
    query = (
        select(SupplierNotice, PurchaseOrder.reference)
        .outerjoin(
            PurchaseOrder,
            col(PurchaseOrder.id) == col(SupplierNotice.purchase_order_id),
        )
        .where(col(SupplierNotice.supplier_id) == supplier_id)
        .order_by(col(SupplierNotice.id).desc())
        .limit(SHOWN)
    )
    return session.exec(query).all()


def find_notice(
    session: Session, supplier_id: int, notice_id: int
) -> SupplierNotice | None:
    found = session.get(SupplierNotice, notice_id)
    return found if found and found.supplier_id == supplier_id else None
