"""A purchase order at a supplier, and what that supplier may tell about it."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.tracking.reports import apply_reports
from erp.orders.lifecycle import HoldReason
from erp.orders.models import Hold, Order, OrderEvent
from suppliers.contract import (
    ParcelReport,
    PurchaseReport,
    ReportedStatus,
    ScanKind,
    ScanReport,
)
from tests.factories import (
    NOW,
    make_order,
    make_purchase_order,
    make_supplier,
)

P = PurchaseStatus


R = ReportedStatus


HOUR = timedelta(hours=1)


DAY = timedelta(days=1)


Lines = tuple[tuple[str, int, int], ...]


def at_supplier(
    session: Session,
    lines: Lines = (("A", 2, 1000),),
    status: PurchaseStatus = P.SENT,
    **supplier: object,
) -> PurchaseOrder:
    order = make_order(session, lines, next_step=None)
    supplied_by = make_supplier(session, "S1", **supplier)
    return make_purchase_order(session, order, supplied_by, status, reference="P-1")


def report(status: ReportedStatus = R.ACCEPTED, **given: object) -> PurchaseReport:
    values = {"reference": "P-1", "supplier_reference": "S-1", "status": status}
    return PurchaseReport(**(values | given))


def parcel(
    name: str = "1", units: int = 2, *scans: tuple[ScanKind, datetime], sku: str = "A"
) -> ParcelReport:
    told = tuple(ScanReport(kind, at) for kind, at in scans)
    return ParcelReport(name, "UPS", f"T{name}", ((f"S1-{sku}", units),), told)


def tell(session: Session, *reports: PurchaseReport, now: datetime = NOW) -> None:
    for each in reports:
        apply_reports(session, [each], now)
    session.flush()


def order_of(session: Session, purchase: PurchaseOrder) -> Order:
    return session.get_one(Order, purchase.order_id)


def holds(session: Session) -> list[HoldReason]:
    query = select(Hold.reason).where(col(Hold.closed_at).is_(None))
    return list(session.exec(query))


def timeline(session: Session) -> list[str]:
    """What purchase orders and parcels did, told once each, oldest first."""
    query = select(OrderEvent.kind).order_by(col(OrderEvent.id))
    return [kind for kind in session.exec(query) if kind.startswith(("pu", "pa"))]


SHIPPED = (ScanKind.PICKED_UP, NOW + DAY)


DELIVERED = (ScanKind.DELIVERED, NOW + 3 * DAY)
