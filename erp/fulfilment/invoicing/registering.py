"""Takes invoices in: by hand, from files, from suppliers themselves. The same is one.

It is compared at once; the comparison decides whether anybody need look at it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from config.upsert import dialect_of, insert_into, table_of
from erp.fulfilment.invoicing.comparing import comparison_of, invoice_lines, judge
from erp.fulfilment.invoicing.lifecycle import InvoiceStatus, LineKind
from erp.fulfilment.invoicing.matching import Tolerance
from erp.fulfilment.invoicing.models import SupplierInvoice, SupplierInvoiceLine
from erp.fulfilment.models import PurchaseOrder
from suppliers.models import Supplier

# Longer than a transaction that takes units away, and whose end we did not see.
SETTLES = timedelta(minutes=1)


class InvoiceConflict(ValueError):
    """Another invoice of this supplier has the number already."""


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    kind: LineKind
    quantity: int
    unit_cost_cents: int
    supplier_sku: str = ""
    purchase_reference: str = ""
    is_shared: bool = False

    @property
    def cents(self) -> int:
        return self.quantity * self.unit_cost_cents


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice as a supplier wrote it; cents are of its own currency."""

    number: str
    currency: str
    issued_on: date
    total_cents: int
    lines: tuple[InvoiceLine, ...]


@dataclass(frozen=True, slots=True)
class Registered:
    invoice: SupplierInvoice
    is_new: bool  # False: it was here already, the same in everything


def register(
    session: Session,
    supplier_id: int,
    invoice: Invoice,
    now: datetime,
    *,
    tolerance: Tolerance,
    by: str = "supplier",
    attachment_id: int | None = None,
) -> Registered:
    """Store an invoice and compare it with what was agreed; shortly after, once more.

    Shipping, fees and taxes that name no purchase order are shared out over those of
    its items, by their goods. Raises InvoiceConflict if the supplier's invoice of this
    number says something else.
    """
    # One at a time for each supplier: no two may bill the same units unseen.
    supplier = select(Supplier.id).where(col(Supplier.id) == supplier_id)
    session.exec(supplier.with_for_update(key_share=True)).one()
    lines = tuple(_shared_out(invoice.lines))
    row_id = _insert(session, supplier_id, invoice, now, by, attachment_id)
    if row_id is None:
        return _known(session, supplier_id, invoice, lines)
    ids = _purchase_ids(session, supplier_id, lines)
    session.add_all(_row(row_id, at, each, ids) for at, each in enumerate(lines, 1))
    session.flush()
    row = session.get_one(SupplierInvoice, row_id)
    judge(row, comparison_of(session, row), tolerance, now)
    session.flush()
    return Registered(row, is_new=True)


def _shared_out(lines: Sequence[InvoiceLine]) -> Iterator[InvoiceLine]:
    goods: dict[str, int] = {}
    for line in lines:
        if line.kind is LineKind.ITEM and line.purchase_reference:
            reference = line.purchase_reference
            goods[reference] = goods.get(reference, 0) + line.cents
    for line in lines:
        if line.kind is LineKind.ITEM or line.purchase_reference or not goods:
            yield line
        elif len(goods) == 1:
            yield replace(line, purchase_reference=next(iter(goods)))
        else:
            yield from _parts(line, goods)


def _parts(line: InvoiceLine, goods: Mapping[str, int]) -> Iterator[InvoiceLine]:
    """One line for each purchase order; together they are as much as the whole."""
    weights = goods if any(goods.values()) else dict.fromkeys(goods, 1)
    whole, seen, given = sum(weights.values()), 0, 0
    for reference, weight in weights.items():
        seen += weight
        upto = line.cents * seen // whole
        yield InvoiceLine(
            line.kind, 1, upto - given, line.supplier_sku, reference, is_shared=True
        )
        given = upto


def _insert(
    session: Session,
    supplier_id: int,
    invoice: Invoice,
    now: datetime,
    by: str,
    attachment_id: int | None,
) -> int | None:
    """The new row's id; None if the number is taken."""
    add = insert_into(dialect_of(session), SupplierInvoice).on_conflict_do_nothing()
    row = {
        "supplier_id": supplier_id,
        "number": invoice.number,
        "currency": invoice.currency,
        "issued_on": invoice.issued_on,
        "total_cents": invoice.total_cents,
        "status": InvoiceStatus.DIFFERS,
        "note": "",
        "entered_at": now,
        "entered_by": by,
        "decided_by": "",
        "changed_at": now + SETTLES,
        "attachment_id": attachment_id,
    }
    added = session.connection().execute(
        add.returning(table_of(SupplierInvoice).c.id), [row]
    )
    row_id: int | None = added.scalar_one_or_none()
    return row_id


def _known(
    session: Session,
    supplier_id: int,
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
) -> Registered:
    query = select(SupplierInvoice).where(
        col(SupplierInvoice.supplier_id) == supplier_id,
        col(SupplierInvoice.number) == invoice.number,
    )
    row = session.exec(query).one()
    head = (row.currency, row.issued_on, row.total_cents)
    stored = [
        InvoiceLine(
            each.kind,
            each.quantity,
            each.unit_cost_cents,
            each.supplier_sku,
            each.purchase_reference,
            each.is_shared,
        )
        for each in invoice_lines(session, row)
    ]
    same = head == (invoice.currency, invoice.issued_on, invoice.total_cents)
    if not same or stored != list(lines):
        raise InvoiceConflict(f"invoice {invoice.number} is here with other contents")
    return Registered(row, is_new=False)


def _purchase_ids(
    session: Session, supplier_id: int, lines: Sequence[InvoiceLine]
) -> dict[str, int]:
    """Of the supplier's own purchase orders; another's is unknown to it."""
    references = {line.purchase_reference for line in lines}
    query = select(PurchaseOrder.reference, PurchaseOrder.id).where(
        col(PurchaseOrder.supplier_id) == supplier_id,
        col(PurchaseOrder.reference).in_(references),
    )
    return {reference: found or 0 for reference, found in session.exec(query)}


def _row(
    invoice_id: int, position: int, line: InvoiceLine, ids: Mapping[str, int]
) -> SupplierInvoiceLine:
    return SupplierInvoiceLine(
        invoice_id=invoice_id,
        position=position,
        kind=line.kind,
        purchase_reference=line.purchase_reference,
        purchase_order_id=ids.get(line.purchase_reference),
        supplier_sku=line.supplier_sku,
        quantity=line.quantity,
        unit_cost_cents=line.unit_cost_cents,
        is_shared=line.is_shared,
    )
