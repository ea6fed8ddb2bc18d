"""Holds: why an order waits for a human, and what the human decided."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from erp.orders.history import note
from erp.orders.lifecycle import WAIVABLE, HoldReason, NextStep
from erp.orders.models import Hold, Order
from erp.orders.progress import refresh


def open_holds(session: Session, order: Order) -> list[Hold]:
    """The holds that keep an order waiting, oldest first."""
    return list(
        session.exec(
            select(Hold)
            .where(col(Hold.order_id) == order.id, col(Hold.closed_at).is_(None))
            .order_by(col(Hold.id))
        )
    )


def counted(units: Iterable[tuple[str, int]]) -> str:
    """SKUs with their units as one fact, in any language: “A: 2, B: 1”."""
    return ", ".join(f"{sku}: {quantity}" for sku, quantity in units)


def hold(
    session: Session,
    order: Order,
    reason: HoldReason,
    facts: Mapping[str, str],
    now: datetime,
) -> None:
    """Make an order wait for a human; held again for a reason, its facts change."""
    assert order.id is not None
    order.next_step = None
    for known in open_holds(session, order):
        if known.reason is reason:
            known.facts = dict(facts)
            return
    session.add(
        Hold(order_id=order.id, reason=reason, facts=dict(facts), opened_at=now)
    )
    note(session, order, "held", now, reason=reason.value, **facts)
    refresh(session, order, now)


def settle(
    session: Session,
    order: Order,
    reason: HoldReason,
    now: datetime,
    *,
    by: str = "system",
) -> bool:
    """Close a hold whose matter is over and check nothing again; was it open?"""
    found = [each for each in open_holds(session, order) if each.reason is reason]
    for each in found:
        each.closed_at, each.closed_by = now, by
        note(session, order, "hold_released", now, actor=by, reason=reason.value)
    session.flush()
    refresh(session, order, now)
    return bool(found)


def release(
    session: Session,
    order: Order,
    now: datetime,
    *,
    by: str,
    reason: HoldReason | None = None,
) -> int:
    """Close one hold, or all, and look at the order again; how many were closed.

    A judgement (fraud risk, margin, …) is waived for good; a missing fact (unknown SKU,
    shortfall, …) is looked at again and may hold the order once more.
    """
    closed = [h for h in open_holds(session, order) if reason in (None, h.reason)]
    for each in closed:
        each.closed_at = now
        each.closed_by = by
        each.is_waived = each.reason in WAIVABLE
        note(session, order, "hold_released", now, actor=by, reason=each.reason.value)
    session.flush()
    if closed and not open_holds(session, order):
        order.next_step = NextStep.CHECK
    refresh(session, order, now)
    return len(closed)
