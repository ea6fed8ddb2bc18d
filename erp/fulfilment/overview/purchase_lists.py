"""What the pages ask about purchase orders: the list, and what waits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from config import paging
from config.paging import Count, Page
from erp.fulfilment.lifecycle import PurchaseStatus, ReturnStatus
from erp.fulfilment.models import Decision, PurchaseOrder, Return
from erp.fulfilment.overview.search import (
    Lateness,
    PurchaseFilter,
    PurchaseSort,
    is_late,
    matches,
)
from erp.orders.models import Order
from suppliers.models import Supplier

WAITING = (PurchaseStatus.QUEUED, PurchaseStatus.SENDING)
DOUBTFUL = (PurchaseStatus.NEEDS_ATTENTION, PurchaseStatus.UNKNOWN)
ORDERS = {
    PurchaseSort.NEWEST: paging.Order(
        col(PurchaseOrder.created_at), col(PurchaseOrder.id)
    ),
    PurchaseSort.OLDEST: paging.Order(
        col(PurchaseOrder.created_at), col(PurchaseOrder.id), False
    ),
}
PURCHASE_ROWS = (
    select(PurchaseOrder, col(Order.name), col(Supplier.code), col(Supplier.name))
    .join(Order, col(Order.id) == col(PurchaseOrder.order_id))
    .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
)


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    purchase: PurchaseOrder
    order_name: str
    supplier_code: str
    supplier_name: str
    is_late: bool

    @property
    def cost_cents(self) -> int:
        """In the purchase order's own currency."""
        it = self.purchase
        return it.items_cost_cents + it.order_fee_cents + it.shipping_cost_cents

    @property
    def rate(self) -> Decimal | None:
        """Units of the order's currency for one of the purchase order's."""
        millionths = self.purchase.rate_millionths
        return None if millionths is None else Decimal(millionths).scaleb(-6)


def list_purchases(
    session: Session, wanted: PurchaseFilter, now: datetime, mark: str | None = None
) -> Page[PurchaseRow]:
    """One page of the purchase orders that match."""
    query = PURCHASE_ROWS.where(*matches(wanted, now))
    found = paging.page(session, query, ORDERS[wanted.sort], mark)
    rows = [purchase_row(each, now) for each in found.rows]
    return Page(rows, found.before, found.after)


def count_purchases(session: Session, wanted: PurchaseFilter, now: datetime) -> Count:
    ids = select(col(PurchaseOrder.id)).where(*matches(wanted, now))
    return paging.count(session, ids)


def purchase_by_reference(session: Session, reference: str) -> PurchaseOrder | None:
    query = select(PurchaseOrder).where(col(PurchaseOrder.reference) == reference)
    return session.scalars(query).first()


def suppliers_of(
    session: Session, order_ids: Collection[int]
) -> dict[int, tuple[str, ...]]:
    """The codes of the suppliers asked, by order."""
    query = (
        select(col(PurchaseOrder.order_id), col(Supplier.code))
        .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
        .where(col(PurchaseOrder.order_id).in_(order_ids))
        .order_by(col(PurchaseOrder.id))
    )
    codes: dict[int, dict[str, None]] = {}
    for order_id, code in session.execute(query):
        codes.setdefault(order_id, {})[code] = None
    return {order_id: tuple(found) for order_id, found in codes.items()}


def late_among(
    session: Session, order_ids: Collection[int], now: datetime
) -> frozenset[int]:
    """Which of these orders are late now."""
    query = select(col(PurchaseOrder.order_id)).where(
        col(PurchaseOrder.order_id).in_(order_ids), is_late(Lateness.NOW, now)
    )
    return frozenset(session.scalars(query))


def newest_decision(session: Session, order: Order) -> Decision | None:
    query = select(Decision).where(col(Decision.order_id) == order.id)
    return session.scalars(query.order_by(col(Decision.id).desc()).limit(1)).first()


def doubtful_purchases(session: Session) -> list[tuple[PurchaseStatus, int]]:
    """How many purchase orders only a human, or a look-up, can settle."""
    return _by_status(session, PurchaseOrder, DOUBTFUL)


def returns_to_handle(session: Session) -> list[tuple[ReturnStatus, int]]:
    open_ones = (
        ReturnStatus.REQUESTED,
        ReturnStatus.AUTHORISED,
        ReturnStatus.RECEIVED,
    )
    return _by_status(session, Return, open_ones)


def _by_status(session: Session, kind: Any, wanted: Sequence[Any]) -> list[Any]:
    status = col(kind.status)
    query = select(status, func.count()).where(status.in_(wanted)).group_by(status)
    numbers = {row[0]: row[1] for row in session.execute(query)}
    return [(each, numbers[each]) for each in wanted if each in numbers]


def purchase_row(found: Any, now: datetime) -> PurchaseRow:
    """One row of `PURCHASE_ROWS`."""
    purchase, order_name, code, name = found[:4]
    return PurchaseRow(purchase, order_name, code, name, _is_late_now(purchase, now))


def _is_late_now(purchase: PurchaseOrder, now: datetime) -> bool:
    if purchase.ended_at is not None:
        return False
    dues = (
        (purchase.ship_by, purchase.handed_over_at),
        (purchase.deliver_by, purchase.delivered_at),
    )
    return any(due and due < now and done is None for due, done in dues)
