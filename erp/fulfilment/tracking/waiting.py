"""What a supplier owes us next, and until when: the clock beside the promises.

A promise counts once and for good; this clock runs anew with every step.
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from erp.fulfilment.lifecycle import ACCEPTANCES, DEAD, PurchaseStatus
from erp.fulfilment.overdue_holds import no_longer_awaited
from erp.fulfilment.tracking.dossiers import Dossier
from erp.orders.history import note
from suppliers.contract import PurchaseReport

# A parcel handed over in the evening is often scanned, and told of, the next morning.
GRACE = timedelta(hours=12)


def heard(session: Session, dossier: Dossier, now: datetime) -> bool:
    """It moves on: what was held over its silence is settled; whether anything was."""
    purchase = dossier.purchase
    if purchase.overdue or purchase.status is PurchaseStatus.CANCELLING:
        return no_longer_awaited(session, dossier.order, purchase.reference, now)
    return False


def wait_for_next(
    session: Session,
    dossier: Dossier,
    report: PurchaseReport,
    now: datetime,
    *,
    was: PurchaseStatus,
) -> None:
    """Set the clock for what it owes us from here on."""
    purchase = dossier.purchase
    goes_on = purchase.status not in DEAD
    if goes_on:
        purchase.reroutes, purchase.overdue = False, None
    if goes_on and was is PurchaseStatus.CANCELLING:
        facts = {"reference": purchase.reference, "note": report.note}
        note(session, dossier.order, "cancel_refused", now, **facts)
        purchase.clock_at = _new_promise(dossier, report, now)
    else:
        purchase.clock_at = next_due(dossier, now)


def next_due(dossier: Dossier, now: datetime) -> datetime | None:
    """When its silence will be overdue; None: it owes us nothing that has a clock.

    One that ended by the supplier's word, unasked, is due to be looked at.
    """
    purchase = dossier.purchase
    if purchase.status is PurchaseStatus.SENT:
        return purchase.acknowledge_by
    if purchase.status is PurchaseStatus.CANCELLING:
        return dossier.clock.acknowledge_by(now)  # as long as for an order
    if purchase.status in ACCEPTANCES:
        return purchase.ship_by and purchase.ship_by + GRACE
    is_called_off = purchase.cancels_order or purchase.reroutes
    return now if purchase.status in DEAD and not is_called_off else None


def _new_promise(
    dossier: Dossier, report: PurchaseReport, now: datetime
) -> datetime | None:
    """It does not let go: what it promises now counts, else its usual days anew."""
    purchase = dossier.purchase
    if purchase.status is PurchaseStatus.SENT:
        return dossier.clock.acknowledge_by(now)
    if purchase.status in ACCEPTANCES:
        told = report.ship_by if report.ship_by and report.ship_by > now else None
        return (told or dossier.clock.ship_by(now)) + GRACE
    return None
