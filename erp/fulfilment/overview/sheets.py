"""One purchase order with all that belongs to it: lines, attempts, parcels, scans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from erp.fulfilment.models import (
    Attempt,
    PurchaseOrder,
    PurchaseOrderLine,
    Scan,
    Shipment,
    ShipmentLine,
)
from erp.fulfilment.overview.purchase_lists import (
    PURCHASE_ROWS,
    PurchaseRow,
    purchase_row,
)
from erp.fulfilment.parcel_carriers.recognising import Tracking, tracking
from erp.orders.models import Order, OrderLine
from suppliers.dialects.email.numbering import Numbering
from suppliers.models import Supplier


@dataclass(frozen=True, slots=True)
class Parcel:
    shipment: Shipment
    contents: tuple[tuple[str, int], ...]  # (supplier SKU, quantity)
    scans: tuple[Scan, ...]

    @property
    def tracking(self) -> Tracking:
        return tracking(self.shipment.carrier, self.shipment.tracking_number)


@dataclass(frozen=True, slots=True)
class PurchaseSheet:
    """One purchase order with all that belongs to it."""

    row: PurchaseRow
    supplier: Supplier
    lines: tuple[tuple[PurchaseOrderLine, OrderLine], ...]
    parcels: tuple[Parcel, ...]
    attempts: tuple[Attempt, ...]

    @property
    def purchase(self) -> PurchaseOrder:
        return self.row.purchase

    @property
    def their_number(self) -> str:
        """Until it says one there may stand what we call the mail that it was sent."""
        number = self.purchase.supplier_reference or ""
        return "" if Numbering(self.supplier.code, "").is_ours(number) else number


def find_purchase(
    session: Session, reference: str, now: datetime
) -> PurchaseSheet | None:
    """The sheet of one purchase order, by our reference."""
    found = session.execute(
        PURCHASE_ROWS.where(col(PurchaseOrder.reference) == reference)
    ).first()
    return _sheets(session, [found], now)[0] if found else None


def purchases_of(session: Session, order: Order, now: datetime) -> list[PurchaseSheet]:
    """The sheets of an order's purchase orders, oldest first."""
    query = PURCHASE_ROWS.where(col(PurchaseOrder.order_id) == order.id)
    found = session.execute(query.order_by(col(PurchaseOrder.id))).all()
    return _sheets(session, found, now)


def _sheets(
    session: Session, found: Sequence[Any], now: datetime
) -> list[PurchaseSheet]:
    rows = [purchase_row(each, now) for each in found]
    ids = [row.purchase.id for row in rows]
    lines = _grouped(
        session.execute(
            select(PurchaseOrderLine, OrderLine)
            .join(OrderLine, col(OrderLine.id) == col(PurchaseOrderLine.order_line_id))
            .where(col(PurchaseOrderLine.purchase_order_id).in_(ids))
            .order_by(col(PurchaseOrderLine.id))
        )
    )
    attempts = _grouped(
        session.execute(
            select(Attempt)
            .where(col(Attempt.purchase_order_id).in_(ids))
            .order_by(col(Attempt.number).desc())
        )
    )
    parcels = _parcels(session, ids)
    return [
        PurchaseSheet(
            row=row,
            supplier=session.get_one(Supplier, row.purchase.supplier_id),
            lines=tuple((ours, theirs) for ours, theirs in lines.get(_id(row), ())),
            parcels=tuple(parcels.get(_id(row), ())),
            attempts=tuple(each[0] for each in attempts.get(_id(row), ())),
        )
        for row in rows
    ]


def _id(row: PurchaseRow) -> int:
    assert row.purchase.id is not None
    return row.purchase.id


def _grouped(found: Any) -> dict[int, list[Any]]:
    """Rows by the purchase order their first entity belongs to."""
    groups: dict[int, list[Any]] = {}
    for row in found:
        groups.setdefault(row[0].purchase_order_id, []).append(row)
    return groups


def _parcels(session: Session, ids: Sequence[int | None]) -> dict[int, list[Parcel]]:
    shipments = session.scalars(
        select(Shipment)
        .where(col(Shipment.purchase_order_id).in_(ids))
        .order_by(col(Shipment.id))
    ).all()
    known = [shipment.id for shipment in shipments]
    contents: dict[int | None, list[tuple[str, int]]] = {}
    query = select(
        col(ShipmentLine.shipment_id),
        col(PurchaseOrderLine.supplier_sku),
        col(ShipmentLine.quantity),
    ).join(
        PurchaseOrderLine,
        col(PurchaseOrderLine.id) == col(ShipmentLine.purchase_order_line_id),
    )
    for shipment_id, sku, quantity in session.execute(
        query.where(col(ShipmentLine.shipment_id).in_(known))
    ):
        contents.setdefault(shipment_id, []).append((sku, quantity))
    scans: dict[int | None, list[Scan]] = {}
    for scan in session.scalars(
        select(Scan).where(col(Scan.shipment_id).in_(known)).order_by(col(Scan.at))
    ):
        scans.setdefault(scan.shipment_id, []).append(scan)
    parcels: dict[int, list[Parcel]] = {}
    for each in shipments:
        parcels.setdefault(each.purchase_order_id, []).append(
            Parcel(
                each, tuple(contents.get(each.id, ())), tuple(scans.get(each.id, ()))
            )
        )
    return parcels
