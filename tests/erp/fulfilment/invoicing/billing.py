"""Invoices for tests: each call names only what matters."""

from datetime import date
from typing import Any

from sqlmodel import Session

from erp.fulfilment.invoicing.lifecycle import LineKind
from erp.fulfilment.invoicing.matching import Tolerance
from erp.fulfilment.invoicing.registering import (
    Invoice,
    InvoiceLine,
    Registered,
    register,
)
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from tests.factories import NOW, make_order, make_purchase_order, make_supplier

STRICT = Tolerance()


def bought(
    session: Session,
    lines: tuple[tuple[str, int, int], ...] = (("A", 2, 1000),),
    supplier: str = "S1",
    status: PurchaseStatus = PurchaseStatus.ACCEPTED,
    **given: Any,
) -> PurchaseOrder:
    """An accepted purchase order at 500 cents a unit."""
    order = make_order(session, lines)
    return make_purchase_order(
        session, order, make_supplier(session, supplier), status, **given
    )


def item(
    purchase: PurchaseOrder | str, quantity: int = 2, cents: int = 500, sku: str = "A"
) -> InvoiceLine:
    is_ours = isinstance(purchase, PurchaseOrder)
    reference = purchase.reference if is_ours else purchase
    return InvoiceLine(LineKind.ITEM, quantity, cents, f"S1-{sku}", reference)


def extra(
    cents: int, purchase: PurchaseOrder | None = None, kind: str = "shipping"
) -> InvoiceLine:
    reference = purchase.reference if purchase else ""
    return InvoiceLine(LineKind(kind), 1, cents, purchase_reference=reference)


def invoice(*lines: InvoiceLine, **given: Any) -> Invoice:
    values: dict[str, Any] = {
        "number": "I-1",
        "currency": "USD",
        "issued_on": date(2026, 3, 1),
        "total_cents": sum(each.cents for each in lines),
        "lines": lines,
    }
    return Invoice(**(values | given))


def billed(session: Session, *lines: InvoiceLine, **given: Any) -> Registered:
    """An invoice of S1, registered."""
    supplier = make_supplier(session, given.pop("supplier", "S1"))
    tolerance = given.pop("tolerance", STRICT)
    assert supplier.id is not None
    return register(
        session, supplier.id, invoice(*lines, **given), NOW, tolerance=tolerance
    )
