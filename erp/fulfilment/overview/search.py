"""Which purchase orders are asked for: filters, lateness, a search."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, or_, select, union
from sqlmodel import col

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine, Shipment
from erp.fulfilment.overview.scorecards.causes import Cause
from erp.fulfilment.overview.scorecards.counted import Counted, Span, is_by, is_counted
from erp.orders.models import Order
from inventory.models import Offer, Product
from suppliers.models import Supplier

BEFORE_ALL = datetime(1, 1, 1, tzinfo=UTC)


class Lateness(StrEnum):
    NOW = "now"  # a promise is broken and not yet made good
    HAND_OVER = "hand_over"  # handed over late, or due and still not
    DELIVERY = "delivery"  # delivered after the day that was promised


class PurchaseSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class PurchaseFilter:
    search: str = ""
    statuses: tuple[PurchaseStatus, ...] = ()
    supplier: str = ""  # a code
    channel: str = ""
    product: str = ""  # a SKU
    late: Lateness | None = None
    since: datetime | None = None  # only what came due, or arrived, after it
    until: datetime | None = None  # of what a scorecard counted; None: up to now
    counted: Counted | None = None  # what a figure of the scorecard was counted from
    cause: Cause | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None
    sort: PurchaseSort = PurchaseSort.NEWEST


def matches(wanted: PurchaseFilter, now: datetime) -> list[ColumnElement[bool]]:
    """The tests a purchase order must pass."""
    return [*_of_whom(wanted), *_as_it_stands(wanted, now)]


def _of_whom(wanted: PurchaseFilter) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = []
    if wanted.search:
        tests.append(col(PurchaseOrder.id).in_(_found_by(wanted.search)))
    if wanted.supplier:
        tests.append(col(PurchaseOrder.supplier_id) == _supplier_id(wanted.supplier))
    if wanted.channel:
        theirs = select(col(Order.id)).where(col(Order.channel) == wanted.channel)
        tests.append(col(PurchaseOrder.order_id).in_(theirs))
    if wanted.product:
        tests.append(col(PurchaseOrder.id).in_(_holding(wanted.product)))
    return tests


def _as_it_stands(wanted: PurchaseFilter, now: datetime) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = []
    if wanted.statuses:
        tests.append(col(PurchaseOrder.status).in_(wanted.statuses))
    if wanted.late:
        tests.append(is_late(wanted.late, now))
    if wanted.counted:
        span = Span(wanted.since or BEFORE_ALL, wanted.until or now)
        tests.append(is_counted(wanted.counted, span))
    elif wanted.since:
        tests.append(_moment_of(wanted.late) > wanted.since)
    if wanted.cause:
        tests.append(is_by(wanted.cause))
    if wanted.created_from:
        tests.append(col(PurchaseOrder.created_at) >= wanted.created_from)
    if wanted.created_before:
        tests.append(col(PurchaseOrder.created_at) < wanted.created_before)
    return tests


def is_late(late: Lateness, now: datetime) -> ColumnElement[bool]:
    """One that ended (rejected, cancelled) is late no more: others see to its lines."""
    if late is Lateness.HAND_OVER:
        handed_over = col(PurchaseOrder.handed_over_at)
        runs = col(PurchaseOrder.ended_at).is_(None)
        was_late = and_(runs, handed_over > col(PurchaseOrder.ship_by))
        return or_(_unshipped(now), was_late)
    if late is Lateness.DELIVERY:
        return and_(
            col(PurchaseOrder.ended_at).is_(None),
            col(PurchaseOrder.delivered_at) > col(PurchaseOrder.deliver_by),
        )
    return or_(_unshipped(now), _undelivered(now))


def orders_of_supplier(code: str) -> Select[Any]:
    """Ids of the orders a supplier was asked to deliver a part of."""
    order_id = col(PurchaseOrder.order_id)
    its = col(PurchaseOrder.supplier_id) == _supplier_id(code)
    return select(order_id).where(its).distinct()


def late_orders(now: datetime) -> CompoundSelect[Any]:
    """Ids of the orders a part of which is late now, by an index for either reason."""
    orders = select(col(PurchaseOrder.order_id))
    return union(orders.where(_unshipped(now)), orders.where(_undelivered(now)))


def _moment_of(late: Lateness | None) -> Any:
    """The moment by which a KPI takes a purchase order into its window."""
    if late is Lateness.DELIVERY:
        return col(PurchaseOrder.delivered_at)
    if late is Lateness.HAND_OVER:
        return col(PurchaseOrder.ship_by)
    return col(PurchaseOrder.created_at)


def _unshipped(now: datetime) -> ColumnElement[bool]:
    return and_(
        col(PurchaseOrder.handed_over_at).is_(None),
        col(PurchaseOrder.ended_at).is_(None),
        col(PurchaseOrder.ship_by) < now,
    )


def _undelivered(now: datetime) -> ColumnElement[bool]:
    return and_(
        col(PurchaseOrder.delivered_at).is_(None),
        col(PurchaseOrder.ended_at).is_(None),
        col(PurchaseOrder.deliver_by) < now,
    )


def _holding(sku: str) -> Select[Any]:
    line = col(PurchaseOrderLine.purchase_order_id)
    return (
        select(line)
        .join(Offer, col(Offer.id) == col(PurchaseOrderLine.offer_id))
        .join(Product, col(Product.id) == col(Offer.product_id))
        .where(col(Product.sku) == sku)
    )


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
