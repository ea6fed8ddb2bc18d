"""How many units of each line a supplier accepted; later answers only take away."""

from erp.fulfilment.tracking.dossiers import Dossier, accepted_units
from erp.fulfilment.tracking.parcels import shipped_by_line
from suppliers.contract import PurchaseReport, ReportedStatus

TAKEN_BACK = frozenset({ReportedStatus.REJECTED, ReportedStatus.CANCELLED})


def take_acceptance(dossier: Dossier, report: PurchaseReport) -> dict[int, int]:
    """Note what was accepted; units of each line we now lack, by line id.

    What has shipped was accepted, whatever is said afterwards.
    """
    shipped = shipped_by_line(dossier)
    missing = {}
    for line_id, told in _told(dossier, report, shipped).items():
        line = next(line for line in dossier.lines if line.id == line_id)
        before = accepted_units(line)
        line.accepted_quantity = min(before, max(told, shipped.get(line_id, 0)))
        if line.accepted_quantity < before:
            missing[line_id] = before - line.accepted_quantity
    if missing:
        dossier.purchase.items_cost_cents = sum(
            line.unit_cost_cents * accepted_units(line) for line in dossier.lines
        )
    return missing


def _told(
    dossier: Dossier, report: PurchaseReport, shipped: dict[int, int]
) -> dict[int, int]:
    """Units of each line by this report. One it does not speak of is left out."""
    if report.status in TAKEN_BACK and any(shipped.values()):
        return {line.id or 0: shipped.get(line.id or 0, 0) for line in dossier.lines}
    if report.status is ReportedStatus.PARTLY_ACCEPTED and report.items:
        named = {line.supplier_sku for line in dossier.lines}
    elif report.status is ReportedStatus.ACCEPTED:
        named = {item.supplier_sku for item in report.items}
    else:
        return {}
    left = {item.supplier_sku: item.accepted_quantity for item in report.items}
    told = {}
    for line in dossier.lines:
        if line.supplier_sku in named:
            told[line.id or 0] = min(line.quantity, left.get(line.supplier_sku, 0))
            left[line.supplier_sku] = (
                left.get(line.supplier_sku, 0) - told[line.id or 0]
            )
    return told
