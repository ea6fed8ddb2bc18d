"""Takes notices that are due: of each supplier one at a time, its oldest first.

A test goes before all of them: somebody waits to see what comes of it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, or_, select
from sqlmodel import Session

from config.secrets import Secrets, SecretsError
from config.upsert import table_of
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.notices.messages import body_of
from erp.fulfilment.notices.models import (
    NoticeKind,
    NoticeStatus,
    SupplierEndpoint,
    SupplierNotice,
)
from suppliers.models import Supplier

LEASE = timedelta(minutes=2)  # several times what a call may take
_NOTICE, _ENDPOINT = table_of(SupplierNotice), table_of(SupplierEndpoint)
_PURCHASE, _SUPPLIER = table_of(PurchaseOrder), table_of(Supplier)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notice that is ours to send until its lease runs out."""

    notice_id: int
    supplier_id: int
    supplier: str  # its code
    message_id: str
    attempt: int
    leased_until: datetime
    url: str
    allow_private: bool
    body: bytes
    secrets: Sequence[str]  # what it is signed by; none: they cannot be opened


def anything_due(session: Session, now: datetime, busy: Collection[int] = ()) -> bool:
    """Whether a notice could be sent now to a supplier that is not `busy`."""
    given = {"now": now, "busy": list(busy)}
    return session.execute(_LOOK, given).first() is not None


def claim(
    session: Session,
    secrets: Secrets,
    base_url: str,
    now: datetime,
    *,
    busy: Collection[int],
    limit: int,
) -> list[Claimed]:
    """Take the first notice that is due to each supplier, of so many suppliers."""
    given = {"now": now, "busy": list(busy), "most": limit}
    ids = session.execute(_FIRST, given).scalars().all()
    rows = session.execute(_ROWS, {"ids": ids, "now": now}).all()
    if not rows:
        return []
    until = now + LEASE
    taken = {"ids": [row.id for row in rows], "until": until}
    session.connection().execute(_TAKE, taken)
    return [_claimed(row, secrets, base_url, now, until) for row in rows]


def _claimed(
    row: Any, secrets: Secrets, base_url: str, now: datetime, until: datetime
) -> Claimed:
    return Claimed(
        notice_id=row.id,
        supplier_id=row.supplier_id,
        supplier=row.code,
        message_id=row.message_id,
        attempt=row.attempts + 1,
        leased_until=until,
        url=row.url,
        allow_private=row.allow_private,
        body=body_of(row.kind, row.occurred_at, row.reference or "", base_url),
        secrets=_opened(row, secrets, now),
    )


def _opened(row: Any, secrets: Secrets, now: datetime) -> Sequence[str]:
    sealed = [row.sealed_secret]
    if row.former_until is not None and row.former_until > now:
        sealed.append(row.sealed_former_secret)
    try:
        return [secrets.open(each) for each in sealed]
    except SecretsError:
        return []


# Built once: they are asked at every tick, and mostly nothing is due.
_MAY_BE_CALLED = or_(
    _ENDPOINT.c.quiet_until.is_(None), _ENDPOINT.c.quiet_until <= bindparam("now")
)
_DUE = (
    _NOTICE.c.status == NoticeStatus.WAITING,
    _NOTICE.c.due_at <= bindparam("now"),
    _ENDPOINT.c.disabled_at.is_(None),
    _MAY_BE_CALLED,
)
_IS_OF = _ENDPOINT.c.supplier_id == _NOTICE.c.supplier_id
_FREE = _NOTICE.c.supplier_id.not_in(bindparam("busy", expanding=True))
_LOOK = select(_NOTICE.c.id).join(_ENDPOINT, _IS_OF).where(*_DUE, _FREE).limit(1)
_IF_TEST = case((_NOTICE.c.kind == NoticeKind.TEST, _NOTICE.c.id))
_FIRST = (
    select(func.coalesce(func.min(_IF_TEST), func.min(_NOTICE.c.id)))
    .join(_ENDPOINT, _IS_OF)
    .where(*_DUE, _FREE)
    .group_by(_NOTICE.c.supplier_id)
    .order_by(func.min(_NOTICE.c.id))
    .limit(bindparam("most"))
)
_ROWS = (
    select(
        _NOTICE.c.id,
        _NOTICE.c.supplier_id,
        _NOTICE.c.message_id,
        _NOTICE.c.kind,
        _NOTICE.c.occurred_at,
        _NOTICE.c.attempts,
        _ENDPOINT.c.url,
        _ENDPOINT.c.sealed_secret,
        _ENDPOINT.c.sealed_former_secret,
        _ENDPOINT.c.former_until,
        _SUPPLIER.c.code,
        _SUPPLIER.c.allow_private,
        _PURCHASE.c.reference,
    )
    .join(_ENDPOINT, _IS_OF)
    .join(_SUPPLIER, _SUPPLIER.c.id == _NOTICE.c.supplier_id)
    .outerjoin(_PURCHASE, _PURCHASE.c.id == _NOTICE.c.purchase_order_id)
    .where(_NOTICE.c.id.in_(bindparam("ids", expanding=True)), *_DUE)
    .order_by(_NOTICE.c.id)
    .with_for_update(of=_NOTICE, skip_locked=True)
)
_TAKE = (
    _NOTICE.update()
    .where(_NOTICE.c.id.in_(bindparam("ids", expanding=True)))
    .values(due_at=bindparam("until"), attempts=_NOTICE.c.attempts + 1)
)
