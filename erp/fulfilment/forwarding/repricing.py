"""What a purchase order costs now, just before it is sent for the first time.

It may have waited: its supplier was paused, its circuit open. If what the offers cost
now leaves the order below its margin floor, nothing is sent, nobody has to be asked,
and routing decides again by what is known now. A call whose fate is unknown ends that:
what may be at the supplier is asked for as it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import BindParameter, bindparam, exists, or_, select, update
from sqlmodel import Session, col

from config.upsert import table_of
from erp.fulfilment.forwarding.caller import Caller
from erp.fulfilment.lifecycle import DEAD, PurchaseStatus, Remark
from erp.fulfilment.models import (
    Attempt,
    AttemptOutcome,
    PurchaseOrder,
    PurchaseOrderLine,
)
from erp.fulfilment.overdue_holds import route_on
from erp.fulfilment.progress import refresh_orders
from erp.fulfilment.sourcing.cases import spent_cents
from erp.fulfilment.sourcing.purchasing import margin_waived
from erp.fulfilment.tracking.dossiers import Dossier, dossiers
from erp.fulfilment.tracking.rejections import free_units
from erp.fulfilment.tracking.reports import advance
from erp.orders.history import note
from erp.orders.models import Order, OrderLine
from erp.orders.revenue import order_revenue_cents
from inventory.models import Offer
from inventory.pricing import clears_floor

SURELY_NOT_PLACED = (
    AttemptOutcome.UNAVAILABLE,
    AttemptOutcome.RATE_LIMITED,
    AttemptOutcome.NOT_CALLED,
)


@dataclass(frozen=True, slots=True)
class Changed:
    """A line of a purchase order whose offer says something else by now."""

    purchase_id: int
    reference: str
    order_id: int
    line_id: int
    unit_cost_cents: int | None  # None: unknown now
    is_same_currency: bool


def withheld(
    session: Session, caller: Caller, purchase_ids: Sequence[int], now: datetime
) -> frozenset[int]:
    """Those that are not to be sent now; the others cost what their offers say.

    They are locked by the caller. One whose order is busy is left for the next time.
    """
    found = session.execute(_CHANGED, {"ids": purchase_ids}).all()
    if not found:
        return frozenset()
    changed = [Changed(*row) for row in found]
    free = _locked(session, {each.order_id for each in changed})
    kept = {each.purchase_id for each in changed if each.order_id not in free}
    ours = [each for each in changed if each.order_id in free]
    known = dossiers(session, {each.reference for each in ours})
    for (reference, purchase_id), lines in groupby(
        ours, key=lambda each: (each.reference, each.purchase_id)
    ):
        if not _take_on(session, caller, known[reference], list(lines), now):
            kept.add(purchase_id)
    session.flush()
    return frozenset(kept)


def _locked(session: Session, order_ids: set[int]) -> set[int]:
    """Who holds an order waits for its purchase orders: we must not wait for them."""
    query = select(col(Order.id)).where(col(Order.id).in_(order_ids))
    locked = session.execute(query.with_for_update(skip_locked=True)).scalars()
    return {each for each in locked if each is not None}


def _take_on(
    session: Session,
    caller: Caller,
    dossier: Dossier,
    changed: Sequence[Changed],
    now: datetime,
) -> bool:
    """Whether it may be sent at the present cost; else it is taken back."""
    was = dossier.purchase.items_cost_cents
    costs = {each.line_id: each.unit_cost_cents for each in changed}
    is_known = all(each.is_same_currency for each in changed)
    if is_known and None not in costs.values():
        dossier.purchase.items_cost_cents = _items_cost_cents(dossier, costs)
        if _clears_floor(session, caller, dossier):
            _reprice(session, dossier, costs, was, now)
            return True
        dossier.purchase.items_cost_cents = was
    _take_back(session, dossier, now)
    return False


def _items_cost_cents(dossier: Dossier, costs: Mapping[int, int | None]) -> int:
    return sum(
        (costs[line.id] or 0 if line.id in costs else line.unit_cost_cents)
        * line.quantity
        for line in dossier.lines
    )


def _clears_floor(session: Session, caller: Caller, dossier: Dossier) -> bool:
    """With all else its customer's order has cost; as routing compares it."""
    order = session.get_one(Order, dossier.order.id)
    if order.id in margin_waived(session, [order]):
        return True
    session.flush()
    lines = session.execute(_LINES, {"order": order.id}).scalars().all()
    live = session.execute(_LIVE, {"order": order.id}).scalars().all()
    revenue = order_revenue_cents(order, lines)
    margin = revenue - sum(spent_cents(each) for each in live)
    return clears_floor(margin, revenue, caller.min_margin_bp)


def _reprice(
    session: Session,
    dossier: Dossier,
    costs: Mapping[int, int | None],
    was: int,
    now: datetime,
) -> None:
    rows = [{"line": line_id, "cost": cost} for line_id, cost in costs.items()]
    session.flush()
    session.connection().execute(_REPRICE, rows)
    dossier.purchase.remark = Remark.REPRICED
    facts = _facts(dossier, was_cents=was, cost_cents=dossier.purchase.items_cost_cents)
    note(session, dossier.order, "purchase_repriced", now, **facts)


def _take_back(session: Session, dossier: Dossier, now: datetime) -> None:
    purchase = dossier.purchase
    purchase.due_at = purchase.clock_at = None
    purchase.remark, purchase.note = Remark.TAKEN_BACK, ""
    advance(session, dossier, PurchaseStatus.CANCELLED, now)
    note(session, dossier.order, "purchase_taken_back", now, **_facts(dossier))
    free_units(session, dossier, now)
    route_on(session, dossier.order)
    refresh_orders(session, [dossier.order], now)


def _facts(dossier: Dossier, **cents: int) -> dict[str, str]:
    return {
        "reference": dossier.purchase.reference,
        "supplier": dossier.supplier,
        "currency": dossier.purchase.currency,
        **{name: str(amount) for name, amount in cents.items()},
    }


# Built once, and run for every batch.
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_LINE, _OFFER = table_of(PurchaseOrderLine), table_of(Offer)
_PURCHASE = table_of(PurchaseOrder)
_CHANGED = (
    select(
        _PURCHASE.c.id,
        _PURCHASE.c.reference,
        _PURCHASE.c.order_id,
        _LINE.c.id,
        _OFFER.c.unit_cost_cents,
        _OFFER.c.currency == _PURCHASE.c.currency,
    )
    .join(_LINE, _LINE.c.purchase_order_id == _PURCHASE.c.id)
    .join(_OFFER, _OFFER.c.id == _LINE.c.offer_id)
    .where(
        _PURCHASE.c.id.in_(_IDS),
        _PURCHASE.c.sent_at.is_(None),
        _LINE.c.is_live,
        or_(
            _OFFER.c.unit_cost_cents.is_distinct_from(_LINE.c.unit_cost_cents),
            _OFFER.c.currency != _PURCHASE.c.currency,
        ),
        ~exists().where(
            col(Attempt.purchase_order_id) == _PURCHASE.c.id,
            col(Attempt.outcome).not_in(SURELY_NOT_PLACED),
        ),
    )
    .order_by(_PURCHASE.c.id, _LINE.c.id)
)
_LINES = select(OrderLine).where(col(OrderLine.order_id) == bindparam("order"))
_LIVE = select(PurchaseOrder).where(
    col(PurchaseOrder.order_id) == bindparam("order"),
    col(PurchaseOrder.status).not_in(DEAD),
)
_REPRICE = (
    update(_LINE)
    .where(_LINE.c.id == bindparam("line"))
    .values(unit_cost_cents=bindparam("cost"))
)
