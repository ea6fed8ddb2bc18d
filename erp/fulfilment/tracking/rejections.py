"""When a supplier says no, or only partly yes: its units are free again, and held."""

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType

from sqlmodel import Session, col, select

from erp.fulfilment.invoicing.changes import note_change
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.overdue_holds import route_on
from erp.fulfilment.rerouting.rules import is_ours
from erp.fulfilment.tracking.dossiers import Dossier, store_lines
from erp.orders.history import note
from erp.orders.holds import counted, hold, open_holds
from erp.orders.lifecycle import HoldReason, LineStatus
from erp.orders.models import OrderLine
from erp.orders.progress import advance

SHORTFALL = HoldReason.SUPPLIER_SHORTFALL
NOTHING: Mapping[int, int] = MappingProxyType({})


def give_back(
    session: Session,
    dossier: Dossier,
    now: datetime,
    *,
    missing: Mapping[int, int] = NOTHING,
) -> None:
    """Free the units of a purchase order that ended, with those its end took away.

    If the customer's order was being cancelled its lines end with it; otherwise they
    are open again, to be routed on if that is why it ended; else a human decides.
    `missing` are units, by purchase order line id, that it stood for until now.
    """
    lines = free_units(session, dossier, now, missing=missing)
    if dossier.purchase.cancels_order:
        skus = ", ".join(line.sku for line in lines)
        note(session, dossier.order, "cancelled", now, lines=skus)
    elif dossier.purchase.reroutes:
        facts = {"reference": dossier.purchase.reference, "supplier": dossier.supplier}
        note(session, dossier.order, "rerouted", now, **facts)
        route_on(session, dossier.order)
    else:
        rejected = dossier.purchase.status is PurchaseStatus.REJECTED
        reason = (
            HoldReason.SUPPLIER_REJECTED if rejected else HoldReason.SUPPLIER_CANCELLED
        )
        hold(session, dossier.order, reason, _facts(dossier), now)


def free_units(
    session: Session,
    dossier: Dossier,
    now: datetime,
    *,
    missing: Mapping[int, int] = NOTHING,
) -> Collection[OrderLine]:
    """As `give_back`, whatever comes of it; whose units they were."""
    lines = _order_lines(session, dossier)
    for row in dossier.lines:
        row.is_live = False
        held = row.accepted_units + missing.get(row.id, 0)
        units = held if dossier.purchase.cancels_order else 0
        _free(lines[row.order_line_id], cancelled_units=units)
    store_lines(session, dossier.lines)
    note_change(session, dossier.purchase.id or 0, now)
    return lines.values()


def hold_shortfall(
    session: Session, dossier: Dossier, missing: Mapping[int, int], now: datetime
) -> None:
    """Free the units a supplier will not deliver (by purchase order line id)."""
    purchase = dossier.purchase
    lines = _order_lines(session, dossier)
    lacking = []
    for row in dossier.lines:
        units = missing.get(row.id, 0)
        if not units:
            continue
        row.is_live = row.accepted_quantity != 0
        line = lines[row.order_line_id]
        lacking.append((line.sku, units))
        _free(line, cancelled_units=units if purchase.cancels_order else 0)
    store_lines(session, dossier.lines)
    note_change(session, purchase.id or 0, now)
    if purchase.cancels_order:
        note(session, dossier.order, "cancelled", now, lines=counted(lacking))
    else:
        _hold_short(session, dossier, now, units=counted(lacking))
        purchase.short_at = now


def hold_vague_answer(session: Session, dossier: Dossier, now: datetime) -> None:
    """It accepts only a part, and nobody knows which: a human must ask."""
    _hold_short(session, dossier, now, is_vague="yes")


def _hold_short(session: Session, dossier: Dossier, now: datetime, **what: str) -> None:
    """One hold for an order, whichever suppliers are short."""
    facts = {"supplier": dossier.supplier} | what
    for known in open_holds(session, dossier.order):
        if known.reason is SHORTFALL and known.facts["supplier"] != dossier.supplier:
            both = (known.facts, facts)
            facts = {
                name: ", ".join(dict.fromkeys(f[name] for f in both if name in f))
                for name in known.facts | facts
            }
    hold(session, dossier.order, SHORTFALL, facts, now)


def _free(line: OrderLine, *, cancelled_units: int = 0) -> None:
    line.cancelled_quantity = min(
        line.quantity, line.cancelled_quantity + cancelled_units
    )
    if line.status is LineStatus.ALLOCATED:
        ended = line.cancelled_quantity == line.quantity
        advance(line, LineStatus.CANCELLED if ended else LineStatus.OPEN)


def _facts(dossier: Dossier) -> dict[str, str]:
    """Who said no, and what was said; nothing is named that was not said."""
    purchase = dossier.purchase
    facts = {
        "supplier": dossier.supplier,
        "reject_reason": purchase.reason.value if purchase.reason else "",
        "remark": purchase.remark.value if purchase.remark else "",
        "note": purchase.note,
        "ours": "yes" if is_ours(purchase.reason) else "",
    }
    return {name: fact for name, fact in facts.items() if fact}


def _order_lines(session: Session, dossier: Dossier) -> dict[int, OrderLine]:
    ids = [row.order_line_id for row in dossier.lines]
    query = select(OrderLine).where(col(OrderLine.id).in_(ids))
    found = session.exec(query.execution_options(populate_existing=True))
    return {line.id or 0: line for line in found}
