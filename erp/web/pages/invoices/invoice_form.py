"""The form for an invoice: what was typed, and what is wrong beside each field."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from config.money import to_text
from erp.fulfilment.invoicing.incoming import units_typed
from erp.fulfilment.invoicing.lifecycle import LineKind
from erp.fulfilment.invoicing.queries import AgreedPurchase
from erp.orders.problems import FieldProblem
from erp.web.frame.words import N_, _

SPARE_LINES = 3  # empty ones below those that are filled
MOST_LINES = 200  # typed by hand; a file takes more
CELLS = ("kind", "purchase_order", "supplier_sku", "quantity", "unit_cost")
IN_LINE = re.compile(r"lines\[(\d+)\](?:\.(\w+))?")
WRONG = {
    "number": N_("Type the invoice's number."),
    "currency": N_("A currency's three letters, as in USD."),
    "issued_on": N_("The day on the invoice."),
    "total": N_("An amount such as 4.50; 0 if there is none."),
    "lines": N_("Type at least one line."),
    "purchase_order": N_("Our reference, at most 32 characters."),
    "supplier_sku": N_("The supplier's SKU, at most 80 characters."),
    "quantity": N_("A whole number, 1 or more."),
    "unit_cost": N_("An amount such as 4.50; 0 if there is none."),
}
Line = dict[str, str]


@dataclass(slots=True)
class InvoiceForm:
    supplier: str = ""
    number: str = ""
    currency: str = ""
    issued_on: str = ""
    total: str = ""
    attached: str = ""  # the id of a file that its supplier gave before
    lines: list[Line] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    line_errors: dict[int, list[str]] = field(default_factory=dict)

    @property
    def filled(self) -> list[Line]:
        """Lines that say anything; a kind alone says nothing."""
        return [each for each in self.lines if _says_anything(each)]

    @property
    def references(self) -> set[str]:
        """The purchase orders that its lines name."""
        named = {each["purchase_order"] for each in self.filled}
        return named - {""}

    @property
    def raw(self) -> dict[str, Any]:
        head = ("number", "currency", "issued_on", "total")
        lines = [
            {**each, "quantity": units_typed(each["quantity"] or "1")}
            for each in self.filled
        ]
        return {**{name: getattr(self, name) for name in head}, "lines": lines}

    def longer(self) -> "InvoiceForm":
        """As it is, with more room."""
        room = [_empty() for _place in range(2 * SPARE_LINES)]
        return replace(self, lines=[*self.lines, *room][:MOST_LINES])

    def refused(self, problems: Iterable[FieldProblem]) -> "InvoiceForm":
        self.lines = [*self.filled, *(_empty() for _place in range(SPARE_LINES))]
        for problem in problems:
            found = IN_LINE.match(problem.field)
            if found:
                words = _(WRONG.get(found[2], N_("This cannot be read.")))
                self.line_errors.setdefault(int(found[1]), []).append(words)
            else:
                words = _(WRONG.get(problem.field, N_("This cannot be read.")))
                self.errors[problem.field] = words
        return self


def blank(code: str, agreed: AgreedPurchase | None, currency: str) -> InvoiceForm:
    """Empty, or as a purchase order was agreed, to be changed where it differs."""
    lines = _as_agreed(agreed) if agreed else []
    return InvoiceForm(
        supplier=code,
        currency=agreed.purchase.currency if agreed else currency,
        lines=[*lines, *(_empty() for _place in range(SPARE_LINES))],
    )


def typed(given: "MultiDict[str, str]") -> InvoiceForm:
    def said(name: str) -> str:
        return str(given.get(name, "")).strip()

    columns: list[Sequence[str]] = [given.getlist(name) for name in CELLS]
    lines = [
        {name: cell.strip() for name, cell in zip(CELLS, row, strict=True)}
        for row in zip(*columns, strict=False)
    ]
    return InvoiceForm(
        supplier=said("supplier"),
        number=said("number"),
        currency=said("currency").upper(),
        issued_on=said("issued_on"),
        total=said("total"),
        attached=said("attached"),
        lines=lines[:MOST_LINES],
    )


def _as_agreed(agreed: AgreedPurchase) -> list[Line]:
    purchase = agreed.purchase
    items = [
        _line(
            LineKind.ITEM,
            purchase.reference,
            each.unit_cost_cents,
            purchase.currency,
            sku=each.supplier_sku,
            units=each.quantity
            if each.accepted_quantity is None
            else each.accepted_quantity,
        )
        for each in agreed.lines
    ]
    extras = [
        _line(kind, purchase.reference, cents, purchase.currency)
        for kind, cents in (
            (LineKind.SHIPPING, purchase.shipping_cost_cents),
            (LineKind.FEE, purchase.order_fee_cents),
        )
        if cents
    ]
    return [*items, *extras]


def _line(
    kind: LineKind,
    reference: str,
    cents: int,
    currency: str,
    *,
    sku: str = "",
    units: int = 1,
) -> Line:
    cost = to_text(cents, currency)
    return dict(zip(CELLS, (kind.value, reference, sku, str(units), cost), strict=True))


def _empty() -> Line:
    return dict(zip(CELLS, (LineKind.ITEM.value, "", "", "", ""), strict=True))


def _says_anything(line: Line) -> bool:
    return any(line[name] for name in CELLS if name != "kind")
