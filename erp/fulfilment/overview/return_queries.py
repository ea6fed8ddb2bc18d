"""What the pages ask about returns: the list, one sheet, what can still come back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, union
from sqlmodel import Session, col

from config import paging
from config.paging import Count, Page
from erp.fulfilment.lifecycle import ReturnStatus
from erp.fulfilment.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    Return,
    ReturnLine,
)
from erp.orders.models import Order, OrderLine
from inventory.models import Product
from suppliers.models import Supplier

NEWEST = paging.Order(col(Return.requested_at), col(Return.id))


@dataclass(frozen=True, slots=True)
class ReturnFilter:
    search: str = ""  # reference, order number or SKU
    statuses: tuple[ReturnStatus, ...] = ()  # none: all of them
    supplier: str = ""  # a code
    channel: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReturnRow:
    each: Return
    order: Order
    units: int


@dataclass(frozen=True, slots=True)
class ReturnSheet:
    each: Return
    order: Order
    lines: tuple[tuple[ReturnLine, OrderLine], ...]
    suppliers: Mapping[int, tuple[str, ...]]  # who delivered a line: codes by its id


def list_returns(
    session: Session, wanted: ReturnFilter, mark: str | None = None
) -> Page[ReturnRow]:
    """One page of the returns that match, newest first."""
    query = (
        select(Return, Order)
        .join(Order, col(Order.id) == col(Return.order_id))
        .where(*_matches(wanted))
    )
    found = paging.page(session, query, NEWEST, mark)
    units = _units(session, [row[0].id for row in found.rows])
    rows = [ReturnRow(row[0], row[1], units.get(row[0].id, 0)) for row in found.rows]
    return Page(rows, found.before, found.after)


def count_returns(session: Session, wanted: ReturnFilter) -> Count:
    return paging.count(session, select(col(Return.id)).where(*_matches(wanted)))


def find_return(session: Session, reference: str) -> ReturnSheet | None:
    query = select(Return).where(col(Return.reference) == reference)
    found = session.scalars(query).first()
    if found is None:
        return None
    order = session.get_one(Order, found.order_id)
    lines = session.execute(
        select(ReturnLine, OrderLine)
        .join(OrderLine, col(OrderLine.id) == col(ReturnLine.order_line_id))
        .where(col(ReturnLine.return_id) == found.id)
        .order_by(col(OrderLine.position))
    ).all()
    delivered_by = _suppliers(session, [line.id for _, line in lines])
    return ReturnSheet(found, order, tuple((a, b) for a, b in lines), delivered_by)


def returns_of(session: Session, order: Order) -> list[Return]:
    query = select(Return).where(col(Return.order_id) == order.id)
    return list(session.scalars(query.order_by(col(Return.id))))


def _matches(wanted: ReturnFilter) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = []
    if wanted.statuses:
        tests.append(col(Return.status).in_(wanted.statuses))
    if wanted.since:
        tests.append(col(Return.requested_at) > wanted.since)
    if wanted.supplier:
        tests.append(col(Return.id).in_(_delivered_by(wanted.supplier)))
    if wanted.channel:
        theirs = select(col(Order.id)).where(col(Order.channel) == wanted.channel)
        tests.append(col(Return.order_id).in_(theirs))
    if wanted.search:
        words = wanted.search
        orders = select(col(Order.id)).where(col(Order.name).in_((words, f"#{words}")))
        of_sku = (
            select(col(ReturnLine.return_id))
            .join(OrderLine, col(OrderLine.id) == col(ReturnLine.order_line_id))
            .join(Product, col(Product.id) == col(OrderLine.product_id))
            .where(col(Product.sku).in_((words, words.upper())))
        )
        named = select(col(Return.id)).where(
            or_(
                col(Return.reference).in_((words, words.upper())),
                col(Return.order_id).in_(orders),
            )
        )
        tests.append(col(Return.id).in_(union(named, of_sku)))
    return tests


def _delivered_by(code: str) -> Select[Any]:
    """Ids of the returns of goods that came from a supplier."""
    of_line = col(PurchaseOrderLine.order_line_id) == col(ReturnLine.order_line_id)
    return (
        select(col(ReturnLine.return_id))
        .join(PurchaseOrderLine, of_line)
        .join(PurchaseOrder, _OF_PURCHASE)
        .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
        .where(col(Supplier.code) == code, col(PurchaseOrderLine.is_live))
    )


def _suppliers(
    session: Session, line_ids: Sequence[int | None]
) -> dict[int, tuple[str, ...]]:
    query = (
        select(col(PurchaseOrderLine.order_line_id), col(Supplier.code))
        .join(PurchaseOrder, _OF_PURCHASE)
        .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
        .where(
            col(PurchaseOrderLine.order_line_id).in_(line_ids),
            col(PurchaseOrderLine.is_live),
        )
        .distinct()
        .order_by(col(Supplier.code))
    )
    found: dict[int, tuple[str, ...]] = {}
    for line_id, code in session.execute(query):
        found[line_id] = (*found.get(line_id, ()), code)
    return found


def _units(session: Session, ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(col(ReturnLine.return_id), func.sum(col(ReturnLine.quantity)))
        .where(col(ReturnLine.return_id).in_(ids))
        .group_by(col(ReturnLine.return_id))
    )
    return {return_id: int(units) for return_id, units in session.execute(query)}


_OF_PURCHASE = col(PurchaseOrder.id) == col(PurchaseOrderLine.purchase_order_id)
