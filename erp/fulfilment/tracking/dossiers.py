"""Purchase orders with all that hangs on them, read and locked set by set."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from erp.fulfilment.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    Scan,
    Shipment,
    ShipmentLine,
)
from erp.orders.models import Order
from suppliers.contract import ScanKind
from suppliers.models import Supplier


@dataclass(slots=True)
class Parcel:
    """A shipment with its contents (by purchase order line) and the scans known."""

    shipment: Shipment
    contents: dict[int, ShipmentLine] = field(default_factory=dict)
    scans: set[tuple[ScanKind, datetime]] = field(default_factory=set)

    @property
    def units(self) -> int:
        return sum(line.quantity for line in self.contents.values())


@dataclass(slots=True)
class Dossier:
    """One purchase order, its order, supplier, lines and parcels."""

    purchase: PurchaseOrder
    order: Order
    supplier: Supplier
    lines: list[PurchaseOrderLine]
    parcels: dict[str, Parcel]  # by the supplier's shipment id

    @property
    def accepted_units(self) -> int:
        return sum(accepted_units(line) for line in self.lines)


def accepted_units(line: PurchaseOrderLine) -> int:
    """Units the supplier stands for: all of them until it says otherwise."""
    if line.accepted_quantity is None:
        return line.quantity
    return line.accepted_quantity


def dossiers(session: Session, references: Collection[str]) -> dict[str, Dossier]:
    """The purchase orders we have under these references, locked for writing.

    What the session read before may be older than the lock: it is read again. The
    customers' orders are locked first, by id: two suppliers may report on one order at
    the same moment, and its status is made of both.
    """
    _lock_orders(session, references)
    query = (
        select(PurchaseOrder, Order, Supplier)
        .join(Order, col(Order.id) == col(PurchaseOrder.order_id))
        .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
        .where(col(PurchaseOrder.reference).in_(references))
        .order_by(col(PurchaseOrder.id))
        .with_for_update(of=PurchaseOrder)
        .execution_options(populate_existing=True)
    )
    found = list(session.exec(query))
    ids = [purchase.id for purchase, _, _ in found]
    lines = _lines(session, ids)
    parcels = _parcels(session, ids)
    return {
        purchase.reference: Dossier(
            purchase, order, supplier, lines[purchase.id], parcels[purchase.id]
        )
        for purchase, order, supplier in found
    }


def _lock_orders(session: Session, references: Collection[str]) -> None:
    """SQLite has one writer at a time: there is nothing to lock."""
    if session.get_bind().dialect.name == "sqlite":
        return
    theirs = select(PurchaseOrder.order_id).where(
        col(PurchaseOrder.reference).in_(references)
    )
    session.exec(
        select(Order.id)
        .where(col(Order.id).in_(theirs))
        .order_by(col(Order.id))
        .with_for_update()
    ).all()


def _lines(
    session: Session, ids: list[int | None]
) -> dict[int | None, list[PurchaseOrderLine]]:
    found: dict[int | None, list[PurchaseOrderLine]] = defaultdict(list)
    query = select(PurchaseOrderLine).where(
        col(PurchaseOrderLine.purchase_order_id).in_(ids)
    )
    query = query.order_by(col(PurchaseOrderLine.id))
    for line in session.exec(query.execution_options(populate_existing=True)):
        found[line.purchase_order_id].append(line)
    return found


def _parcels(
    session: Session, ids: list[int | None]
) -> dict[int | None, dict[str, Parcel]]:
    found: dict[int | None, dict[str, Parcel]] = defaultdict(dict)
    by_id: dict[int | None, Parcel] = {}
    query = select(Shipment).where(col(Shipment.purchase_order_id).in_(ids))
    for shipment in session.exec(query.order_by(col(Shipment.id))):
        parcel = Parcel(shipment)
        found[shipment.purchase_order_id][shipment.shipment_id] = parcel
        by_id[shipment.id] = parcel
    if by_id:
        _fill(session, by_id)
    return found


def _fill(session: Session, by_id: dict[int | None, Parcel]) -> None:
    contents = select(ShipmentLine).where(col(ShipmentLine.shipment_id).in_(by_id))
    for line in session.exec(contents):
        by_id[line.shipment_id].contents[line.purchase_order_line_id] = line
    scans = select(col(Scan.shipment_id), col(Scan.kind), col(Scan.at))
    for shipment_id, kind, at in session.exec(
        scans.where(col(Scan.shipment_id).in_(by_id))
    ):
        by_id[shipment_id].scans.add((kind, at))
