"""What has been bought, what a supplier says to it, and a human who lets it go on."""

from sqlmodel import col, select

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrderLine
from erp.fulfilment.tracking.reports import apply_reports
from erp.orders.holds import release
from erp.orders.lifecycle import HoldReason, NextStep
from erp.orders.models import Order
from suppliers.contract import PurchaseReport, ReportedStatus
from tests.erp.fulfilment.trade import Trade

P = PurchaseStatus


H = HoldReason


def bought(trade: Trade) -> list[tuple[str, int]]:
    """(supplier's name, units) of every live purchase order line."""
    names = {code: name for name, code in trade.codes.items()}
    with trade.sessions.reading() as session:
        rows = session.exec(
            select(PurchaseOrderLine.supplier_sku, PurchaseOrderLine.quantity)
            .where(col(PurchaseOrderLine.is_live))
            .order_by(col(PurchaseOrderLine.id))
        ).all()
    return [(names[sku.split("-")[0]], quantity) for sku, quantity in rows]


def says(trade: Trade, reference: str, status: ReportedStatus, **given: object) -> None:
    report = PurchaseReport(reference, "theirs", status, **given)
    with trade.sessions.writing() as session:
        apply_reports(session, [report], trade.now)


def again(trade: Trade, order_id: int) -> None:
    """A human releases every hold, and the guards find nothing."""
    with trade.sessions.writing() as session:
        order = session.get_one(Order, order_id)
        release(session, order, trade.now, by="ada")
        order.next_step = NextStep.ROUTE
