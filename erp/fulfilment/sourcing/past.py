"""The purchase orders there have been for an order's lines, and who let them down."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import BindParameter, bindparam, func
from sqlmodel import Session, col, select

from erp.fulfilment.lifecycle import PurchaseStatus, Remark
from erp.fulfilment.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    Shipment,
    ShipmentLine,
)
from suppliers.models import Supplier


class Refusal(StrEnum):
    """How a supplier let a line down."""

    REJECTED = "rejected"
    CANCELLED = "cancelled"
    OVERDUE = "overdue"  # and then it was cancelled
    SHORT = "short"  # it accepted only a part


@dataclass(frozen=True, slots=True)
class Refused:
    """A supplier that is not asked for a line again, and over which purchase order."""

    line_id: int
    supplier: str
    reference: str
    why: Refusal


@dataclass(frozen=True, slots=True)
class Had:
    """A purchase order line there has been for an order line."""

    order_id: int
    purchase: PurchaseOrder
    line: PurchaseOrderLine
    supplier_code: str
    stray_units: int  # shipped although it had ended
    is_live: bool

    @property
    def units(self) -> int:
        """Units it still holds of the order line, or has shipped all the same."""
        if not self.is_live:
            return self.stray_units
        accepted = self.line.accepted_quantity
        return self.line.quantity if accepted is None else accepted

    @property
    def refusal(self) -> Refusal | None:
        """Why its supplier is not to be asked for this line again."""
        purchase, is_thought_away = self.purchase, self.line.is_live > self.is_live
        if purchase.remark is Remark.TAKEN_BACK:
            return None  # it never heard of it
        if purchase.status is PurchaseStatus.REJECTED:
            return Refusal.REJECTED
        if purchase.status is PurchaseStatus.CANCELLED or is_thought_away:
            return Refusal.OVERDUE if purchase.overdue else Refusal.CANCELLED
        return Refusal.SHORT if self.units < self.line.quantity else None


def had_by_line(
    session: Session, ids: list[int | None], as_if_ended: int | None
) -> dict[int, list[Had]]:
    """By order line id, for these orders; one may be thought away."""
    found: dict[int, list[Had]] = defaultdict(list)
    rows = session.exec(_HAD, params={"ids": ids}).all()
    strays = _strays(session, [line.id for _, line, _ in rows if not line.is_live])
    for purchase, line, code in rows:
        stray = strays.get(line.id, 0)
        is_live = line.is_live and purchase.id != as_if_ended
        had = Had(purchase.order_id, purchase, line, code, stray, is_live)
        found[line.order_line_id].append(had)
    return found


def _strays(session: Session, ended: Sequence[int | None]) -> dict[int | None, int]:
    """Units that met a carrier, by purchase order line."""
    if not ended:
        return {}
    query = (
        select(ShipmentLine.purchase_order_line_id, func.sum(ShipmentLine.quantity))
        .join(Shipment, col(Shipment.id) == col(ShipmentLine.shipment_id))
        .where(
            col(ShipmentLine.purchase_order_line_id).in_(ended),
            col(Shipment.shipped_at).is_not(None),
        )
        .group_by(col(ShipmentLine.purchase_order_line_id))
    )
    return {line_id: int(units) for line_id, units in session.exec(query)}


_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_HAD = (
    select(PurchaseOrder, PurchaseOrderLine, Supplier.code)
    .join(
        PurchaseOrderLine,
        col(PurchaseOrderLine.purchase_order_id) == col(PurchaseOrder.id),
    )
    .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
    .where(col(PurchaseOrder.order_id).in_(_IDS))
    .order_by(col(PurchaseOrderLine.id))
)
