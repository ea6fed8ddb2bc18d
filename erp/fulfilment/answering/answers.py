"""What a supplier may say of one purchase order, and the report it comes to.

An answer says only what is new; the report carries that and nothing else, so that a
repeated answer changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from erp.fulfilment.lifecycle import UNANSWERED, PurchaseStatus
from erp.fulfilment.tracking.dossiers import Dossier
from suppliers.contract import (
    ItemReport,
    ParcelReport,
    PurchaseReport,
    RejectReason,
    ReportedStatus,
)


@dataclass(frozen=True, slots=True)
class Accept:
    supplier_reference: str = ""
    ship_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class AcceptPart:
    """Units by supplier SKU; of what is not named, none is accepted."""

    units: Mapping[str, int]
    supplier_reference: str = ""
    ship_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    reason: RejectReason
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ship:
    """A parcel, or what is new about one. Whoever ships unasked has accepted."""

    parcel: ParcelReport


@dataclass(frozen=True, slots=True)
class AnswerCancel:
    """Yes or no to our wish to cancel."""

    is_cancelled: bool
    note: str = ""


Answer = Accept | AcceptPart | Reject | Ship | AnswerCancel
R = ReportedStatus


def report_of(dossier: Dossier, answer: Answer) -> PurchaseReport:
    """The answer as a report on the purchase order as it stands."""
    reference = dossier.purchase.reference
    match answer:
        case Accept(theirs, ship_by):
            return PurchaseReport(reference, theirs, R.ACCEPTED, ship_by=ship_by)
        case AcceptPart(units, theirs, ship_by):
            return PurchaseReport(
                reference,
                theirs,
                R.ACCEPTED if units == ordered_units(dossier) else R.PARTLY_ACCEPTED,
                ship_by=ship_by,
                items=tuple(ItemReport(sku, each) for sku, each in units.items()),
            )
        case Reject(reason, note):
            return PurchaseReport(reference, "", R.REJECTED, reason=reason, note=note)
        case Ship(parcel):
            status = R.ACCEPTED if _is_unanswered(dossier) else R.RECEIVED
            return PurchaseReport(reference, "", status, parcels=(parcel,))
        case AnswerCancel():
            return _cancel_answered(dossier, answer)


def ordered_units(dossier: Dossier) -> dict[str, int]:
    """What was asked for, by supplier SKU."""
    return _by_sku(dossier, [line.quantity for line in dossier.lines])


def accepted_units(dossier: Dossier) -> dict[str, int]:
    """What the supplier stands for, by supplier SKU: all until it says otherwise."""
    return _by_sku(dossier, [line.accepted_units for line in dossier.lines])


def _is_unanswered(dossier: Dossier) -> bool:
    purchase = dossier.purchase
    waits = UNANSWERED | {PurchaseStatus.NEEDS_ATTENTION}
    return purchase.status in waits and purchase.acknowledged_at is None


def _cancel_answered(dossier: Dossier, answer: AnswerCancel) -> PurchaseReport:
    """One that is not cancelled stands for what it stood for."""
    reference = dossier.purchase.reference
    if answer.is_cancelled:
        return PurchaseReport(reference, "", R.CANCELLED, note=answer.note)
    if dossier.purchase.acknowledged_at is None:
        return PurchaseReport(reference, "", R.RECEIVED, note=answer.note)
    accepted = accepted_units(dossier)
    return PurchaseReport(
        reference,
        "",
        R.ACCEPTED if accepted == ordered_units(dossier) else R.PARTLY_ACCEPTED,
        note=answer.note,
        items=tuple(ItemReport(sku, units) for sku, units in accepted.items()),
    )


def _by_sku(dossier: Dossier, units: list[int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for line, each in zip(dossier.lines, units, strict=True):
        found[line.supplier_sku] = found.get(line.supplier_sku, 0) + each
    return found
