"""Applies what a supplier reports to our purchase orders.

A report may repeat, come late or out of order: promises and moments are taken once,
parcels add up, and a purchase order only ever moves forward.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from erp.fulfilment.dossiers import Dossier, dossiers
from erp.fulfilment.lifecycle import (
    DEAD,
    NEXT_PURCHASE,
    PurchaseStatus,
    check_move,
    reported_status,
)
from erp.fulfilment.parcels import (
    add_shipments,
    last_moment,
    spread,
    units_moved,
    update_parcel,
)
from erp.fulfilment.progress import refresh_orders
from erp.fulfilment.rejections import give_back, hold_shortfall
from erp.orders.history import note
from suppliers.contract import PurchaseReport, ReportedStatus


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
    newest = {report.reference: report for report in reports}
    found = dossiers(session, list(newest))
    pairs = [(dossier, newest[reference]) for reference, dossier in found.items()]
    add_shipments(session, pairs)
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
    _take_acceptance(dossier, report)
    for parcel in report.parcels:
        _take_parcel(session, dossier, parcel.shipment_id, report, now)
    shipped, delivered = units_moved(dossier)
    status = reported_status(
        report.status,
        accepted=dossier.accepted_units,
        shipped=shipped,
        delivered=delivered,
    )
    _take_moments(dossier, status)
    _move(session, dossier, status, report, now, answers_cancel)


def _take_promises(dossier: Dossier, report: PurchaseReport, now: datetime) -> None:
    """The first promise counts: a supplier does not become punctual by moving it."""
    purchase = dossier.purchase
    purchase.sent_at = purchase.sent_at or now
    purchase.supplier_reference = report.supplier_reference
    purchase.acknowledged_at = purchase.acknowledged_at or report.acknowledged_at
    purchase.deliver_by = purchase.deliver_by or report.deliver_by
    purchase.ship_by = purchase.ship_by or report.ship_by
    if purchase.ship_by is None and report.acknowledged_at is not None:
        days = timedelta(days=dossier.supplier.handling_days)
        purchase.ship_by = report.acknowledged_at + days


def _take_acceptance(dossier: Dossier, report: PurchaseReport) -> None:
    """What is not named in a line-by-line answer was not accepted."""
    if report.status is not ReportedStatus.PARTLY_ACCEPTED or not report.items:
        return
    told = tuple((i.supplier_sku, i.accepted_quantity) for i in report.items)
    accepted = spread(told, dossier.lines)
    for line in dossier.lines:
        assert line.id is not None
        if line.accepted_quantity is None:
            line.accepted_quantity = accepted.get(line.id, 0)


def _take_parcel(
    session: Session,
    dossier: Dossier,
    shipment_id: str,
    report: PurchaseReport,
    now: datetime,
) -> None:
    parcel = next(p for p in report.parcels if p.shipment_id == shipment_id)
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


def _take_moments(dossier: Dossier, status: PurchaseStatus) -> None:
    """Handed over when the last accepted unit met a carrier; delivered likewise."""
    shipments = [parcel.shipment for parcel in dossier.parcels.values()]
    if status in (PurchaseStatus.SHIPPED, PurchaseStatus.DELIVERED):
        moment = last_moment(shipment.shipped_at for shipment in shipments)
        dossier.purchase.handed_over_at = dossier.purchase.handed_over_at or moment
    if status is PurchaseStatus.DELIVERED:
        moment = last_moment(shipment.delivered_at for shipment in shipments)
        dossier.purchase.delivered_at = dossier.purchase.delivered_at or moment


def _move(
    session: Session,
    dossier: Dossier,
    status: PurchaseStatus,
    report: PurchaseReport,
    now: datetime,
    answers_cancel: bool,
) -> None:
    purchase = dossier.purchase
    if purchase.status is status or status not in NEXT_PURCHASE[purchase.status]:
        return
    is_no = status in (
        PurchaseStatus.SENT,
        PurchaseStatus.ACCEPTED,
        PurchaseStatus.PARTLY_ACCEPTED,
    )
    if purchase.status is PurchaseStatus.CANCELLING and is_no and not answers_cancel:
        return
    purchase.due_at = None
    if status in DEAD:
        purchase.reason = report.reason
        purchase.note = report.note
        advance(
            session,
            dossier,
            status,
            now,
            reason=report.reason.value if report.reason else "",
            note=report.note,
        )
        give_back(session, dossier, now)
        return
    advance(session, dossier, status, now)
    if status is PurchaseStatus.PARTLY_ACCEPTED:
        hold_shortfall(session, dossier, now)
