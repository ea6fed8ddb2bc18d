"""Parcels as a supplier reports them: they add up, and never move backwards."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from erp.fulfilment.tracking.dossiers import Dossier, Line, Parcel
from suppliers.contract import ParcelReport, ScanKind, ScanReport

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


@dataclass(slots=True)
class ParcelNews:
    """What a report adds to one parcel; the parcel itself knows it already."""

    parcel: Parcel
    told: ParcelReport
    is_changed: bool = False  # the parcel's own row
    filled: set[int] = field(default_factory=set)  # lines of which it holds more
    scans: list[ScanReport] = field(default_factory=list)
    now_shipped: bool = False
    now_delivered: bool = False
    now_returned: bool = False  # to its sender, told for the first time

    @property
    def moves_units(self) -> bool:
        moved = self.now_shipped or self.now_delivered or self.now_returned
        return bool(self.filled or moved)


def take_parcels(dossier: Dossier, told: Iterable[ParcelReport]) -> list[ParcelNews]:
    """Add what is new about these parcels; for each what that is."""
    return [_take(dossier, report) for report in told]


def units_moved(dossier: Dossier) -> tuple[int, int]:
    """Units in parcels that met a carrier, and units delivered."""
    parcels = dossier.parcels.values()
    shipped = sum(parcel.units for parcel in parcels if parcel.shipped_at)
    delivered = sum(parcel.units for parcel in parcels if parcel.delivered_at)
    return shipped, delivered


def shipped_by_line(dossier: Dossier) -> dict[int, int]:
    """Units of each purchase order line in parcels that met a carrier."""
    units: Counter[int] = Counter()
    for parcel in dossier.parcels.values():
        if parcel.shipped_at:
            units.update(parcel.contents)
    return units


def is_returned(parcel: Parcel) -> bool:
    """Its carrier brings it, or brought it, back to its sender."""
    return parcel.status is ScanKind.RETURNED


def moment_complete(
    dossier: Dossier, moment_of: Callable[[Parcel], datetime | None]
) -> datetime | None:
    """When the last accepted unit reached that moment; None while one has not."""
    reached = [(moment_of(each), each.units) for each in dossier.parcels.values()]
    left = dossier.accepted_units
    for moment, units in sorted((at, units) for at, units in reached if at and units):
        left -= units
        if left <= 0:
            return moment
    return None


def _take(dossier: Dossier, report: ParcelReport) -> ParcelNews:
    parcel = dossier.parcels.get(report.shipment_id)
    if parcel is None:
        parcel = _new(dossier, report)
        dossier.parcels[report.shipment_id] = parcel
    news = ParcelNews(parcel, report)
    before, was_returned = _own(parcel), is_returned(parcel)
    parcel.carrier = report.carrier or parcel.carrier
    parcel.tracking_number = report.tracking_number or parcel.tracking_number
    _add_contents(dossier, news)
    _add_scans(news)
    *_, shipped_at, delivered_at = before
    news.is_changed = _own(parcel) != before
    news.now_shipped = shipped_at is None and parcel.shipped_at is not None
    news.now_delivered = delivered_at is None and parcel.delivered_at is not None
    news.now_returned = is_returned(parcel) and not was_returned
    return news


def _new(dossier: Dossier, report: ParcelReport) -> Parcel:
    assert dossier.purchase.id is not None
    return Parcel(
        dossier.purchase.id, report.shipment_id, report.carrier, report.tracking_number
    )


def _own(parcel: Parcel) -> tuple[object, ...]:
    """What may change of its row."""
    return (
        parcel.carrier,
        parcel.tracking_number,
        parcel.status,
        parcel.shipped_at,
        parcel.delivered_at,
    )


def _add_contents(dossier: Dossier, news: ParcelNews) -> None:
    """Contents are told once; a later report that differs adds, never takes away."""
    contents = news.parcel.contents
    if news.told.holds_rest:
        _add_rest(dossier, news)
        return
    told: Counter[str] = Counter()
    for sku, quantity in news.told.contents:
        told[sku] += quantity
    for line in dossier.lines:
        told[line.supplier_sku] -= contents.get(line.id, 0)
    for line in dossier.lines:
        wanted = told[line.supplier_sku]
        units = min(wanted, _room(dossier, line)) if wanted > 0 else 0
        if units > 0:
            told[line.supplier_sku] -= units
            news.filled.add(line.id)
            contents[line.id] = contents.get(line.id, 0) + units


def _add_rest(dossier: Dossier, news: ParcelNews) -> None:
    """All accepted units that are in no parcel; told again, it holds no more."""
    if news.parcel.contents:
        return
    for line in dossier.lines:
        refused = line.quantity - line.accepted_units
        units = _room(dossier, line) - refused
        if units > 0:
            news.filled.add(line.id)
            news.parcel.contents[line.id] = units


def _room(dossier: Dossier, line: Line) -> int:
    """Units of a line that are in no parcel yet."""
    parcels = dossier.parcels.values()
    return line.quantity - sum(each.contents.get(line.id, 0) for each in parcels)


def _add_scans(news: ParcelNews) -> None:
    parcel = news.parcel
    for scan in news.told.scans:
        if (scan.kind, scan.at) in parcel.scans:
            continue
        parcel.scans.add((scan.kind, scan.at))
        news.scans.append(scan)
        if PROGRESS.index(scan.kind) > PROGRESS.index(parcel.status):
            parcel.status = scan.kind
        if scan.kind not in NOT_YET_SHIPPED:
            parcel.shipped_at = min(parcel.shipped_at or scan.at, scan.at)
        if scan.kind in (ScanKind.DELIVERED, ScanKind.RETURNED):
            parcel.delivered_at = _delivered_at(parcel)


def _delivered_at(parcel: Parcel) -> datetime | None:
    """What comes back is delivered once more: to its sender, which is no delivery."""
    returned = [at for kind, at in parcel.scans if kind is ScanKind.RETURNED]
    home = [at for kind, at in parcel.scans if kind is ScanKind.DELIVERED]
    if returned:
        home = [at for at in home if at < min(returned)]
    return min(home, default=None)
