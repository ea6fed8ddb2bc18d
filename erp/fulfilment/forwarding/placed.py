"""What nearly every answer comes to: the supplier has it, and perhaps promises a day.

Written as `apply_to` would write it, but as plain columns for a whole batch: there is
nothing to weigh, and the customer's order stays what it was.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlmodel import Session

from config.upsert import table_of
from erp.fulfilment.clocks import clock_of
from erp.fulfilment.forwarding.caller import Answer, Claimed
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import Attempt, AttemptOutcome, PurchaseOrder
from erp.fulfilment.notices.models import NoticeKind, SupplierEndpoint
from erp.fulfilment.notices.wanting import IS_TOLD, WANTS_NOTICES
from erp.fulfilment.notices.writing import tell
from erp.fulfilment.supplier_clocks import CLOCK_COLUMNS
from erp.orders.history import EventRow, add_events, event_row
from erp.orders.models import Order
from suppliers.contract import PurchaseReport, ReportedStatus
from suppliers.models import Supplier

_PURCHASE, _ATTEMPT = table_of(PurchaseOrder), table_of(Attempt)
_ORDER, _SUPPLIER = table_of(Order), table_of(Supplier)
Pair = tuple[Claimed, Answer]


def record_placed(
    session: Session, answers: Sequence[Pair], now: datetime
) -> list[Pair]:
    """Write down the plain ones that are still waited for; the answers that are left.

    Once a lease ran out, or the supplier was faster with a report, nothing is plain.
    """
    plain = {
        claimed.request.reference: (claimed, answer)
        for claimed, answer in answers
        if isinstance(answer, PurchaseReport) and _is_plain(claimed, answer)
    }
    if not plain:
        return list(answers)
    found = [
        _Placed(row, *plain[row.reference])
        for row in session.execute(_AWAITED, {"references": list(plain)})
        if row.number == plain[row.reference][0].attempt
    ]
    if found:
        _write(session, found, now)
    done = {each.row.reference for each in found}
    return [pair for pair in answers if pair[0].request.reference not in done]


class _Placed(NamedTuple):
    row: Any  # of `_AWAITED`
    claimed: Claimed
    answer: PurchaseReport


def _is_plain(claimed: Claimed, answer: PurchaseReport) -> bool:
    return answer == PurchaseReport(
        reference=claimed.request.reference,
        supplier_reference=answer.supplier_reference,
        status=ReportedStatus.RECEIVED,
        ship_by=answer.ship_by,
        deliver_by=answer.deliver_by,
    )


def _write(session: Session, found: Sequence[_Placed], now: datetime) -> None:
    connection = session.connection()
    attempts = [row.attempt_id for row, _, _ in found]
    connection.execute(_END, {"ids": attempts, "now": now})
    connection.execute(_SEND, [_sent(each, now) for each in found])
    add_events(session, [_event(each, now) for each in found])
    fresh = [
        (row.id, claimed.connection.supplier_id)
        for row, claimed, _ in found
        if row.is_told and row.sent_at is None
    ]
    tell(session, NoticeKind.HANDED_OVER, fresh, now)


def _sent(placed: _Placed, now: datetime) -> dict[str, object]:
    return {
        "purchase": placed.row.id,
        "theirs": placed.answer.supplier_reference,
        "now": now,
        "promised_ship_by": placed.answer.ship_by,
        "promised_deliver_by": placed.answer.deliver_by,
        "answer_by": clock_of(*placed.row[-len(CLOCK_COLUMNS) :]).acknowledge_by(now),
    }


def _event(placed: _Placed, now: datetime) -> EventRow:
    return event_row(
        placed.row.order_id,
        f"purchase_{PurchaseStatus.SENT.value}",
        now,
        reference=placed.row.reference,
        supplier=placed.claimed.connection.code,
    )


def _first(known: ColumnElement[datetime | None], told: str) -> Any:
    """What was promised or known first stays."""
    return func.coalesce(known, bindparam(told, type_=known.type))


# The customers' orders are locked before what hangs on them, as everywhere.
_AWAITED = (
    select(
        _PURCHASE.c.id,
        _PURCHASE.c.reference,
        _PURCHASE.c.order_id,
        _PURCHASE.c.sent_at,
        IS_TOLD.label("is_told"),
        _ATTEMPT.c.id.label("attempt_id"),
        _ATTEMPT.c.number,
        *CLOCK_COLUMNS,
    )
    .join(_ORDER, _ORDER.c.id == _PURCHASE.c.order_id)
    .join(_ATTEMPT, _ATTEMPT.c.purchase_order_id == _PURCHASE.c.id)
    .join(_SUPPLIER, _SUPPLIER.c.id == _PURCHASE.c.supplier_id)
    .outerjoin(table_of(SupplierEndpoint), WANTS_NOTICES)
    .where(
        _PURCHASE.c.reference.in_(bindparam("references", expanding=True)),
        _PURCHASE.c.status == PurchaseStatus.SENDING,
        _ATTEMPT.c.outcome == AttemptOutcome.STARTED,
    )
    .order_by(_ORDER.c.id, _PURCHASE.c.id)
    .with_for_update(of=(_ORDER, _PURCHASE))
)
_END = (
    _ATTEMPT.update()
    .where(_ATTEMPT.c.id.in_(bindparam("ids", expanding=True)))
    .values(ended_at=bindparam("now"), outcome=AttemptOutcome.PLACED)
)
_SEND = (
    _PURCHASE.update()
    .where(_PURCHASE.c.id == bindparam("purchase"))
    .values(
        status=PurchaseStatus.SENT,
        supplier_reference=bindparam("theirs"),
        sent_at=_first(_PURCHASE.c.sent_at, "now"),
        ship_by=_first(_PURCHASE.c.ship_by, "promised_ship_by"),
        deliver_by=_first(_PURCHASE.c.deliver_by, "promised_deliver_by"),
        acknowledge_by=_first(_PURCHASE.c.acknowledge_by, "answer_by"),
        clock_at=_first(_PURCHASE.c.acknowledge_by, "answer_by"),
        due_at=None,
        lease_until=None,
        absent_look_ups=0,
    )
)
