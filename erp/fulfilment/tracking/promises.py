"""What a supplier promised, and when it was kept: written only where it changes."""

from datetime import datetime

from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.tracking.dossiers import Dossier
from erp.fulfilment.tracking.parcels import is_returned, moment_complete
from suppliers.contract import PurchaseReport, ReportedStatus

ANSWERS = frozenset(
    {
        ReportedStatus.ACCEPTED,
        ReportedStatus.PARTLY_ACCEPTED,
        ReportedStatus.REJECTED,
    }
)


def take_promises(dossier: Dossier, report: PurchaseReport, now: datetime) -> None:
    """The first promise counts: a supplier does not become punctual by moving it."""
    purchase = dossier.purchase
    answered_at = report.acknowledged_at or (now if report.status in ANSWERS else None)
    acknowledged_at = purchase.acknowledged_at or answered_at
    ship_by = purchase.ship_by or report.ship_by
    if ship_by is None and acknowledged_at is not None:
        ship_by = dossier.clock.ship_by(acknowledged_at)
    sent_at = purchase.sent_at or now
    _set(
        purchase,
        sent_at=sent_at,
        acknowledge_by=purchase.acknowledge_by or dossier.clock.acknowledge_by(sent_at),
        supplier_reference=report.supplier_reference or purchase.supplier_reference,
        acknowledged_at=acknowledged_at,
        ship_by=ship_by,
        deliver_by=purchase.deliver_by or report.deliver_by,
    )


def take_moments(dossier: Dossier) -> None:
    """Handed over when the last accepted unit met a carrier; delivered likewise.

    A scan told late may show that it was earlier than we thought, or that what was
    delivered was delivered to its sender.
    """
    if not dossier.parcels:
        return
    purchase = dossier.purchase
    handed_over_at = moment_complete(dossier, lambda parcel: parcel.shipped_at)
    delivered_at = moment_complete(dossier, lambda parcel: parcel.delivered_at)
    came_back = any(is_returned(parcel) for parcel in dossier.parcels.values())
    _set(
        purchase,
        handed_over_at=handed_over_at or purchase.handed_over_at,
        delivered_at=delivered_at or (None if came_back else purchase.delivered_at),
    )


def _set(purchase: PurchaseOrder, **facts: object) -> None:
    """Setting a field to what it is would cost as much as changing it."""
    for name, fact in facts.items():
        if getattr(purchase, name) != fact:
            setattr(purchase, name, fact)
