"""An invoice beside what was agreed, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass

from erp.fulfilment.invoicing.lifecycle import LineKind
from erp.fulfilment.invoicing.matching import Found, Tolerance
from erp.fulfilment.invoicing.models import SupplierInvoiceLine
from erp.fulfilment.invoicing.queries import AgreedPurchase, InvoiceSheet


@dataclass(frozen=True, slots=True)
class Beside:
    """One billed line, what was agreed for it (None: nothing known), what differs."""

    line: SupplierInvoiceLine
    agreed_units: int | None
    agreed_cents: int | None  # of a unit; of all of it, for shipping and fees
    agreed_currency: str
    found: tuple[Found, ...]

    @property
    def cents(self) -> int:
        return self.line.quantity * self.line.unit_cost_cents


def beside(sheet: InvoiceSheet, tolerance: Tolerance) -> list[Beside]:
    """Every line of the invoice, in its order."""
    found = sheet.comparison.differences(tolerance)
    purchases = {each.purchase.id: each for each in sheet.purchases}
    return [
        _beside(line, purchases.get(line.purchase_order_id), sheet, found)
        for line in sheet.lines
    ]


def of_the_whole(sheet: InvoiceSheet) -> list[Found]:
    """Differences that belong to no single line."""
    return [each for each in sheet.comparison.found if each.position is None]


def _beside(
    line: SupplierInvoiceLine,
    agreed: AgreedPurchase | None,
    sheet: InvoiceSheet,
    found: Sequence[Found],
) -> Beside:
    units, cents = _terms(line, agreed)
    here = [each for each in found if each.position == line.position]
    currency = agreed.purchase.currency if agreed else sheet.invoice.currency
    return Beside(line, units, cents, currency, tuple(here))


def _terms(
    line: SupplierInvoiceLine, agreed: AgreedPurchase | None
) -> tuple[int | None, int | None]:
    if agreed is None or line.kind is LineKind.TAX:
        return None, None
    if line.kind is LineKind.SHIPPING:
        return None, agreed.purchase.shipping_cost_cents
    if line.kind is LineKind.FEE:
        return None, agreed.purchase.order_fee_cents
    same = [each for each in agreed.lines if each.supplier_sku == line.supplier_sku]
    if not same:
        return None, None
    units = sum(
        each.quantity if each.accepted_quantity is None else each.accepted_quantity
        for each in same
    )
    return units, same[0].unit_cost_cents
