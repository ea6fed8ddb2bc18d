"""What purchase orders really cost: as billed where an invoice counts, else as agreed.

An invoice counts once it matches, or an operator accepted it. Units that are not billed
yet cost what was agreed; so do a fee and shipping of which no invoice speaks. Of what
was rejected or cancelled nothing but what is billed is a cost. What is
billed under a SKU that the purchase order does not hold belongs to none of its lines.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlmodel import Session, col

from erp.fulfilment.invoicing.lifecycle import COUNTED, LineKind
from erp.fulfilment.invoicing.models import SupplierInvoice, SupplierInvoiceLine
from erp.fulfilment.lifecycle import DEAD
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine
from erp.orders.models import Order

Rows = Select[*tuple[Any, ...]]
Params = Mapping[str, datetime] | None
_ENDED = col(PurchaseOrder.status).in_(DEAD)


@dataclass(slots=True)
class ActualCost:
    """One purchase order, in its own currency."""

    fee_cents: int
    shipping_cents: int
    other_cents: int = 0  # of no line of it
    lines_cents: dict[int, int] = field(default_factory=dict)  # by its line's id

    @property
    def items_cents(self) -> int:
        return sum(self.lines_cents.values()) + self.other_cents

    @property
    def extra_cents(self) -> int:
        """What belongs to no single line."""
        return self.fee_cents + self.shipping_cents + self.other_cents


@dataclass(frozen=True, slots=True)
class Bought:
    """Units of a purchase order line, as agreed."""

    line_id: int
    supplier_sku: str
    units: int
    unit_cost_cents: int


@dataclass(frozen=True, slots=True)
class Questions:
    """What is billed for some orders, and the lines it is billed for."""

    billed: Rows
    lines: Rows


def about(orders: ColumnElement[bool]) -> Questions:
    """The statements for `actual_costs`; those who ask often build them once."""
    line = SupplierInvoiceLine
    keys = (
        col(PurchaseOrder.id),
        case((_ENDED, 0), else_=col(PurchaseOrder.order_fee_cents)).label("fee"),
        case((_ENDED, 0), else_=col(PurchaseOrder.shipping_cost_cents)).label("way"),
        col(line.kind),
        col(line.supplier_sku),
    )
    units_bought = func.coalesce(
        PurchaseOrderLine.accepted_quantity, PurchaseOrderLine.quantity
    )
    units, cents = col(line.quantity), col(line.quantity) * col(line.unit_cost_cents)
    return Questions(
        billed=_counted(*keys, func.sum(units), func.sum(cents))
        .where(orders)
        .group_by(
            col(PurchaseOrder.id),
            col(PurchaseOrder.status),
            col(PurchaseOrder.order_fee_cents),
            col(PurchaseOrder.shipping_cost_cents),
            *keys[3:],
        ),
        lines=select(
            col(PurchaseOrderLine.purchase_order_id),
            col(PurchaseOrderLine.id),
            col(PurchaseOrderLine.supplier_sku),
            case((col(PurchaseOrderLine.is_live), units_bought), else_=0),
            col(PurchaseOrderLine.unit_cost_cents),
        )
        .where(
            col(PurchaseOrderLine.purchase_order_id).in_(
                _counted(col(PurchaseOrder.id)).where(orders)
            )
        )
        .order_by(col(PurchaseOrderLine.id)),
    )


def actual_costs(
    session: Session, asked: Questions, params: Params = None
) -> dict[int, ActualCost]:
    """By purchase order id; those of which nothing is billed are left out."""
    rows = session.connection().execute(asked.billed, params or {}).all()
    if not rows:
        return {}
    found: dict[int, ActualCost] = {}
    items: dict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    said: set[tuple[int, LineKind]] = set()
    for purchase_id, fee, shipping, kind, sku, units, cents in rows:
        cost = found.setdefault(purchase_id, ActualCost(fee, shipping))
        if kind is LineKind.ITEM:
            items[purchase_id][sku] = (int(units), int(cents))
            continue
        _add_extra(cost, kind, int(cents), first=(purchase_id, kind) not in said)
        said.add((purchase_id, kind))
    bought: dict[int, list[Bought]] = defaultdict(list)
    for purchase_id, *line in session.connection().execute(asked.lines, params or {}):
        bought[purchase_id].append(Bought(*line))
    for purchase_id, cost in found.items():
        _lay_on_lines(cost, bought[purchase_id], items[purchase_id])
    return found


def line_costs(
    lines: Sequence[Bought], billed: Mapping[str, tuple[int, int]]
) -> dict[int, int]:
    """What each line costs. Of lines with one SKU the first are billed first."""
    costs: dict[int, int] = {}
    left = dict(billed)
    last = {each.supplier_sku: each.line_id for each in lines}
    for line in lines:
        units, cents = left.get(line.supplier_sku, (0, 0))
        is_last = last[line.supplier_sku] == line.line_id
        taken = units if is_last else min(units, line.units)
        share = cents if taken == units else cents * taken // units
        left[line.supplier_sku] = (units - taken, cents - share)
        unbilled = max(line.units - taken, 0)
        costs[line.line_id] = share + unbilled * line.unit_cost_cents
    return costs


def _add_extra(cost: ActualCost, kind: LineKind, cents: int, *, first: bool) -> None:
    """The first that is billed takes the place of what was agreed."""
    if kind is LineKind.FEE:
        cost.fee_cents = cents + (0 if first else cost.fee_cents)
    else:
        cost.shipping_cents = cents + (0 if first else cost.shipping_cents)


def _lay_on_lines(
    cost: ActualCost, lines: list[Bought], billed: Mapping[str, tuple[int, int]]
) -> None:
    cost.lines_cents = line_costs(lines, billed)
    known = {each.supplier_sku for each in lines}
    cost.other_cents = sum(
        cents for sku, (_, cents) in billed.items() if sku not in known
    )


def _counted(*columns: Any) -> Rows:
    """Of every billed line that counts. Taxes are no cost."""
    line = SupplierInvoiceLine
    return (
        select(*columns)
        .select_from(line)
        .join(SupplierInvoice, col(SupplierInvoice.id) == col(line.invoice_id))
        .join(PurchaseOrder, col(PurchaseOrder.id) == col(line.purchase_order_id))
        .join(Order, col(Order.id) == col(PurchaseOrder.order_id))
        .where(
            col(SupplierInvoice.status).in_(COUNTED),
            col(SupplierInvoice.currency) == col(PurchaseOrder.currency),
            col(line.kind) != LineKind.TAX,
        )
    )
