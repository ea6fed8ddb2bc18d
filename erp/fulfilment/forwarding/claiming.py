"""Takes purchase orders that are due; the attempt is on disk before the call.

Read and written as plain columns, set by set: nothing here is looked at twice.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlmodel import Session

from config.upsert import table_of
from erp.fulfilment.forwarding.carrier import Carrier, Claimed
from erp.fulfilment.forwarding.requests import purchase_requests
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import Attempt, AttemptOutcome, PurchaseOrder
from suppliers.allowances import Grant, grant, resting
from suppliers.connections import connection_of
from suppliers.models import Supplier

_PURCHASE, _SUPPLIER = table_of(PurchaseOrder), table_of(Supplier)
Taken = list[tuple[int, int, int]]  # purchase order id, its supplier's, the attempt


def anything_due(session: Session, now: datetime, full: Sequence[int] = ()) -> bool:
    """Whether one could be sent now to a supplier that is not `full` of calls."""
    return session.execute(_LOOK, {"now": now, "full": full}).first() is not None


def claim(
    session: Session,
    carrier: Carrier,
    busy: Counter[int],
    now: datetime,
    *,
    limit: int,
    most_per_supplier: int,
) -> list[Claimed]:
    """Take due purchase orders and write the attempt that is about to be made.

    `busy` counts the calls each supplier holds; it is brought up to date.
    """
    given = {"now": now, "full": full(busy, most_per_supplier), "most": limit}
    due = session.execute(_QUEUE, given).all()
    grants = _grants(session, due, busy, most_per_supplier, now, carrier.rules.lease)
    taken = _take(due, grants)
    if not taken:
        return []
    busy.update(supplier for _, supplier, _ in taken)
    until = now + carrier.rules.lease
    ids = [purchase_id for purchase_id, _, _ in taken]
    connection = session.connection()
    connection.execute(_START, {"ids": ids, "until": until})
    connection.execute(_ATTEMPT, _attempts(taken, now))
    requests = purchase_requests(session, ids)
    connections = {
        each: connection_of(grant.supplier, carrier.secrets, carrier.call_seconds)
        for each, grant in grants.items()
    }
    return [
        Claimed(
            attempt=attempt,
            connection=(to := connections[supplier_id]),
            request=requests[purchase_id],
            start_by=until - timedelta(seconds=to.total_seconds),
            counts=grants[supplier_id].counts,
            is_probe=grants[supplier_id].is_probe,
        )
        for purchase_id, supplier_id, attempt in taken
    ]


def full(busy: Counter[int], most_per_supplier: int) -> list[int]:
    """The suppliers that hold as many calls as they may."""
    return [supplier for supplier, calls in busy.items() if calls >= most_per_supplier]


def _grants(
    session: Session,
    due: Sequence[Any],
    busy: Counter[int],
    most_per_supplier: int,
    now: datetime,
    lease: timedelta,
) -> dict[int, Grant]:
    """What each supplier may be asked now, of all that is due to it."""
    wanted = Counter(supplier for _, supplier, _ in due)
    room = {each: min(n, most_per_supplier - busy[each]) for each, n in wanted.items()}
    return grant(session, room, now, lease) if room else {}


def _take(due: Sequence[Any], grants: Mapping[int, Grant]) -> Taken:
    left = {supplier: grant.calls for supplier, grant in grants.items()}
    taken = []
    for purchase_id, supplier_id, attempts in due:
        if left[supplier_id] > 0:
            left[supplier_id] -= 1
            taken.append((purchase_id, supplier_id, attempts + 1))
    return taken


def _attempts(taken: Taken, now: datetime) -> list[dict[str, object]]:
    return [
        {
            "purchase_order_id": purchase_id,
            "number": attempt,
            "started_at": now,
            "outcome": AttemptOutcome.STARTED,
            "detail": "",
        }
        for purchase_id, _, attempt in taken
    ]


_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_DUE = (
    select(_PURCHASE.c.id, _PURCHASE.c.supplier_id, _PURCHASE.c.attempts)
    .join(_SUPPLIER, _SUPPLIER.c.id == _PURCHASE.c.supplier_id)
    .where(
        _PURCHASE.c.status == PurchaseStatus.QUEUED,
        _PURCHASE.c.due_at <= bindparam("now"),
        _SUPPLIER.c.kind.is_not(None),
        _SUPPLIER.c.is_paused.is_(False),
        _SUPPLIER.c.id.not_in(bindparam("full", expanding=True)),
        _SUPPLIER.c.id.not_in(resting()),
    )
)
_LOOK = _DUE.limit(1)
_QUEUE = (
    _DUE.order_by(_PURCHASE.c.due_at, _PURCHASE.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=_PURCHASE, skip_locked=True)
)
_START = (
    _PURCHASE.update()
    .where(_PURCHASE.c.id.in_(_IDS))
    .values(
        status=PurchaseStatus.SENDING,
        attempts=_PURCHASE.c.attempts + 1,
        lease_until=bindparam("until"),
        due_at=bindparam("until"),
    )
)
_ATTEMPT = table_of(Attempt).insert().inline()
