"""Sends together what gathered for a supplier: one call, and an answer to each.

A purchase order leaves with the first departure after it fell due. One that was tried
before has waited enough: it leaves again as soon as it is due.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import bindparam, or_, select
from sqlmodel import Session

from config.database import Sessions
from config.upsert import table_of
from erp.fulfilment.forwarding.caller import (
    Answer,
    Caller,
    Claimed,
    answer_of,
    ask_all,
)
from erp.fulfilment.forwarding.claiming import start, still_worth
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.remarks import NoTurn
from suppliers.allowances import grant, resting
from suppliers.errors import SupplierError, Unavailable
from suppliers.gathering import Each, Gathers, departed_at, is_gathering
from suppliers.models import Supplier

LARGEST_BATCH = 100  # purchase orders by one call
NEVER = datetime(1, 1, 1, tzinfo=UTC)
_PURCHASE, _SUPPLIER = table_of(PurchaseOrder), table_of(Supplier)
Batch = list[Claimed]


def send_batches(
    sessions: Sessions, caller: Caller
) -> Iterator[list[tuple[Claimed, Answer]]]:
    """Every batch that is to leave now, with its answers; all at the same time."""
    while batches := _claim(sessions, caller):
        for batch, answer in ask_all(batches, _send, caller):
            yield [(each, _answer_to(each, answer)) for each in batch]


def anything_due(session: Session, now: datetime) -> bool:
    """Whether a batch is to leave now."""
    return bool(_ready(session, now))


def _claim(sessions: Sessions, caller: Caller) -> list[Batch]:
    now = caller.clock()
    with sessions.reading() as session:
        if not anything_due(session, now):
            return []
    with sessions.writing() as session:
        ready = _ready(session, now)
        batches = [_take(session, caller, *each, now) for each in ready.items()]
        return [each for each in batches if each]


def _ready(session: Session, now: datetime) -> dict[int, datetime]:
    """Suppliers for whom something is to leave, and up to when it gathered."""
    suppliers = session.execute(_GATHERING, {"now": now}).scalars().all()
    departures = {each.id or 0: departed_at(each, now) for each in suppliers}
    return {
        supplier_id: departed or NEVER
        for supplier_id, departed in departures.items()
        if session.execute(_LEAVING, _told(supplier_id, departed or NEVER, now)).first()
    }


def _take(
    session: Session,
    caller: Caller,
    supplier_id: int,
    departed: datetime,
    now: datetime,
) -> Batch:
    """All that leaves counts as one call, which its supplier must allow."""
    grants = grant(session, {supplier_id: 1}, now, caller.rules.lease)
    if not grants[supplier_id].calls:
        return []
    query = _LEAVING.with_for_update(of=_PURCHASE, skip_locked=True)
    found = session.execute(query, _told(supplier_id, departed, now)).all()
    worth = still_worth(session, caller, found, now)
    taken = [(each.id, supplier_id, each.attempts + 1) for each in worth]
    return start(session, caller, taken, grants, now)


def _told(supplier_id: int, departed: datetime, now: datetime) -> dict[str, object]:
    return {"supplier": supplier_id, "departed": departed, "now": now}


def _send(batch: Batch, caller: Caller) -> Each | SupplierError:
    connection = batch[0].connection
    if caller.clock() > batch[0].start_by:
        return NoTurn(connection.code, "not called: no turn in time")

    def place() -> Each:
        client = caller.clients.client_for(connection)
        if not isinstance(client, Gathers):
            raise Unavailable(connection.code, "it takes no batches")
        return client.submit_together([each.request for each in batch])

    return answer_of(connection, place)


def _answer_to(claimed: Claimed, answer: Each | SupplierError) -> Answer:
    if isinstance(answer, SupplierError):
        return answer
    return answer[claimed.request.reference]


_GATHERING = (
    select(Supplier)
    .where(
        is_gathering(),
        _SUPPLIER.c.is_paused.is_(False),
        _SUPPLIER.c.id.not_in(resting()),
    )
    .order_by(_SUPPLIER.c.id)
)
_LEAVING = (
    select(_PURCHASE.c.id, _PURCHASE.c.attempts)
    .where(
        _PURCHASE.c.supplier_id == bindparam("supplier"),
        _PURCHASE.c.status == PurchaseStatus.QUEUED,
        _PURCHASE.c.due_at <= bindparam("now"),
        or_(_PURCHASE.c.due_at <= bindparam("departed"), _PURCHASE.c.attempts > 0),
    )
    .order_by(_PURCHASE.c.due_at, _PURCHASE.c.id)
    .limit(LARGEST_BATCH)
)
