"""Which purchase orders are asked for: filters, lateness, a search."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, union
from sqlmodel import col

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder, Shipment
from erp.orders.models import Order
from suppliers.models import Supplier


class Lateness(StrEnum):
    NOW = "now"  # a promise is broken and not yet made good
    HAND_OVER = "hand_over"  # handed over late, or due and still not
    DELIVERY = "delivery"  # delivered late, or due and still not


class PurchaseSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class PurchaseFilter:
    search: str = ""
    statuses: tuple[PurchaseStatus, ...] = ()
    supplier: str = ""  # a code
    late: Lateness | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None
    sort: PurchaseSort = PurchaseSort.NEWEST


def matches(wanted: PurchaseFilter, now: datetime) -> list[ColumnElement[bool]]:
    """The tests a purchase order must pass."""
    tests: list[ColumnElement[bool]] = []
    if wanted.search:
        tests.append(col(PurchaseOrder.id).in_(_found_by(wanted.search)))
    if wanted.statuses:
        tests.append(col(PurchaseOrder.status).in_(wanted.statuses))
    if wanted.supplier:
        tests.append(col(PurchaseOrder.supplier_id) == _supplier_id(wanted.supplier))
    if wanted.late:
        tests.append(is_late(wanted.late, now))
    if wanted.created_from:
        tests.append(col(PurchaseOrder.created_at) >= wanted.created_from)
    if wanted.created_before:
        tests.append(col(PurchaseOrder.created_at) < wanted.created_before)
    return tests


def is_late(late: Lateness, now: datetime) -> ColumnElement[bool]:
    """One that ended (rejected, cancelled) is late no more: others see to its lines."""
    ship_by, handed_over = (
        col(PurchaseOrder.ship_by),
        col(PurchaseOrder.handed_over_at),
    )
    deliver_by, delivered = (
        col(PurchaseOrder.deliver_by),
        col(PurchaseOrder.delivered_at),
    )
    runs = col(PurchaseOrder.ended_at).is_(None)
    not_shipped = and_(handed_over.is_(None), ship_by < now, runs)
    not_delivered = and_(delivered.is_(None), deliver_by < now, runs)
    if late is Lateness.HAND_OVER:
        return or_(not_shipped, handed_over > ship_by)
    if late is Lateness.DELIVERY:
        return or_(not_delivered, delivered > deliver_by)
    return or_(not_shipped, not_delivered)


def orders_of_supplier(code: str) -> Select[Any]:
    """Ids of the orders a supplier was asked to deliver a part of."""
    return select(col(PurchaseOrder.order_id)).where(
        col(PurchaseOrder.supplier_id) == _supplier_id(code)
    )


def late_orders(now: datetime) -> Select[Any]:
    """Ids of the orders a part of which is late now."""
    return select(col(PurchaseOrder.order_id)).where(is_late(Lateness.NOW, now))


def _supplier_id(code: str) -> Any:
    return select(col(Supplier.id)).where(col(Supplier.code) == code).scalar_subquery()


def _found_by(words: str) -> Any:
    """Ids by our reference, the supplier's, the order's number or a tracking number."""
    orders = select(col(Order.id)).where(col(Order.name).in_((words, f"#{words}")))
    purchase = col(PurchaseOrder.id)
    return union(
        select(purchase).where(
            col(PurchaseOrder.reference).in_((words, words.upper()))
        ),
        select(purchase).where(col(PurchaseOrder.supplier_reference) == words),
        select(purchase).where(col(PurchaseOrder.order_id).in_(orders)),
        select(col(Shipment.purchase_order_id)).where(
            col(Shipment.tracking_number) == words
        ),
    )
