"""By how much suppliers bill, and ask for now, what is off what was agreed."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlmodel import Session, col

from erp.fulfilment.invoicing.lifecycle import InvoiceStatus, LineKind
from erp.fulfilment.invoicing.models import SupplierInvoice, SupplierInvoiceLine
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine
from erp.fulfilment.overview.scorecards.counted import (
    Span,
    Test,
    asked_at,
    of_supplier,
)
from inventory.models import Offer
from suppliers.models import Supplier

Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Variance:
    """By how much a cost is off what was agreed, over so many lines."""

    by_cents: int = 0
    agreed_cents: int = 0
    lines: int = 0
    missing: int = 0


def billed_variance(session: Session, span: Span, whose: Test) -> dict[int, Variance]:
    """What invoices bill for units against what was agreed, unless rejected."""
    line = SupplierInvoiceLine
    agreed = (
        select(
            col(PurchaseOrderLine.purchase_order_id).label("purchase"),
            col(PurchaseOrderLine.supplier_sku).label("sku"),
            func.min(PurchaseOrderLine.unit_cost_cents).label("cents"),
        )
        .group_by(
            col(PurchaseOrderLine.purchase_order_id),
            col(PurchaseOrderLine.supplier_sku),
        )
        .subquery()
    )
    same_line = and_(
        agreed.c.purchase == col(line.purchase_order_id),
        agreed.c.sku == col(line.supplier_sku),
    )
    same_money = and_(
        col(SupplierInvoice.currency) == col(PurchaseOrder.currency),
        col(PurchaseOrder.currency) == col(Supplier.currency),
        agreed.c.cents.is_not(None),
    )
    by = col(line.quantity) * (col(line.unit_cost_cents) - agreed.c.cents)
    query = (
        _variance(same_money, by, col(line.quantity) * agreed.c.cents)
        .join(line, col(line.purchase_order_id) == col(PurchaseOrder.id))
        .join(SupplierInvoice, col(SupplierInvoice.id) == col(line.invoice_id))
        .join(Supplier, col(Supplier.id) == of_supplier)
        .outerjoin(agreed, same_line)
        .where(
            col(line.kind) == LineKind.ITEM,
            col(SupplierInvoice.status) != InvoiceStatus.REJECTED,
            span.holds(col(SupplierInvoice.entered_at)),
            whose,
        )
    )
    return _variances(session, query)


def feed_variance(session: Session, span: Span, whose: Test) -> dict[int, Variance]:
    """What the feed asks for now against what was agreed, for what we asked for."""
    same_money = and_(
        col(Offer.currency) == col(PurchaseOrder.currency),
        col(PurchaseOrder.currency) == col(Supplier.currency),
        col(Offer.unit_cost_cents).is_not(None),
    )
    of_purchase = col(PurchaseOrderLine.purchase_order_id) == col(PurchaseOrder.id)
    agreed = col(PurchaseOrderLine.unit_cost_cents)
    units = col(PurchaseOrderLine.quantity)
    by = units * (col(Offer.unit_cost_cents) - agreed)
    query = (
        _variance(same_money, by, units * agreed)
        .join(PurchaseOrderLine, of_purchase)
        .join(Offer, col(Offer.id) == col(PurchaseOrderLine.offer_id))
        .join(Supplier, col(Supplier.id) == of_supplier)
        .where(span.holds(asked_at), whose)
    )
    return _variances(session, query)


def _variance(known: Test, by: Any, agreed: Any) -> Rows:
    return (
        select(
            of_supplier,
            func.coalesce(func.sum(case((known, by))), 0),
            func.coalesce(func.sum(case((known, agreed))), 0),
            func.sum(case((known, 1), else_=0)),
            func.sum(case((known, 0), else_=1)),
        )
        .select_from(PurchaseOrder)
        .group_by(of_supplier)
    )


def _variances(session: Session, query: Rows) -> dict[int, Variance]:
    return {key: Variance(*map(int, row)) for key, *row in session.execute(query)}
