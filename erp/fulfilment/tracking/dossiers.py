"""Purchase orders with all that hangs on them, read and locked set by set.

Only what moves by rules of its own (the purchase order and the customer's order) is
read as objects: a page of news touches hundreds of lines, parcels and scans, and as
plain values these cost a fraction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import load_only
from sqlmodel import Session, col

from config.upsert import table_of
from erp.fulfilment.clocks import Clock, clock_of
from erp.fulfilment.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    Scan,
    Shipment,
    ShipmentLine,
)
from erp.fulfilment.notices.models import SupplierEndpoint
from erp.fulfilment.notices.wanting import IS_TOLD, WANTS_NOTICES
from erp.fulfilment.supplier_clocks import CLOCK_COLUMNS
from erp.orders.models import Order
from suppliers.contract import ScanKind
from suppliers.models import Supplier

_LINE, _SHIPMENT = table_of(PurchaseOrderLine), table_of(Shipment)
_CONTENT, _SCAN = table_of(ShipmentLine), table_of(Scan)


@dataclass(slots=True)
class Line:
    """Units of one order line at the supplier."""

    id: int
    order_line_id: int
    supplier_sku: str
    quantity: int
    accepted_quantity: int | None
    is_live: bool
    unit_cost_cents: int

    @property
    def accepted_units(self) -> int:
        """Units the supplier stands for: all of them until it says otherwise."""
        if self.accepted_quantity is None:
            return self.quantity
        return self.accepted_quantity


@dataclass(slots=True)
class Parcel:
    """A shipment, its units by purchase order line, and the scans known."""

    purchase_order_id: int
    shipment_id: str  # the supplier's
    carrier: str
    tracking_number: str
    status: ScanKind = ScanKind.LABEL_CREATED
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    id: int | None = None  # none of ours yet
    contents: dict[int, int] = field(default_factory=dict)
    scans: set[tuple[ScanKind, datetime]] = field(default_factory=set)

    @property
    def units(self) -> int:
        return sum(self.contents.values())


@dataclass(slots=True)
class Dossier:
    """One purchase order, its order, lines and parcels, and whom it went to."""

    purchase: PurchaseOrder
    order: Order  # only its id, status and next step are read
    supplier: str  # its code
    clock: Clock
    is_told: bool  # whether its programs want to be told of what happens
    lines: list[Line]
    parcels: dict[str, Parcel]  # by the supplier's shipment id

    @property
    def accepted_units(self) -> int:
        return sum(line.accepted_units for line in self.lines)


def dossiers(session: Session, references: Collection[str]) -> dict[str, Dossier]:
    """The purchase orders we have under these references, locked for writing.

    What the session read before may be older than the lock: it is read again. The
    customers' orders are locked first, by id: two suppliers may report on one order at
    the same moment, and its status is made of both.
    """
    asked = {"references": list(references)}
    if session.get_bind().dialect.name != "sqlite":  # there is one writer at a time
        session.execute(_LOCK, asked).all()
    found = session.execute(_PURCHASES, asked).all()
    ids = [purchase.id or 0 for purchase, *_ in found]
    lines, parcels = lines_of(session, ids), parcels_of(session, ids)
    return {
        purchase.reference: Dossier(
            purchase,
            order,
            code,
            clock_of(*terms),
            is_told,
            lines[purchase.id],
            parcels[purchase.id],
        )
        for purchase, order, code, is_told, *terms in found
    }


def store_lines(session: Session, lines: Iterable[Line]) -> None:
    """Write down what suppliers accepted, and which lines still count."""
    rows = [
        {"line": line.id, "units": line.accepted_quantity, "live": line.is_live}
        for line in lines
    ]
    if rows:
        session.connection().execute(_STORE_LINE, rows)


def lines_of(session: Session, ids: Sequence[int]) -> dict[int | None, list[Line]]:
    """The lines of purchase orders, by the purchase order's id; locks nothing."""
    found: dict[int | None, list[Line]] = defaultdict(list)
    for purchase_id, *values in _rows(session, _LINES, ids):
        found[purchase_id].append(Line(*values))
    return found


def parcels_of(
    session: Session, ids: Sequence[int]
) -> dict[int | None, dict[str, Parcel]]:
    """The parcels of purchase orders, each by its shipment id; locks nothing."""
    found: dict[int | None, dict[str, Parcel]] = defaultdict(dict)
    by_id = {}
    for row in _rows(session, _SHIPMENTS, ids):
        parcel = Parcel(*row)
        found[parcel.purchase_order_id][parcel.shipment_id] = parcel
        by_id[parcel.id] = parcel
    if by_id:
        for parcel_id, line_id, units in _rows(session, _CONTENTS, list(by_id)):
            by_id[parcel_id].contents[line_id] = units
        for parcel_id, kind, at in _rows(session, _SCANS, list(by_id)):
            by_id[parcel_id].scans.add((kind, at))
    return found


def _rows(session: Session, query: Any, ids: Sequence[int | None]) -> Sequence[Any]:
    return session.connection().execute(query, {"ids": ids}).all()


# Built once: for a single report, building a statement costs more than running it.
_ASKED = col(PurchaseOrder.reference).in_(bindparam("references", expanding=True))
_IDS: Any = bindparam("ids", expanding=True)
_LOCK = (
    select(col(Order.id))
    .where(col(Order.id).in_(select(col(PurchaseOrder.order_id)).where(_ASKED)))
    .order_by(col(Order.id))
    .with_for_update()
)
_PURCHASES = (
    select(PurchaseOrder, Order, col(Supplier.code), IS_TOLD, *CLOCK_COLUMNS)
    .join(Order, col(Order.id) == col(PurchaseOrder.order_id))
    .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
    .outerjoin(SupplierEndpoint, WANTS_NOTICES)
    .where(_ASKED)
    .order_by(col(PurchaseOrder.id))
    .options(load_only(Order.id, Order.status, Order.next_step))  # type: ignore[arg-type]  # SQLModel types columns as their values
    .with_for_update(of=PurchaseOrder)
    .execution_options(populate_existing=True)
)
_LINES = (
    select(
        _LINE.c.purchase_order_id,
        _LINE.c.id,
        _LINE.c.order_line_id,
        _LINE.c.supplier_sku,
        _LINE.c.quantity,
        _LINE.c.accepted_quantity,
        _LINE.c.is_live,
        _LINE.c.unit_cost_cents,
    )
    .where(_LINE.c.purchase_order_id.in_(_IDS))
    .order_by(_LINE.c.id)
)
_SHIPMENTS = (
    select(
        _SHIPMENT.c.purchase_order_id,
        _SHIPMENT.c.shipment_id,
        _SHIPMENT.c.carrier,
        _SHIPMENT.c.tracking_number,
        _SHIPMENT.c.status,
        _SHIPMENT.c.shipped_at,
        _SHIPMENT.c.delivered_at,
        _SHIPMENT.c.id,
    )
    .where(_SHIPMENT.c.purchase_order_id.in_(_IDS))
    .order_by(_SHIPMENT.c.id)
)
_CONTENTS = select(
    _CONTENT.c.shipment_id, _CONTENT.c.purchase_order_line_id, _CONTENT.c.quantity
).where(_CONTENT.c.shipment_id.in_(_IDS))
_SCANS = select(_SCAN.c.shipment_id, _SCAN.c.kind, _SCAN.c.at).where(
    _SCAN.c.shipment_id.in_(_IDS)
)
_STORE_LINE = (
    _LINE.update()
    .where(_LINE.c.id == bindparam("line"))
    .values(accepted_quantity=bindparam("units"), is_live=bindparam("live"))
)
