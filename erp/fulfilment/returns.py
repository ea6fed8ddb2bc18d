"""Returns: requested, authorised, received, settled with refund and who bears it.

A unit is returned once: what is being returned or came back cannot be asked for again,
unless that return was refused.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from erp.fulfilment.lifecycle import (
    NEXT_RETURN,
    CostBearer,
    ReturnReason,
    ReturnStatus,
    check_move,
)
from erp.fulfilment.models import Return, ReturnLine
from erp.fulfilment.progress import NOTHING, moved_units, refresh_orders
from erp.orders.history import note
from erp.orders.models import Order, OrderLine
from erp.orders.redaction import heard_late


class ReturnError(ValueError):
    """A return that cannot be: says which line and how many units are left."""


def request(
    session: Session,
    order: Order,
    units: Mapping[int, int],
    reason: ReturnReason,
    words: str,
    now: datetime,
    *,
    by: str,
) -> Return:
    """Open a return for units of order lines (by line id).

    Raises ReturnError if nothing is asked for, a line is not the order's, or more is
    asked for than was shipped and has not been returned yet.
    """
    wanted = {line_id: quantity for line_id, quantity in units.items() if quantity}
    if not wanted:
        raise ReturnError("choose at least one unit to return")
    left = returnable_units(session, order)
    for line_id, quantity in wanted.items():
        if line_id not in left:
            raise ReturnError(f"line {line_id} is not of order {order.name}")
        if not 0 < quantity <= left[line_id]:
            raise ReturnError(
                f"{quantity} units asked for, {left[line_id]} can be returned"
            )
    made = _open(session, order, reason, words, now)
    heard_late(session, [made.order_id], now)
    for line_id, quantity in wanted.items():
        session.add(
            ReturnLine(return_id=made.id or 0, order_line_id=line_id, quantity=quantity)
        )
    _note(session, made, order, now, by)
    return made


def returnable_units(session: Session, order: Order) -> dict[int, int]:
    """Units of each order line that were shipped and are in no return, by line id."""
    _lock_order(session, order)
    query = select(OrderLine).where(col(OrderLine.order_id) == order.id)
    lines = session.exec(query.order_by(col(OrderLine.position))).all()
    moved = moved_units(session, [line.id or 0 for line in lines])
    asked = _asked_for(session, order)
    return {
        line.id or 0: moved.get(line.id or 0, NOTHING).shipped
        - asked.get(line.id or 0, 0)
        for line in lines
    }


def authorise(session: Session, made: Return, now: datetime, *, by: str) -> None:
    """Let the customer send it back. Raises MoveError if it is past that."""
    _lock(session, made)
    _advance(session, made, ReturnStatus.AUTHORISED, now, by)
    made.authorised_at = now


def receive(session: Session, made: Return, now: datetime, *, by: str) -> None:
    """The goods are back. Raises MoveError unless it was authorised."""
    _lock(session, made)
    _advance(session, made, ReturnStatus.RECEIVED, now, by)
    made.received_at = now
    _refresh(session, made, now)


def settle(
    session: Session,
    made: Return,
    *,
    refund_cents: int,
    supplier_credit_cents: int | None,
    cost_bearer: CostBearer,
    now: datetime,
    by: str,
) -> None:
    """Refund the customer and say who bears it; an unknown supplier credit is None.

    Raises ReturnError if more is refunded than the order cost, MoveError unless the
    goods were received.
    """
    order = _lock(session, made)
    _check(made, ReturnStatus.SETTLED)
    refunded = _refunded_cents(session, order)
    if not 0 <= refund_cents <= order.total_cents - refunded:
        raise ReturnError(
            f"refund {refund_cents} is not between 0 and {order.total_cents - refunded}"
        )
    if supplier_credit_cents is not None and supplier_credit_cents < 0:
        raise ReturnError("a supplier's credit cannot be negative")
    made.refund_cents = refund_cents
    made.supplier_credit_cents = supplier_credit_cents
    made.cost_bearer = cost_bearer
    made.ended_at = now
    _advance(session, made, ReturnStatus.SETTLED, now, by)
    _refresh(session, made, now)


def refuse(
    session: Session, made: Return, words: str, now: datetime, *, by: str
) -> None:
    """Say no; its units may be asked for again. Raises MoveError once settled."""
    _lock(session, made)
    _check(made, ReturnStatus.REFUSED)
    made.note = words or made.note
    heard_late(session, [made.order_id], now)
    made.ended_at = now
    _advance(session, made, ReturnStatus.REFUSED, now, by)


def _lock(session: Session, made: Return) -> Order:
    """Two humans decide one after the other, each on what is true then."""
    order = session.get_one(Order, made.order_id)
    _lock_order(session, order)
    session.refresh(made)
    return order


def _lock_order(session: Session, order: Order) -> None:
    session.exec(
        select(Order.id).where(col(Order.id) == order.id).with_for_update()
    ).one()


def _check(made: Return, status: ReturnStatus) -> None:
    check_move(made.status, status, NEXT_RETURN[made.status])


def _open(
    session: Session, order: Order, reason: ReturnReason, words: str, now: datetime
) -> Return:
    assert order.id is not None
    count = select(func.count()).where(col(Return.order_id) == order.id)
    number = session.exec(count).one() + 1
    made = Return(
        reference=f"R{order.id:06d}-{number}",
        order_id=order.id,
        status=ReturnStatus.REQUESTED,
        reason=reason,
        note=words,
        requested_at=now,
    )
    session.add(made)
    session.flush()
    return made


def _asked_for(session: Session, order: Order) -> dict[int, int]:
    query = (
        select(ReturnLine.order_line_id, func.sum(ReturnLine.quantity))
        .join(Return, col(Return.id) == col(ReturnLine.return_id))
        .where(
            col(Return.order_id) == order.id,
            col(Return.status) != ReturnStatus.REFUSED,
        )
        .group_by(col(ReturnLine.order_line_id))
    )
    return {line_id: int(units) for line_id, units in session.exec(query)}


def _refunded_cents(session: Session, order: Order) -> int:
    query = select(func.coalesce(func.sum(Return.refund_cents), 0)).where(
        col(Return.order_id) == order.id, col(Return.status) == ReturnStatus.SETTLED
    )
    return int(session.exec(query).one() or 0)


def _advance(
    session: Session, made: Return, status: ReturnStatus, now: datetime, by: str
) -> None:
    _check(made, status)
    made.status = status
    _note(session, made, session.get_one(Order, made.order_id), now, by)


def _note(session: Session, made: Return, order: Order, now: datetime, by: str) -> None:
    kind = f"return_{made.status.value}"
    note(session, order, kind, now, actor=by, reference=made.reference)


def _refresh(session: Session, made: Return, now: datetime) -> None:
    refresh_orders(session, [session.get_one(Order, made.order_id)], now)
