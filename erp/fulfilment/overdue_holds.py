"""Holds over a supplier's silence: one for an order, whichever purchase orders wait."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from erp.orders.holds import hold, open_holds, settle
from erp.orders.lifecycle import HoldReason, NextStep
from erp.orders.models import Order

OVER_SILENCE = frozenset({HoldReason.SUPPLIER_OVERDUE, HoldReason.CANCEL_UNANSWERED})


def hold_over_silence(
    session: Session,
    order: Order,
    reason: HoldReason,
    facts: Mapping[str, str],
    now: datetime,
) -> None:
    """`facts` name the supplier and the purchase order, beside those named already."""
    known = next((h for h in open_holds(session, order) if h.reason is reason), None)
    if known is not None:
        joined = {
            name: _joined(known.facts.get(name, ""), facts[name])
            for name in ("supplier", "purchase_order")
        }
        facts = {**facts, **joined}
    hold(session, order, reason, facts, now)


def no_longer_awaited(
    session: Session, order: Order, reference: str, now: datetime
) -> bool:
    """Take a purchase order out of these holds; whether that closed one."""
    closed = False
    for each in open_holds(session, order):
        references = each.facts.get("purchase_order", "").split(", ")
        if each.reason not in OVER_SILENCE or reference not in references:
            continue
        references.remove(reference)
        if references:
            each.facts = {**each.facts, "purchase_order": ", ".join(references)}
        else:
            closed = settle(session, order, each.reason, now)
    return closed


def route_on(session: Session, order: Order) -> None:
    """Look for another supplier, unless a human is to decide about something first."""
    if not open_holds(session, order):
        order.next_step = NextStep.ROUTE


def _joined(known: str, new: str) -> str:
    return ", ".join(dict.fromkeys(part for part in (*known.split(", "), new) if part))
