"""One order that a step cannot digest does not stop the orders behind it.

A batch is one transaction, so whatever raises over one order undoes the work on all.
Then each is taken by itself, and the one that raises again is held for a human.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session, col, select, update

from config.database import Sessions
from config.upsert import dialect_of, insert_into, table_of
from erp.orders.lifecycle import HoldReason, NextStep, OrderStatus
from erp.orders.models import Hold, Order, OrderEvent

log = logging.getLogger(__name__)

# The database is away, busy or full: no order's fault, and over by itself.
PASSING = (OperationalError, InterfaceError)
Step = Callable[[int | None], int]  # one order by its id, or None: a whole batch


def spare_the_others(
    sessions: Sessions, owed: NextStep, step: Step, now: datetime, *, limit: int
) -> int:
    """Do a step for a batch, else for each of its orders; how many there were."""
    try:
        return step(None)
    except PASSING:
        raise
    except Exception:
        log.exception("a batch failed, now one by one step=%s", owed)
    with sessions.reading() as session:
        waiting = session.exec(
            select(Order.id)
            .where(col(Order.next_step) == owed)
            .order_by(col(Order.id))
            .limit(limit)
        ).all()
    return sum(_alone(sessions, owed, step, order_id or 0, now) for order_id in waiting)


def _alone(
    sessions: Sessions, owed: NextStep, step: Step, order_id: int, now: datetime
) -> int:
    try:
        return step(order_id)
    except PASSING:
        raise
    except Exception:
        log.exception("held, we fail on it order=%s step=%s", order_id, owed)
    with sessions.writing() as session:
        _hold(session, owed, order_id, now)
    return 1


def _hold(session: Session, owed: NextStep, order_id: int, now: datetime) -> None:
    """Written without reading the order: that may be what fails."""
    moved = session.exec(
        update(Order)
        .where(col(Order.id) == order_id, col(Order.next_step) == owed)
        .values(next_step=None, status=OrderStatus.HELD)
    )
    if not moved.rowcount:
        return  # somebody else moved it on
    reason = HoldReason.NOT_PROCESSED
    connection = session.connection()
    connection.execute(
        insert_into(dialect_of(session), Hold).on_conflict_do_nothing(),
        {
            "order_id": order_id,
            "reason": reason,
            "facts": {},
            "opened_at": now,
            "is_waived": False,
        },
    )
    connection.execute(
        table_of(OrderEvent).insert(),
        {
            "order_id": order_id,
            "at": now,
            "kind": "held",
            "actor": "system",
            "facts": {"reason": reason.value},
        },
    )
