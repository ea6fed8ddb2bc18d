"""Reads an invoice and what it bills, for the comparison; and what follows from it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from erp.fulfilment.invoicing.lifecycle import InvoiceStatus, LineKind
from erp.fulfilment.invoicing.matching import (
    Agreed,
    AgreedItem,
    Billed,
    Comparison,
    Tolerance,
    compare,
)
from erp.fulfilment.invoicing.models import SupplierInvoice, SupplierInvoiceLine
from erp.fulfilment.lifecycle import DEAD
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine

UNJUDGED = (InvoiceStatus.MATCHED, InvoiceStatus.DIFFERS)  # by a human
Before = dict[tuple[int, LineKind, str], tuple[int, int]]  # units and cents


def invoice_lines(
    session: Session, invoice: SupplierInvoice
) -> Sequence[SupplierInvoiceLine]:
    query = select(SupplierInvoiceLine).where(
        col(SupplierInvoiceLine.invoice_id) == invoice.id
    )
    return session.exec(query.order_by(col(SupplierInvoiceLine.position))).all()


def comparison_of(session: Session, invoice: SupplierInvoice) -> Comparison:
    """An invoice against its purchase orders as they stand now."""
    lines = invoice_lines(session, invoice)
    ids = {each.purchase_order_id for each in lines if each.purchase_order_id}
    billed = [
        Billed(
            each.position,
            each.kind,
            each.purchase_reference,
            each.supplier_sku,
            each.quantity,
            each.unit_cost_cents,
        )
        for each in lines
    ]
    return compare(
        billed,
        agreed_terms(session, ids, _billed_before(session, invoice, ids)),
        currency=invoice.currency,
        total_cents=invoice.total_cents,
    )


def judge(
    invoice: SupplierInvoice, found: Comparison, tolerance: Tolerance, now: datetime
) -> None:
    """Matched or not, as long as no human has decided about it."""
    if invoice.status not in UNJUDGED:
        return
    is_matched = not found.needs_decision(tolerance)
    if is_matched is (invoice.status is InvoiceStatus.MATCHED):
        return
    invoice.status = InvoiceStatus.MATCHED if is_matched else InvoiceStatus.DIFFERS
    invoice.decided_at = now if is_matched else None


def judge_others(
    session: Session, invoice: SupplierInvoice, tolerance: Tolerance, now: datetime
) -> None:
    """Compare what bills the same purchase orders anew: this one's weight changed."""
    mine = select(SupplierInvoiceLine.purchase_order_id).where(
        col(SupplierInvoiceLine.invoice_id) == invoice.id
    )
    sharing = select(SupplierInvoiceLine.invoice_id).where(
        col(SupplierInvoiceLine.purchase_order_id).in_(mine)
    )
    query = select(SupplierInvoice).where(
        col(SupplierInvoice.id).in_(sharing),
        col(SupplierInvoice.id) != invoice.id,
        col(SupplierInvoice.status).in_(UNJUDGED),
    )
    for other in session.exec(query.order_by(col(SupplierInvoice.id))).all():
        judge(other, comparison_of(session, other), tolerance, now)


def agreed_terms(
    session: Session, ids: Collection[int], before: Before
) -> dict[str, Agreed]:
    """Purchase orders as they were agreed, by our reference."""
    query = select(PurchaseOrder).where(col(PurchaseOrder.id).in_(ids))
    purchases = session.exec(query.order_by(col(PurchaseOrder.id))).all()
    items = _items(session, ids, before)
    return {
        each.reference: Agreed(
            currency=each.currency,
            is_dead=each.status in DEAD,
            items=items.get(each.id or 0, {}),
            fee_cents=each.order_fee_cents,
            shipping_cents=each.shipping_cost_cents,
            billed_fee_cents=_cents(before, each, LineKind.FEE),
            billed_shipping_cents=_cents(before, each, LineKind.SHIPPING),
        )
        for each in purchases
    }


def _cents(before: Before, purchase: PurchaseOrder, kind: LineKind) -> int:
    return before.get((purchase.id or 0, kind, ""), (0, 0))[1]


def _items(
    session: Session, ids: Collection[int], before: Before
) -> dict[int, dict[str, AgreedItem]]:
    query = select(PurchaseOrderLine).where(
        col(PurchaseOrderLine.purchase_order_id).in_(ids)
    )
    units: dict[tuple[int, str], int] = defaultdict(int)
    costs: dict[tuple[int, str], int] = {}
    for line in session.exec(query.order_by(col(PurchaseOrderLine.id))):
        place = (line.purchase_order_id, line.supplier_sku)
        accepted = line.accepted_quantity
        units[place] += line.quantity if accepted is None else accepted
        costs.setdefault(place, line.unit_cost_cents)
    found: dict[int, dict[str, AgreedItem]] = defaultdict(dict)
    for (purchase_id, sku), cost in costs.items():
        billed = before.get((purchase_id, LineKind.ITEM, sku), (0, 0))[0]
        item = AgreedItem(units[purchase_id, sku], cost, billed)
        found[purchase_id][sku] = item
    return found


def _billed_before(
    session: Session, invoice: SupplierInvoice, ids: Collection[int]
) -> Before:
    """What earlier invoices bill of these purchase orders, unless they were rejected.

    Only items are told apart by their SKU.
    """
    line = SupplierInvoiceLine
    query = (
        select_columns(
            col(line.purchase_order_id),
            col(line.kind),
            col(line.supplier_sku),
            func.sum(col(line.quantity)),
            func.sum(col(line.quantity) * col(line.unit_cost_cents)),
        )
        .join(SupplierInvoice, col(SupplierInvoice.id) == col(line.invoice_id))
        .where(
            col(line.purchase_order_id).in_(ids),
            col(SupplierInvoice.id) < invoice.id,
            col(SupplierInvoice.status) != InvoiceStatus.REJECTED,
            col(SupplierInvoice.currency) == invoice.currency,
        )
        .group_by(col(line.purchase_order_id), col(line.kind), col(line.supplier_sku))
    )
    before: Before = {}
    for purchase_id, kind, sku, units, cents in session.execute(query):
        place = (purchase_id, kind, sku if kind is LineKind.ITEM else "")
        known = before.get(place, (0, 0))
        before[place] = (known[0] + int(units), known[1] + int(cents))
    return before
