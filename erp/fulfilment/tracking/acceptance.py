"""How many units of each line a supplier accepted; later answers only take away."""

from dataclasses import replace

from erp.fulfilment.tracking.dossiers import Dossier, Line
from erp.fulfilment.tracking.parcels import shipped_by_line
from suppliers.contract import PurchaseReport, ReportedStatus

TAKEN_BACK = frozenset({ReportedStatus.REJECTED, ReportedStatus.CANCELLED})


def understood(dossier: Dossier, report: PurchaseReport) -> PurchaseReport:
    """A no that names items ends the others only if it names all that still stand."""
    is_no = report.status in TAKEN_BACK and bool(report.items)
    if not is_no or _names_all(dossier, report):
        return report
    return replace(report, status=ReportedStatus.RECEIVED)


def take_acceptance(
    dossier: Dossier, report: PurchaseReport
) -> tuple[list[Line], dict[int, int]]:
    """Note what was accepted: the lines it changes, and the units of each we now lack.

    What has shipped was accepted, whatever is said afterwards.
    """
    shipped = shipped_by_line(dossier)
    told = _told(dossier, report, shipped)
    changed, missing = [], {}
    for line in dossier.lines:
        if line.id not in told:
            continue
        before = line.accepted_units
        accepted = min(before, max(told[line.id], shipped.get(line.id, 0)))
        if accepted < before:
            missing[line.id] = before - accepted
        if accepted != line.accepted_quantity:
            line.accepted_quantity = accepted
            changed.append(line)
    if missing:
        dossier.purchase.items_cost_cents = sum(
            line.unit_cost_cents * line.accepted_units for line in dossier.lines
        )
    return changed, missing


def _told(
    dossier: Dossier, report: PurchaseReport, shipped: dict[int, int]
) -> dict[int, int]:
    """Units of each line by this report. One it does not speak of is left out."""
    if report.status in TAKEN_BACK and any(shipped.values()):
        return {line.id: shipped.get(line.id, 0) for line in dossier.lines}
    if report.status is ReportedStatus.PARTLY_ACCEPTED and report.items:
        named = {line.supplier_sku for line in dossier.lines}
    elif _takes_single_items(dossier, report):
        named = {item.supplier_sku for item in report.items}
    else:
        return {}
    left = {item.supplier_sku: item.accepted_quantity for item in report.items}
    told = {}
    for line in dossier.lines:
        if line.supplier_sku in named:
            units = min(line.quantity, left.get(line.supplier_sku, 0))
            told[line.id] = units
            left[line.supplier_sku] = left.get(line.supplier_sku, 0) - units
    return told


def _takes_single_items(dossier: Dossier, report: PurchaseReport) -> bool:
    """One that says it has yet to answer cannot have refused everything."""
    if report.status is ReportedStatus.RECEIVED:
        return not _names_all(dossier, report)
    return report.status is ReportedStatus.ACCEPTED


def _names_all(dossier: Dossier, report: PurchaseReport) -> bool:
    """Whether it speaks of every item of which the supplier stands for a unit."""
    named = {item.supplier_sku for item in report.items}
    return all(
        line.supplier_sku in named for line in dossier.lines if line.accepted_units
    )
