"""Applies what a supplier reports to our purchase orders.

A report may repeat, come late or out of order: promises are taken once, parcels add
up, what was accepted only shrinks, and a purchase order only ever moves forward.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from erp.fulfilment.lifecycle import (
    DEAD,
    NEXT_PURCHASE,
    PurchaseStatus,
    Remark,
    check_move,
    reported_status,
)
from erp.fulfilment.progress import refresh_orders
from erp.fulfilment.tracking.acceptance import take_acceptance
from erp.fulfilment.tracking.dossiers import Dossier, dossiers
from erp.fulfilment.tracking.parcels import (
    add_shipments,
    moment_complete,
    units_moved,
    update_parcel,
)
from erp.fulfilment.tracking.rejections import (
    give_back,
    hold_shortfall,
    hold_vague_answer,
)
from erp.orders.history import note, together
from suppliers.contract import ParcelReport, PurchaseReport, ReportedStatus

log = logging.getLogger(__name__)

ANSWERS = frozenset(
    {
        ReportedStatus.ACCEPTED,
        ReportedStatus.PARTLY_ACCEPTED,
        ReportedStatus.REJECTED,
    }
)
STANDS = frozenset(  # as if nobody had asked to cancel
    {PurchaseStatus.SENT, PurchaseStatus.ACCEPTED, PurchaseStatus.PARTLY_ACCEPTED}
)


def apply_reports(
    session: Session,
    reports: Sequence[PurchaseReport],
    now: datetime,
    *,
    answers_cancel: bool = False,
) -> int:
    """Apply reports by our reference; how many purchase orders they concerned.

    A reference that is not ours is ignored. Only the answer to a cancel request
    (`answers_cancel`) may take a purchase order out of `cancelling` with a no.
    """
    found = dossiers(session, [report.reference for report in reports])
    return apply_to(session, found, reports, now, answers_cancel=answers_cancel)


def apply_told(
    session: Session, told: Sequence[tuple[int, PurchaseReport]], now: datetime
) -> int:
    """As `apply_reports`, with the id of the supplier who told each report.

    A supplier is believed about its own purchase orders only: nobody ends what another
    delivers.
    """
    found = dossiers(session, [report.reference for _, report in told])
    believed = [report for teller, report in told if _is_its_own(found, teller, report)]
    return apply_to(session, found, believed, now)


def apply_to(
    session: Session,
    found: Mapping[str, Dossier],
    reports: Sequence[PurchaseReport],
    now: datetime,
    *,
    answers_cancel: bool = False,
) -> int:
    """As `apply_reports`, to dossiers this transaction has read already."""
    newest = {report.reference: report for report in reports}
    pairs = [(found[each], newest[each]) for each in found if each in newest]
    add_shipments(session, pairs)
    with together(session):
        for dossier, report in pairs:
            _apply(session, dossier, report, now, answers_cancel)
        if pairs:
            orders = {dossier.order.id: dossier.order for dossier, _ in pairs}
            refresh_orders(session, orders.values(), now)
    return len(pairs)


def advance(
    session: Session,
    dossier: Dossier,
    status: PurchaseStatus,
    now: datetime,
    *,
    actor: str = "system",
    **facts: object,
) -> None:
    """Move a purchase order along its table and write it on the order's timeline.

    Raises MoveError if the table does not allow the move.
    """
    purchase = dossier.purchase
    check_move(purchase.status, status, NEXT_PURCHASE[purchase.status])
    purchase.status = status
    purchase.lease_until = None
    if status in DEAD:
        purchase.ended_at = now
    note(
        session,
        dossier.order,
        f"purchase_{status.value}",
        now,
        actor=actor,
        reference=purchase.reference,
        supplier=dossier.supplier.code,
        **facts,
    )


def _is_its_own(
    found: Mapping[str, Dossier], teller: int, report: PurchaseReport
) -> bool:
    dossier = found.get(report.reference)
    if dossier is None:
        return False
    if dossier.purchase.supplier_id == teller:
        return True
    log.warning("not its own reference=%s teller=%s", report.reference, teller)
    return False


def _apply(
    session: Session,
    dossier: Dossier,
    report: PurchaseReport,
    now: datetime,
    answers_cancel: bool,
) -> None:
    if dossier.purchase.status in DEAD:
        return
    _take_promises(dossier, report, now)
    for parcel in report.parcels:
        _take_parcel(session, dossier, parcel, now)
    missing = take_acceptance(dossier, report)
    shipped, delivered = units_moved(dossier)
    status = reported_status(
        report.status,
        accepted=dossier.accepted_units,
        shipped=shipped,
        delivered=delivered,
    )
    _take_moments(dossier)
    _move(session, dossier, status, report, now, answers_cancel)
    if missing and dossier.purchase.status not in DEAD:
        hold_shortfall(session, dossier, missing, now)


def _take_promises(dossier: Dossier, report: PurchaseReport, now: datetime) -> None:
    """The first promise counts: a supplier does not become punctual by moving it."""
    purchase = dossier.purchase
    purchase.sent_at = purchase.sent_at or now
    purchase.supplier_reference = (
        report.supplier_reference or purchase.supplier_reference
    )
    answered_at = report.acknowledged_at or (now if report.status in ANSWERS else None)
    purchase.acknowledged_at = purchase.acknowledged_at or answered_at
    purchase.deliver_by = purchase.deliver_by or report.deliver_by
    purchase.ship_by = purchase.ship_by or report.ship_by
    if purchase.ship_by is None and purchase.acknowledged_at is not None:
        days = timedelta(days=dossier.supplier.handling_days)
        purchase.ship_by = purchase.acknowledged_at + days


def _take_parcel(
    session: Session,
    dossier: Dossier,
    parcel: ParcelReport,
    now: datetime,
) -> None:
    shipped, delivered = update_parcel(session, dossier, parcel)
    facts = {
        "reference": dossier.purchase.reference,
        "carrier": parcel.carrier,
        "tracking": parcel.tracking_number,
    }
    if shipped:
        note(session, dossier.order, "parcel_shipped", now, **facts)
    if delivered:
        note(session, dossier.order, "parcel_delivered", now, **facts)


def _take_moments(dossier: Dossier) -> None:
    """Handed over when the last accepted unit met a carrier; delivered likewise.

    A scan told late may show that it was earlier than we thought.
    """
    purchase = dossier.purchase
    handed_over_at = moment_complete(dossier, lambda shipment: shipment.shipped_at)
    delivered_at = moment_complete(dossier, lambda shipment: shipment.delivered_at)
    purchase.handed_over_at = handed_over_at or purchase.handed_over_at
    purchase.delivered_at = delivered_at or purchase.delivered_at


def _move(
    session: Session,
    dossier: Dossier,
    status: PurchaseStatus,
    report: PurchaseReport,
    now: datetime,
    answers_cancel: bool,
) -> None:
    purchase = dossier.purchase
    allowed = NEXT_PURCHASE[purchase.status]
    if status is PurchaseStatus.REJECTED and status not in allowed:
        status = PurchaseStatus.CANCELLED  # it takes its yes back
    if purchase.status is status or status not in allowed:
        return
    if purchase.status is PurchaseStatus.CANCELLING and status in STANDS:
        if not answers_cancel:
            return
        purchase.remark, purchase.note = Remark.NOT_CANCELLED, report.note
    purchase.due_at = None
    if status in DEAD:
        _end(session, dossier, status, report, now)
        return
    advance(session, dossier, status, now)
    if status is PurchaseStatus.PARTLY_ACCEPTED and not report.items:
        hold_vague_answer(session, dossier, now)


def _end(
    session: Session,
    dossier: Dossier,
    status: PurchaseStatus,
    report: PurchaseReport,
    now: datetime,
) -> None:
    dossier.purchase.reason = report.reason
    dossier.purchase.remark, dossier.purchase.note = None, report.note
    reason = report.reason.value if report.reason else ""
    advance(session, dossier, status, now, reason=reason, note=report.note)
    give_back(session, dossier, now)
