"""Parcels as a supplier reports them: they add up, and never move backwards."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from sqlmodel import Session

from config.upsert import table_of
from erp.fulfilment.models import PurchaseOrderLine, Scan, Shipment, ShipmentLine
from erp.fulfilment.tracking.dossiers import Dossier, Parcel
from suppliers.contract import ParcelReport, PurchaseReport, ScanKind

# In the order a parcel meets them; after an exception it may still be delivered.
PROGRESS = (
    ScanKind.LABEL_CREATED,
    ScanKind.PICKED_UP,
    ScanKind.IN_TRANSIT,
    ScanKind.OUT_FOR_DELIVERY,
    ScanKind.PICKUP_READY,
    ScanKind.EXCEPTION,
    ScanKind.DELIVERED,
    ScanKind.RETURNED,
)
NOT_YET_SHIPPED = frozenset({ScanKind.LABEL_CREATED})


def add_shipments(
    session: Session, reports: Iterable[tuple[Dossier, PurchaseReport]]
) -> None:
    """Make a shipment for each parcel heard of for the first time."""
    for dossier, report in reports:
        for parcel in report.parcels:
            if parcel.shipment_id not in dossier.parcels:
                dossier.parcels[parcel.shipment_id] = Parcel(_new(dossier, parcel))
                session.add(dossier.parcels[parcel.shipment_id].shipment)
    session.flush()


def update_parcel(
    session: Session, dossier: Dossier, report: ParcelReport
) -> tuple[bool, bool]:
    """Add what is new about one parcel; whether it now shipped, now was delivered."""
    parcel = dossier.parcels[report.shipment_id]
    shipment = parcel.shipment
    before = (shipment.shipped_at, shipment.delivered_at)
    shipment.carrier = report.carrier or shipment.carrier
    shipment.tracking_number = report.tracking_number or shipment.tracking_number
    _add_contents(session, dossier, parcel, report)
    _add_scans(session, parcel, report)
    return (
        before[0] is None and shipment.shipped_at is not None,
        before[1] is None and shipment.delivered_at is not None,
    )


def units_moved(dossier: Dossier) -> tuple[int, int]:
    """Units in parcels that met a carrier, and units delivered."""
    parcels = dossier.parcels.values()
    shipped = sum(p.units for p in parcels if p.shipment.shipped_at)
    delivered = sum(p.units for p in parcels if p.shipment.delivered_at)
    return shipped, delivered


def shipped_by_line(dossier: Dossier) -> dict[int, int]:
    """Units of each purchase order line in parcels that met a carrier."""
    units: Counter[int] = Counter()
    for parcel in dossier.parcels.values():
        if parcel.shipment.shipped_at:
            units.update({i: line.quantity for i, line in parcel.contents.items()})
    return units


def moment_complete(
    dossier: Dossier, moment_of: Callable[[Shipment], datetime | None]
) -> datetime | None:
    """When the last accepted unit reached that moment; None while one has not."""
    reached = [(moment_of(p.shipment), p.units) for p in dossier.parcels.values()]
    left = dossier.accepted_units
    for moment, units in sorted((at, units) for at, units in reached if at and units):
        left -= units
        if left <= 0:
            return moment
    return None


def _new(dossier: Dossier, report: ParcelReport) -> Shipment:
    assert dossier.purchase.id is not None
    return Shipment(
        purchase_order_id=dossier.purchase.id,
        shipment_id=report.shipment_id,
        carrier=report.carrier,
        tracking_number=report.tracking_number,
        status=ScanKind.LABEL_CREATED,
    )


def _add_contents(
    session: Session, dossier: Dossier, parcel: Parcel, report: ParcelReport
) -> None:
    """Contents are told once; a later report that differs adds, never takes away."""
    told: Counter[str] = Counter()
    for sku, quantity in report.contents:
        told[sku] += quantity
    for line in dossier.lines:
        assert line.id is not None
        if line.id in parcel.contents:
            told[line.supplier_sku] -= parcel.contents[line.id].quantity
    for line in dossier.lines:
        units = min(told[line.supplier_sku], _room(dossier, line))
        if units > 0:
            told[line.supplier_sku] -= units
            _put_in(session, parcel, line, units)


def _room(dossier: Dossier, line: PurchaseOrderLine) -> int:
    """Units of a line that are in no parcel yet."""
    parcels = dossier.parcels.values()
    packed = (p.contents[line.id].quantity for p in parcels if line.id in p.contents)
    return line.quantity - sum(packed)


def _put_in(
    session: Session, parcel: Parcel, line: PurchaseOrderLine, units: int
) -> None:
    assert parcel.shipment.id is not None
    assert line.id is not None
    known = parcel.contents.get(line.id)
    if known is not None:
        known.quantity += units
        return
    parcel.contents[line.id] = ShipmentLine(
        shipment_id=parcel.shipment.id, purchase_order_line_id=line.id, quantity=units
    )
    session.add(parcel.contents[line.id])


def _add_scans(session: Session, parcel: Parcel, report: ParcelReport) -> None:
    shipment = parcel.shipment
    assert shipment.id is not None
    rows: list[dict[str, object]] = []
    for scan in report.scans:
        if (scan.kind, scan.at) in parcel.scans:
            continue
        parcel.scans.add((scan.kind, scan.at))
        row = {"kind": scan.kind, "at": scan.at, "place": scan.place}
        rows.append({"shipment_id": shipment.id, **row})
        if PROGRESS.index(scan.kind) > PROGRESS.index(shipment.status):
            shipment.status = scan.kind
        if scan.kind not in NOT_YET_SHIPPED:
            earlier = [m for m in (shipment.shipped_at, scan.at) if m]
            shipment.shipped_at = min(earlier)
        if scan.kind is ScanKind.DELIVERED:
            earlier = [m for m in (shipment.delivered_at, scan.at) if m]
            shipment.delivered_at = min(earlier)
    if rows:
        session.connection().execute(table_of(Scan).insert(), rows)
