"""When a supplier says no, or only partly yes: its units are free again, and held."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from erp.fulfilment.dossiers import Dossier, accepted_units
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.orders.history import note
from erp.orders.holds import hold
from erp.orders.lifecycle import HoldReason, LineStatus
from erp.orders.models import OrderLine
from erp.orders.progress import advance


def give_back(session: Session, dossier: Dossier, now: datetime) -> None:
    """Free the units of a purchase order that ended.

    If the customer's order was being cancelled its lines end with it; otherwise they
    are open again and a human decides.
    """
    lines = _order_lines(session, dossier)
    for row in dossier.lines:
        row.is_live = False
        units = accepted_units(row) if dossier.purchase.cancels_order else 0
        _free(lines[row.order_line_id], cancelled_units=units)
    if dossier.purchase.cancels_order:
        skus = ", ".join(line.sku for line in lines.values())
        note(session, dossier.order, "cancelled", now, lines=skus)
    else:
        rejected = dossier.purchase.status is PurchaseStatus.REJECTED
        reason = (
            HoldReason.SUPPLIER_REJECTED if rejected else HoldReason.SUPPLIER_CANCELLED
        )
        hold(session, dossier.order, reason, _words(dossier), now)


def hold_shortfall(
    session: Session, dossier: Dossier, missing: Mapping[int, int], now: datetime
) -> None:
    """Free the units a supplier will not deliver (by purchase order line id)."""
    purchase = dossier.purchase
    lines = _order_lines(session, dossier)
    words = []
    for row in dossier.lines:
        units = missing.get(row.id or 0, 0)
        if not units:
            continue
        row.is_live = row.accepted_quantity != 0
        line = lines[row.order_line_id]
        words.append(f"{line.sku}: {units}")
        _free(line, cancelled_units=units if purchase.cancels_order else 0)
    if purchase.cancels_order:
        note(session, dossier.order, "cancelled", now, lines=", ".join(words))
    else:
        _hold_short(session, dossier, ", ".join(words), now)


def hold_vague_answer(session: Session, dossier: Dossier, now: datetime) -> None:
    """It accepts only a part, and nobody knows which: a human must ask."""
    _hold_short(session, dossier, "it does not say what it accepts", now)


def _hold_short(session: Session, dossier: Dossier, words: str, now: datetime) -> None:
    detail = f"{dossier.supplier.code}: {words}"
    hold(session, dossier.order, HoldReason.SUPPLIER_SHORTFALL, detail, now)


def _free(line: OrderLine, *, cancelled_units: int = 0) -> None:
    line.cancelled_quantity = min(
        line.quantity, line.cancelled_quantity + cancelled_units
    )
    if line.status is LineStatus.ALLOCATED:
        ended = line.cancelled_quantity == line.quantity
        advance(line, LineStatus.CANCELLED if ended else LineStatus.OPEN)


def _words(dossier: Dossier) -> str:
    reason = dossier.purchase.reason
    said = " ".join(
        filter(None, (reason.value if reason else "", dossier.purchase.note))
    )
    return f"{dossier.supplier.code}: {said}" if said else dossier.supplier.code


def _order_lines(session: Session, dossier: Dossier) -> dict[int, OrderLine]:
    ids = [row.order_line_id for row in dossier.lines]
    query = select(OrderLine).where(col(OrderLine.id).in_(ids))
    found = session.exec(query.execution_options(populate_existing=True))
    return {line.id or 0: line for line in found}
