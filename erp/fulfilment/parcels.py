"""Parcels as a supplier reports them: they add up, and never move backwards."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from erp.fulfilment.dossiers import Dossier, Parcel
from erp.fulfilment.models import PurchaseOrderLine, Scan, Shipment, ShipmentLine
from suppliers.contract import ParcelReport, PurchaseReport, ScanKind

PROGRESS = tuple(ScanKind)  # in the order a parcel meets them
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


def last_moment(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment), default=None)


def spread(
    contents: tuple[tuple[str, int], ...], lines: list[PurchaseOrderLine]
) -> dict[int, int]:
    """Units of each line in a parcel that is told by supplier SKU."""
    taken: dict[int, int] = {}
    for sku, quantity in contents:
        left = quantity
        for line in lines:
            if line.supplier_sku != sku or left == 0:
                continue
            assert line.id is not None
            part = min(left, line.quantity - taken.get(line.id, 0))
            if part > 0:
                taken[line.id] = taken.get(line.id, 0) + part
                left -= part
    return taken


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
    assert parcel.shipment.id is not None
    for line_id, quantity in spread(report.contents, dossier.lines).items():
        known = parcel.contents.get(line_id)
        if known is None:
            parcel.contents[line_id] = ShipmentLine(
                shipment_id=parcel.shipment.id,
                purchase_order_line_id=line_id,
                quantity=quantity,
            )
            session.add(parcel.contents[line_id])
        else:
            known.quantity = max(known.quantity, quantity)


def _add_scans(session: Session, parcel: Parcel, report: ParcelReport) -> None:
    shipment = parcel.shipment
    assert shipment.id is not None
    for scan in report.scans:
        if (scan.kind, scan.at) in parcel.scans:
            continue
        parcel.scans.add((scan.kind, scan.at))
        session.add(
            Scan(shipment_id=shipment.id, kind=scan.kind, at=scan.at, place=scan.place)
        )
        if PROGRESS.index(scan.kind) > PROGRESS.index(shipment.status):
            shipment.status = scan.kind
        if scan.kind not in NOT_YET_SHIPPED:
            earlier = [m for m in (shipment.shipped_at, scan.at) if m]
            shipment.shipped_at = min(earlier)
        if scan.kind is ScanKind.DELIVERED:
            earlier = [m for m in (shipment.delivered_at, scan.at) if m]
            shipment.delivered_at = min(earlier)
