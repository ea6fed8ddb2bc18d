"""Several reports on one purchase order, heard at once, told as one."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from suppliers.contract import ParcelReport, PurchaseReport


def joined(reports: Iterable[PurchaseReport]) -> dict[str, PurchaseReport]:
    """By reference, oldest first: the last word counts, and no parcel gets lost."""
    told: dict[str, PurchaseReport] = {}
    for report in reports:
        earlier = told.get(report.reference)
        told[report.reference] = _join(earlier, report) if earlier else report
    return told


def _join(earlier: PurchaseReport, later: PurchaseReport) -> PurchaseReport:
    """The first promises count, as if they had been heard one after the other."""
    return replace(
        later,
        supplier_reference=later.supplier_reference or earlier.supplier_reference,
        acknowledged_at=earlier.acknowledged_at or later.acknowledged_at,
        ship_by=earlier.ship_by or later.ship_by,
        deliver_by=earlier.deliver_by or later.deliver_by,
        items=later.items or earlier.items,
        parcels=_join_parcels((*earlier.parcels, *later.parcels)),
    )


def _join_parcels(told: Iterable[ParcelReport]) -> tuple[ParcelReport, ...]:
    parcels: dict[str, ParcelReport] = {}
    for parcel in told:
        earlier = parcels.get(parcel.shipment_id)
        parcels[parcel.shipment_id] = (
            _join_parcel(earlier, parcel) if earlier else parcel
        )
    return tuple(parcels.values())


def _join_parcel(earlier: ParcelReport, later: ParcelReport) -> ParcelReport:
    says_less = not later.contents and not later.holds_rest
    return replace(
        later,
        carrier=later.carrier or earlier.carrier,
        tracking_number=later.tracking_number or earlier.tracking_number,
        contents=tuple((_units(earlier) | _units(later)).items()),
        scans=tuple(dict.fromkeys((*earlier.scans, *later.scans))),
        holds_rest=earlier.holds_rest if says_less else later.holds_rest,
    )


def _units(parcel: ParcelReport) -> Counter[str]:
    units: Counter[str] = Counter()
    for sku, quantity in parcel.contents:
        units[sku] += quantity
    return units
