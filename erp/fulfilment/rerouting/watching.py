"""Watches the suppliers' clocks: what ran out is told once, and routed on if allowed.

A purchase order is given to another supplier only after this one let go of it: first it
is asked to cancel. One that nobody else could deliver stays where it is. Units that it
did not accept it has let go of already.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from config.database import Sessions
from erp.fulfilment.decisions import cancel_purchase
from erp.fulfilment.lifecycle import ACCEPTANCES, DEAD, Overdue, PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.overdue_holds import hold_over_silence, route_on
from erp.fulfilment.rerouting.commands import is_reroutable
from erp.fulfilment.rerouting.rules import OURS, is_ours
from erp.fulfilment.sourcing.previews import plan_without
from erp.fulfilment.sourcing.purchasing import RoutingRules
from erp.fulfilment.sourcing.routing import Plan
from erp.fulfilment.tracking.dossiers import Dossier, dossiers
from erp.orders.history import note
from erp.orders.holds import open_holds, settle
from erp.orders.lifecycle import HoldReason
from suppliers.models import Reroute, Supplier

log = logging.getLogger(__name__)

SHORTFALL = HoldReason.SUPPLIER_SHORTFALL
BY_ITSELF = {  # what a supplier that ends a purchase order unasked leaves behind
    PurchaseStatus.REJECTED: HoldReason.SUPPLIER_REJECTED,
    PurchaseStatus.CANCELLED: HoldReason.SUPPLIER_CANCELLED,
}
EVENTS = {
    Overdue.ACKNOWLEDGEMENT: "purchase_silent",
    Overdue.HAND_OVER: "purchase_late",
}


@dataclass(frozen=True, slots=True)
class WatchRules:
    """Whether the store wants to be asked, unless a supplier's own rule says so."""

    reroute: Reroute
    routing: RoutingRules


def watch_due(
    sessions: Sessions, rules: WatchRules, now: datetime, *, limit: int = 100
) -> int:
    """Look at purchase orders whose clock ran out, or that lack units; how many."""
    with sessions.reading() as session:
        ran_out = session.exec(_RAN_OUT.limit(limit), params={"now": now}).all()
        short = session.exec(_SHORT.limit(limit)).all()
    references = list(dict.fromkeys((*short, *ran_out)))
    for reference in references:
        with sessions.writing() as session:
            _watch(session, reference, rules, now)
    return len(references)


def anything_due(session: Session, now: datetime) -> bool:
    """Whether a supplier's clock ran out, or units were not accepted."""
    ran_out = session.exec(_RAN_OUT.limit(1), params={"now": now})
    if ran_out.first() is not None:
        return True
    return session.exec(_SHORT.limit(1)).first() is not None


def _watch(session: Session, reference: str, rules: WatchRules, now: datetime) -> None:
    dossier = dossiers(session, [reference])[reference]
    purchase = dossier.purchase
    if purchase.short_at is not None:
        purchase.short_at = None
        _short(session, dossier, rules, now)
    if purchase.clock_at is None or purchase.clock_at > now:
        return  # it was heard of meanwhile
    due_at, purchase.clock_at = purchase.clock_at, None
    if purchase.status is PurchaseStatus.SENT:
        _overdue(session, dossier, Overdue.ACKNOWLEDGEMENT, due_at, rules, now)
    elif purchase.status in ACCEPTANCES and not _has_shipped(dossier):
        _overdue(session, dossier, Overdue.HAND_OVER, due_at, rules, now)
    elif purchase.status is PurchaseStatus.CANCELLING:
        _unanswered(session, dossier, now)
    elif purchase.status in DEAD:
        _ended(session, dossier, rules, now)


def _has_shipped(dossier: Dossier) -> bool:
    return any(parcel.shipped_at for parcel in dossier.parcels.values())


def _overdue(
    session: Session,
    dossier: Dossier,
    clock: Overdue,
    due_at: datetime,
    rules: WatchRules,
    now: datetime,
) -> None:
    purchase = dossier.purchase
    purchase.overdue = clock
    facts = {"supplier": dossier.supplier, "due_at": due_at.isoformat()}
    told = {"reference": purchase.reference, **facts}
    note(session, dossier.order, EVENTS[clock], now, **told)
    log.warning("overdue clock=%s reference=%s", clock, purchase.reference)
    session.flush()
    elsewhere = plan_without(session, purchase, rules.routing, now)
    if elsewhere.is_ready and _mode(session, dossier, rules) is Reroute.AUTO:
        purchase.reroutes = True
        cancel_purchase(session, purchase, now, by="system")
        return
    facts["purchase_order"] = purchase.reference
    facts |= {"overdue": clock.value} | _outlook(elsewhere)
    reason = HoldReason.SUPPLIER_OVERDUE
    hold_over_silence(session, dossier.order, reason, facts, now)


def _outlook(elsewhere: Plan) -> dict[str, str]:
    """Who could deliver instead, as far as is known now."""
    if elsewhere.is_ready:
        return {"instead": ", ".join(total.supplier for total in elsewhere.totals)}
    return {"not_elsewhere": elsewhere.hold.value if elsewhere.hold else ""}


def _unanswered(session: Session, dossier: Dossier, now: datetime) -> None:
    """It may deliver, or may not: nobody else is asked before that is known."""
    reference, supplier = dossier.purchase.reference, dossier.supplier
    told = {"reference": reference, "supplier": supplier}
    note(session, dossier.order, "cancel_unanswered", now, **told)
    facts = {"purchase_order": reference, "supplier": supplier}
    reason = HoldReason.CANCEL_UNANSWERED
    hold_over_silence(session, dossier.order, reason, facts, now)


def _short(
    session: Session, dossier: Dossier, rules: WatchRules, now: datetime
) -> None:
    """It accepted only a part: the rest goes on, unless a human is to look.

    If several were short of an order, each of them must allow it.
    """
    holds = open_holds(session, dossier.order)
    known = next((each for each in holds if each.reason is SHORTFALL), None)
    if known is None or not is_reroutable(known):
        return
    codes = known.facts["supplier"].split(", ")
    suppliers = session.exec(select(Supplier).where(col(Supplier.code).in_(codes)))
    if any((each.reroute or rules.reroute) is Reroute.ASK for each in suppliers):
        return
    facts = {name: known.facts.get(name, "") for name in ("supplier", "units")}
    settle(session, dossier.order, SHORTFALL, now)
    note(session, dossier.order, "shortfall_rerouted", now, **facts)
    route_on(session, dossier.order)


def _ended(
    session: Session, dossier: Dossier, rules: WatchRules, now: datetime
) -> None:
    """The supplier said no by itself: its units go on unless a human is to look."""
    purchase = dossier.purchase
    is_asked = _mode(session, dossier, rules) is Reroute.ASK
    if is_asked or _is_anything_ours(session, purchase):
        return
    if settle(session, dossier.order, BY_ITSELF[purchase.status], now):
        facts = {"reference": purchase.reference, "supplier": dossier.supplier}
        note(session, dossier.order, "rerouted", now, **facts)
        route_on(session, dossier.order)


def _is_anything_ours(session: Session, purchase: PurchaseOrder) -> bool:
    """Of the whole order: its holds are settled together."""
    if is_ours(purchase.reason):
        return True
    query = select(PurchaseOrder.id).where(
        col(PurchaseOrder.order_id) == purchase.order_id,
        col(PurchaseOrder.status).in_(DEAD),
        col(PurchaseOrder.reason).in_(OURS),
    )
    return session.exec(query.limit(1)).first() is not None


def _mode(session: Session, dossier: Dossier, rules: WatchRules) -> Reroute:
    supplier = session.get_one(Supplier, dossier.purchase.supplier_id)
    return supplier.reroute or rules.reroute


_RAN_OUT = (
    select(PurchaseOrder.reference)
    .where(col(PurchaseOrder.clock_at) <= bindparam("now"))
    .order_by(col(PurchaseOrder.clock_at), col(PurchaseOrder.id))
)
_SHORT = (
    select(PurchaseOrder.reference)
    .where(col(PurchaseOrder.short_at).is_not(None))
    .order_by(col(PurchaseOrder.short_at), col(PurchaseOrder.id))
)
