"""Parcels of purchase orders that had ended: goods on their way that nobody awaits."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine
from erp.fulfilment.tracking.dossiers import Dossier
from erp.fulfilment.tracking.parcels import ParcelNews, take_parcels
from erp.fulfilment.tracking.timeline import note_parcels
from erp.orders.holds import hold, open_holds
from erp.orders.lifecycle import HoldReason
from suppliers.contract import PurchaseReport
from suppliers.models import Supplier


def take_strays(
    session: Session, dossier: Dossier, report: PurchaseReport, now: datetime
) -> list[ParcelNews]:
    """Take the parcels of a purchase order that ended; it stays ended.

    A human is asked once for each parcel that met a carrier: what was bought again
    meanwhile may arrive twice.
    """
    parcels = take_parcels(dossier, report.parcels)
    note_parcels(session, dossier, parcels, now, shipped="parcel_shipped_after_end")
    shipped = [news for news in parcels if news.now_shipped]
    if shipped:
        facts = _facts(session, dossier, shipped)
        hold(session, dossier.order, HoldReason.SHIPPED_AFTER_END, facts, now)
    return parcels


def _facts(
    session: Session, dossier: Dossier, shipped: Sequence[ParcelNews]
) -> dict[str, str]:
    """Of an open hold, what it says already is said again."""
    facts = {
        "supplier": dossier.supplier,
        "parcels": ", ".join(
            each.parcel.tracking_number or each.parcel.shipment_id for each in shipped
        ),
        "elsewhere": ", ".join(_bought_again(session, dossier, shipped)),
    }
    for known in open_holds(session, dossier.order):
        if known.reason is HoldReason.SHIPPED_AFTER_END:
            facts = {
                name: joined_names(known.facts.get(name, ""), facts[name])
                for name in facts
            }
    return {name: fact for name, fact in facts.items() if fact}


def _bought_again(
    session: Session, dossier: Dossier, shipped: Iterable[ParcelNews]
) -> Sequence[str]:
    """Suppliers who were asked for the same order lines instead; all of the purchase
    order's, if nobody says what is in a parcel."""
    inside = {line_id for news in shipped for line_id in news.parcel.contents}
    lines = [line for line in dossier.lines if line.id in inside] or dossier.lines
    query = (
        select(Supplier.code)
        .join(PurchaseOrder, col(PurchaseOrder.supplier_id) == col(Supplier.id))
        .join(
            PurchaseOrderLine,
            col(PurchaseOrderLine.purchase_order_id) == col(PurchaseOrder.id),
        )
        .where(
            col(PurchaseOrderLine.order_line_id).in_(
                [line.order_line_id for line in lines]
            ),
            col(PurchaseOrderLine.is_live),
        )
        .distinct()
        .order_by(col(Supplier.code))
    )
    return session.exec(query).all()


def joined_names(known: str, new: str) -> str:
    """Names with commas between them, each once."""
    names = [*known.split(", "), *new.split(", ")]
    return ", ".join(dict.fromkeys(name for name in names if name))
