"""Whose turn it is to be asked what became of its purchase orders.

A turn is a lease on the supplier, as long as for any call: whoever dies in the midst of
it keeps nobody waiting for longer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_
from sqlmodel import Session, col, select

from erp.fulfilment.forwarding.caller import Caller
from erp.fulfilment.lifecycle import AWAITED, PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.tracking.asking import Poll
from erp.fulfilment.tracking.looked_up import asked_longest_ago
from suppliers.allowances import Grant, grant, resting
from suppliers.connections import connection_of
from suppliers.contract import Follows
from suppliers.errors import SupplierError
from suppliers.models import Supplier
from suppliers.registry import Connection

MOST_LOOK_UPS = 50  # of one supplier in one poll: seconds, if it answers in time
TOLD_AGAIN = timedelta(hours=1)  # by when it may be one that is asked
LISTENED_TO = AWAITED | {
    PurchaseStatus.SENDING,
    PurchaseStatus.UNKNOWN,
    PurchaseStatus.NEEDS_ATTENTION,
}


def anything_due(session: Session, now: datetime) -> bool:
    """Whether it is some supplier's turn to be asked."""
    return session.exec(_ANYBODY, params={"now": now}).first() is not None


def claim_turns(
    session: Session, caller: Caller, now: datetime, most: int
) -> list[Poll]:
    """Take turns that have come; who tells us by itself has none for a while."""
    turns = session.exec(_TURNS, params={"now": now, "most": most}).all()
    wanted = {
        supplier.id or 0: questions
        for supplier in turns
        if (questions := _questions(session, supplier, caller, now)) != ()
    }
    return _polls(session, wanted, caller, now)


def claim_next_pages(
    session: Session, cursors: Mapping[int, str], caller: Caller, now: datetime
) -> list[Poll]:
    """Go on reading, by supplier id; where it allows no call now, its turn comes."""
    polls = _polls(session, dict.fromkeys(cursors), caller, now)
    return [
        replace(each, cursor=cursors[each.connection.supplier_id]) for each in polls
    ]


def _questions(
    session: Session, supplier: Supplier, caller: Caller, now: datetime
) -> Sequence[str] | None:
    """References to look up, as many as there are; None: its list is read instead."""
    connection = connection_of(supplier, caller.secrets, caller.call_seconds)
    follows = _follows(caller, connection)
    supplier.next_poll_at = now + TOLD_AGAIN
    if follows is Follows.CHANGES:
        return None
    if follows is Follows.TOLD:
        return ()
    supplier.next_poll_at = now + caller.rules.lease
    return tuple(asked_longest_ago(session, connection.supplier_id, MOST_LOOK_UPS))


def _follows(caller: Caller, connection: Connection) -> Follows:
    """One that cannot be opened is asked as any other, to say why."""
    try:
        return caller.clients.client_for(connection).follows
    except SupplierError:
        return Follows.CHANGES


def _polls(
    session: Session,
    wanted: dict[int, Sequence[str] | None],
    caller: Caller,
    now: datetime,
) -> list[Poll]:
    """As much of it as each supplier allows now."""
    calls = {each: 1 if them is None else len(them) for each, them in wanted.items()}
    grants = grant(session, calls, now, caller.rules.lease) if calls else {}
    polls = []
    for supplier_id, granted in grants.items():
        granted.supplier.next_poll_at = now + caller.rules.lease
        if not granted.calls:
            granted.supplier.next_poll_at = now  # as soon as it may be called
            continue
        poll, questions = _poll(granted, caller, now), wanted[supplier_id]
        if questions is not None:
            poll = replace(poll, references=tuple(questions[: granted.calls]))
        polls.append(poll)
    return polls


def _poll(granted: Grant, caller: Caller, now: datetime) -> Poll:
    supplier = granted.supplier
    connection = connection_of(supplier, caller.secrets, caller.call_seconds)
    lease_ends = now + caller.rules.lease
    return Poll(
        connection=connection,
        start_by=lease_ends - timedelta(seconds=connection.total_seconds),
        cursor=supplier.changes_cursor,
        counts=granted.counts,
        is_probe=granted.is_probe,
    )


# Built once: they are asked at every tick, and mostly nothing comes of it.
_WAITED_FOR = (
    select(PurchaseOrder.id)
    .where(
        col(PurchaseOrder.supplier_id) == col(Supplier.id),
        col(PurchaseOrder.status).in_(LISTENED_TO),
    )
    .exists()
)
_DUE = select(Supplier).where(
    col(Supplier.kind).is_not(None),
    or_(
        col(Supplier.next_poll_at).is_(None),
        col(Supplier.next_poll_at) <= bindparam("now"),
    ),
    col(Supplier.id).not_in(resting()),
    _WAITED_FOR,
)
_ANYBODY = _DUE.limit(1)
# Locked so that rows may still be hung on it, such as what is known of its health.
_TURNS = (
    _DUE.order_by(col(Supplier.next_poll_at).asc().nulls_first(), col(Supplier.id))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True, key_share=True)
)
