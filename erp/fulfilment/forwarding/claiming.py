"""Takes purchase orders that are due; the attempt is on disk before the call.

Read and written as plain columns, set by set: nothing here is looked at twice.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import BindParameter, bindparam, not_, select
from sqlmodel import Session

from config.upsert import table_of
from erp.fulfilment.forwarding.caller import Caller, Claimed
from erp.fulfilment.forwarding.lanes import Room
from erp.fulfilment.forwarding.repricing import withheld
from erp.fulfilment.forwarding.requests import purchase_requests
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import Attempt, AttemptOutcome, PurchaseOrder
from erp.fulfilment.page_links.links import make_links
from suppliers.allowances import Grant, grant, resting
from suppliers.connections import connection_of
from suppliers.gathering import is_gathering
from suppliers.models import Supplier
from suppliers.registry import HANDS_ON_LINKS

_PURCHASE, _SUPPLIER = table_of(PurchaseOrder), table_of(Supplier)
Taken = list[tuple[int, int, int]]  # purchase order id, its supplier's, the attempt


def anything_due(session: Session, now: datetime, full: Sequence[int] = ()) -> bool:
    """Whether one could be sent now to a supplier that is not `full` of calls."""
    return session.execute(_LOOK, {"now": now, "full": full}).first() is not None


def claim(
    session: Session, caller: Caller, room: Room, now: datetime, *, limit: int
) -> list[Claimed]:
    """Take due purchase orders and write the attempt that is about to be made.

    Of each supplier no more than there is room for, and than it allows.
    """
    lease = caller.rules.lease
    asked = {"now": now, "full": room.full, "most": limit}
    due = still_worth(session, caller, session.execute(_QUEUE, asked).all(), now)
    counted = Counter(supplier for _, supplier, _ in due)
    wanted = {each: min(number, room.of(each)) for each, number in counted.items()}
    grants = grant(session, wanted, now, lease) if wanted else {}
    return start(session, caller, _take(due, grants), grants, now)


def still_worth(
    session: Session, caller: Caller, due: Sequence[Any], now: datetime
) -> Sequence[Any]:
    """Those that may be sent at the present cost; their ids stand first in each."""
    if not due:
        return due
    kept = withheld(session, caller, [each[0] for each in due], now)
    return [each for each in due if each[0] not in kept] if kept else due


def start(
    session: Session,
    caller: Caller,
    taken: Taken,
    grants: Mapping[int, Grant],
    now: datetime,
) -> list[Claimed]:
    """Write down the attempts that are about to be made."""
    if not taken:
        return []
    lease = caller.rules.lease
    ids = [purchase_id for purchase_id, _, _ in taken]
    connection = session.connection()
    connection.execute(_START, {"ids": ids, "until": now + lease})
    connection.execute(_ATTEMPT, _attempts(taken, now))
    pages = _pages(session, caller, taken, grants, now)
    requests = purchase_requests(session, ids, pages)
    senders = {
        each: _sender(granted, caller, now + lease) for each, granted in grants.items()
    }
    return [
        senders[supplier_id](attempt=attempt, request=requests[purchase_id])
        for purchase_id, supplier_id, attempt in taken
    ]


def _take(due: Sequence[Any], grants: Mapping[int, Grant]) -> Taken:
    left = {supplier: grant.calls for supplier, grant in grants.items()}
    taken = []
    for purchase_id, supplier_id, attempts in due:
        if left[supplier_id] > 0:
            left[supplier_id] -= 1
            taken.append((purchase_id, supplier_id, attempts + 1))
    return taken


def _sender(granted: Grant, caller: Caller, until: datetime) -> Callable[..., Claimed]:
    """What claims on one supplier have in common."""
    to = connection_of(granted.supplier, caller.secrets, caller.call_seconds)
    return partial(
        Claimed,
        connection=to,
        start_by=until - timedelta(seconds=to.total_seconds),
        counts=granted.counts,
        is_probe=granted.is_probe,
    )


def _pages(
    session: Session,
    caller: Caller,
    taken: Taken,
    grants: Mapping[int, Grant],
    now: datetime,
) -> Mapping[int, str]:
    """A link to its page for each that goes to a supplier who is handed one."""
    wanting = [
        purchase_id
        for purchase_id, supplier_id, _ in taken
        if grants[supplier_id].supplier.kind in HANDS_ON_LINKS
    ]
    if caller.pages is None or not wanting:
        return {}
    return make_links(session, wanting, caller.pages, now, by="system")


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
        not_(is_gathering()),  # theirs leave together: see batching.py
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
