"""What the pages ask about invoices: the list, one sheet, what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from config import paging
from config.paging import Count, Page
from erp.fulfilment.attachments.models import Attachment
from erp.fulfilment.invoicing.comparing import comparison_of, invoice_lines
from erp.fulfilment.invoicing.lifecycle import UNDECIDED, InvoiceStatus
from erp.fulfilment.invoicing.matching import Comparison
from erp.fulfilment.invoicing.models import SupplierInvoice, SupplierInvoiceLine
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine
from suppliers.models import Supplier

NEWEST = paging.Order(col(SupplierInvoice.entered_at), col(SupplierInvoice.id))
MOST_EXPORTED = 50_000
ROWS = select(SupplierInvoice, Supplier).join(
    Supplier, col(Supplier.id) == col(SupplierInvoice.supplier_id)
)


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    search: str = ""  # its number, or our reference of a purchase order
    statuses: tuple[InvoiceStatus, ...] = ()  # none: all of them
    supplier: str = ""  # a code
    since: datetime | None = None  # entered after it
    issued_from: date | None = None
    issued_until: date | None = None


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    invoice: SupplierInvoice
    supplier: Supplier


@dataclass(frozen=True, slots=True)
class AgreedLine:
    supplier_sku: str
    quantity: int
    accepted_quantity: int | None
    unit_cost_cents: int


@dataclass(frozen=True, slots=True)
class AgreedPurchase:
    """A purchase order that is billed, with its lines."""

    purchase: PurchaseOrder
    lines: tuple[AgreedLine, ...]


@dataclass(frozen=True, slots=True)
class InvoiceSheet:
    invoice: SupplierInvoice
    supplier: Supplier
    lines: Sequence[SupplierInvoiceLine]
    purchases: tuple[AgreedPurchase, ...]
    comparison: Comparison
    attachment: Attachment | None


def list_invoices(
    session: Session, wanted: InvoiceFilter, mark: str | None = None
) -> Page[InvoiceRow]:
    """One page of the invoices that match, those entered last first."""
    found = paging.page(session, ROWS.where(*_matches(wanted)), NEWEST, mark)
    rows = [InvoiceRow(row[0], row[1]) for row in found.rows]
    return Page(rows, found.before, found.after)


def count_invoices(session: Session, wanted: InvoiceFilter) -> Count:
    ids = select(col(SupplierInvoice.id)).where(*_matches(wanted))
    return paging.count(session, ids)


def export_invoices(session: Session, wanted: InvoiceFilter) -> list[InvoiceRow]:
    query = ROWS.where(*_matches(wanted)).order_by(col(SupplierInvoice.id).desc())
    found = session.execute(query.limit(MOST_EXPORTED))
    return [InvoiceRow(row[0], row[1]) for row in found]


def find_invoice(session: Session, invoice_id: int) -> InvoiceSheet | None:
    found = session.execute(ROWS.where(col(SupplierInvoice.id) == invoice_id)).first()
    if found is None:
        return None
    invoice: SupplierInvoice = found[0]
    lines = invoice_lines(session, invoice)
    ids = [each.purchase_order_id for each in lines if each.purchase_order_id]
    attached = invoice.attachment_id
    return InvoiceSheet(
        invoice=invoice,
        supplier=found[1],
        lines=lines,
        purchases=_purchases(session, ids),
        comparison=comparison_of(session, invoice),
        attachment=session.get(Attachment, attached) if attached else None,
    )


def invoices_of(session: Session, purchase: PurchaseOrder) -> list[SupplierInvoice]:
    """The invoices that bill anything of a purchase order, oldest first."""
    billing = select(col(SupplierInvoiceLine.invoice_id)).where(
        col(SupplierInvoiceLine.purchase_order_id) == purchase.id
    )
    query = select(SupplierInvoice).where(col(SupplierInvoice.id).in_(billing))
    return list(session.scalars(query.order_by(col(SupplierInvoice.id))))


def invoices_to_decide(session: Session) -> list[tuple[InvoiceStatus, int]]:
    """How many wait for a human, by what they wait for."""
    status = col(SupplierInvoice.status)
    query = select(status, func.count()).where(status.in_(UNDECIDED)).group_by(status)
    numbers = {row[0]: row[1] for row in session.execute(query)}
    return [(each, numbers[each]) for each in InvoiceStatus if each in numbers]


def agreed_purchase(session: Session, reference: str) -> AgreedPurchase | None:
    query = select(PurchaseOrder).where(col(PurchaseOrder.reference) == reference)
    purchase = session.scalars(query).first()
    if purchase is None:
        return None
    return _purchases(session, [purchase.id])[0]


def supplier_code(session: Session, supplier_id: int) -> str:
    return session.get_one(Supplier, supplier_id).code


def _purchases(
    session: Session, ids: Sequence[int | None]
) -> tuple[AgreedPurchase, ...]:
    purchases = session.scalars(
        select(PurchaseOrder)
        .where(col(PurchaseOrder.id).in_(ids))
        .order_by(col(PurchaseOrder.id))
    ).all()
    lines: dict[int, list[AgreedLine]] = {}
    line = PurchaseOrderLine
    query = select(PurchaseOrderLine).where(col(line.purchase_order_id).in_(ids))
    for each in session.scalars(query.order_by(col(line.id))):
        lines.setdefault(each.purchase_order_id, []).append(
            AgreedLine(
                each.supplier_sku,
                each.quantity,
                each.accepted_quantity,
                each.unit_cost_cents,
            )
        )
    return tuple(
        AgreedPurchase(each, tuple(lines.get(each.id or 0, ()))) for each in purchases
    )


def _matches(wanted: InvoiceFilter) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = []
    if wanted.statuses:
        tests.append(col(SupplierInvoice.status).in_(wanted.statuses))
    if wanted.since:
        tests.append(col(SupplierInvoice.entered_at) > wanted.since)
    if wanted.issued_from:
        tests.append(col(SupplierInvoice.issued_on) >= wanted.issued_from)
    if wanted.issued_until:
        tests.append(col(SupplierInvoice.issued_on) <= wanted.issued_until)
    if wanted.supplier:
        theirs = select(col(Supplier.id)).where(col(Supplier.code) == wanted.supplier)
        supplier_id = col(SupplierInvoice.supplier_id)
        tests.append(supplier_id == theirs.scalar_subquery())
    if wanted.search:
        tests.append(_found_by(wanted.search))
    return tests


def _found_by(words: str) -> Any:
    billing = select(col(SupplierInvoiceLine.invoice_id)).where(
        col(SupplierInvoiceLine.purchase_reference).in_((words, words.upper()))
    )
    return or_(
        col(SupplierInvoice.number) == words, col(SupplierInvoice.id).in_(billing)
    )
