"""What a supplier tells of a purchase order it was sent, and calling one off."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session, col, select

from erp.fulfilment.decisions import cancel_purchase
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.tracking.reports import apply_reports
from suppliers.contract import (
    ParcelReport,
    PurchaseReport,
    ReportedStatus,
    ScanKind,
    ScanReport,
)
from tests.erp.fulfilment.trade import Trade

P = PurchaseStatus


@contextmanager
def row_of(trade: Trade, reference: str) -> Iterator[tuple[Session, PurchaseOrder]]:
    with trade.sessions.writing() as session:
        query = select(PurchaseOrder).where(col(PurchaseOrder.reference) == reference)
        yield session, session.exec(query).one()


def call_off(trade: Trade, reference: str) -> None:
    with row_of(trade, reference) as (session, purchase):
        cancel_purchase(session, purchase, trade.now, by="ada")


def sent(trade: Trade, **habits: object) -> str:
    """A purchase order the supplier has."""
    trade.supplier("A", **habits)
    reference = trade.purchase("A")
    trade.forward()
    return reference


def tell(trade: Trade, reference: str, status: ReportedStatus, **given: object) -> None:
    report = PurchaseReport(reference, "theirs", status, **given)
    with trade.sessions.writing() as session:
        apply_reports(session, [report], trade.now)


def shipped(trade: Trade, units: int, name: str = "1") -> ParcelReport:
    scan = ScanReport(ScanKind.PICKED_UP, trade.now)
    sku = f"{trade.codes['A']}-X"
    return ParcelReport(name, "UPS", "T1", ((sku, units),), (scan,))
