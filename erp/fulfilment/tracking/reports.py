"""Applies what a supplier reports to our purchase orders.

A report may repeat, come late or out of order: promises are taken once, parcels add
up, what was accepted only shrinks, and a purchase order only ever moves forward.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session

from erp.fulfilment.lifecycle import (
    ACCEPTANCES,
    DEAD,
    NEXT_PURCHASE,
    PurchaseStatus,
    Remark,
    check_move,
    implied_steps,
    reported_status,
)
from erp.fulfilment.notices.writing import tell_handed_over
from erp.fulfilment.progress import refresh_orders
from erp.fulfilment.tracking.acceptance import take_acceptance, understood
from erp.fulfilment.tracking.dossiers import Dossier, dossiers, store_lines
from erp.fulfilment.tracking.joining import joined
from erp.fulfilment.tracking.keeping import Page, keep_parcels
from erp.fulfilment.tracking.parcels import ParcelNews, take_parcels, units_moved
from erp.fulfilment.tracking.promises import take_moments, take_promises
from erp.fulfilment.tracking.rejections import (
    give_back,
    hold_shortfall,
    hold_vague_answer,
)
from erp.fulfilment.tracking.returned import ask_about_returned
from erp.fulfilment.tracking.strays import take_strays
from erp.fulfilment.tracking.timeline import note_parcels
from erp.fulfilment.tracking.waiting import heard, wait_for_next
from erp.orders.history import note, together
from erp.orders.redaction import heard_late
from suppliers.contract import PurchaseReport

log = logging.getLogger(__name__)

PAST = DEAD | {
    PurchaseStatus.SHIPPED,
    PurchaseStatus.DELIVERED,
    PurchaseStatus.CLOSED,
}
STANDS = frozenset(  # as if nobody had asked to cancel
    {PurchaseStatus.SENT, PurchaseStatus.ACCEPTED, PurchaseStatus.PARTLY_ACCEPTED}
)


@dataclass(frozen=True, slots=True)
class _News:
    """A report, when we heard it, and whether it answers our wish to cancel."""

    report: PurchaseReport
    heard_at: datetime
    answers_cancel: bool
    missing: Mapping[int, int] = field(default_factory=dict)  # units it takes away


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
    by_order = joined(reports)
    pairs = [(found[each], by_order[each]) for each in found if each in by_order]
    page = Page()
    fresh = [each for each, _ in pairs if each.purchase.sent_at is None]
    with together(session):
        for dossier, report in pairs:
            meant = understood(dossier, report)
            _apply(session, dossier, _News(meant, now, answers_cancel), page)
        heard_late(
            session, [each.order.id or 0 for each, _ in pairs if _is_past(each)], now
        )
        keep_parcels(session, page.parcels)
        store_lines(session, page.lines)
        tell_handed_over(session, fresh, now)
        if page.moved:
            refresh_orders(session, page.moved.values(), now)
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
    purchase.absent_look_ups = 0
    if status in DEAD:
        purchase.ended_at = now
    note(
        session,
        dossier.order,
        f"purchase_{status.value}",
        now,
        actor=actor,
        reference=purchase.reference,
        supplier=dossier.supplier,
        **facts,
    )


def _is_past(dossier: Dossier) -> bool:
    """What is told now comes when the order may have been long over."""
    return dossier.purchase.status in PAST


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


def _apply(session: Session, dossier: Dossier, news: _News, page: Page) -> None:
    """Take one report; what is to be stored goes on the page."""
    purchase, report = dossier.purchase, news.report
    if purchase.status in DEAD:
        parcels = take_strays(session, dossier, report, news.heard_at)
        page.add(parcels)
    else:
        was_answered = purchase.acknowledged_at is not None
        take_promises(dossier, report, news.heard_at)
        parcels = take_parcels(dossier, report.parcels)
        accepted, missing = take_acceptance(dossier, report)
        news = replace(news, missing=missing)
        page.add(parcels, accepted)
        take_moments(dossier)
        steps = _steps(dossier, news, was_answered)
        if _move_on(session, dossier, news, steps, parcels) or missing:
            page.move(dossier)
        if missing and purchase.status not in DEAD:
            hold_shortfall(session, dossier, missing, news.heard_at)
    ask_about_returned(session, dossier, parcels, news.heard_at)
    if purchase.status in DEAD or any(each.moves_units for each in parcels):
        page.move(dossier)


def _steps(
    dossier: Dossier, news: _News, was_answered: bool
) -> tuple[PurchaseStatus, ...]:
    """How the purchase order moves on by a report; no step if it tells nothing new."""
    purchase = dossier.purchase
    shipped, delivered = units_moved(dossier)
    status = reported_status(
        news.report.status,
        accepted=dossier.accepted_units,
        shipped=shipped,
        delivered=delivered,
    )
    allowed = NEXT_PURCHASE[purchase.status]
    if status is PurchaseStatus.REJECTED and status not in allowed:
        status = PurchaseStatus.CANCELLED  # it takes its yes back
    if purchase.status is status or status not in allowed:
        return ()
    if purchase.status is PurchaseStatus.CANCELLING and status in STANDS:
        if not news.answers_cancel:
            return ()
        purchase.remark, purchase.note = Remark.NOT_CANCELLED, news.report.note
    ordered = sum(line.quantity for line in dossier.lines)
    implied = implied_steps(
        purchase.status,
        status,
        was_answered=was_answered,
        is_partial=dossier.accepted_units < ordered,
    )
    return (*implied, status)


def _move_on(
    session: Session,
    dossier: Dossier,
    news: _News,
    steps: Sequence[PurchaseStatus],
    parcels: Sequence[ParcelNews],
) -> bool:
    """Walk the steps; what the supplier owes us next begins with the last of them.

    Returns whether that settled a hold, so that the order may stand elsewhere now.
    """
    was = dossier.purchase.status
    ships = was in ACCEPTANCES and any(parcel.now_shipped for parcel in parcels)
    is_settled = bool(steps or ships) and heard(session, dossier, news.heard_at)
    _walk(session, dossier, news, steps, parcels)
    if steps or ships:
        wait_for_next(session, dossier, news.report, news.heard_at, was=was)
    return is_settled


def _walk(
    session: Session,
    dossier: Dossier,
    news: _News,
    steps: Sequence[PurchaseStatus],
    parcels: Sequence[ParcelNews],
) -> None:
    """What was accepted comes first, then its parcels, then what they make of it."""
    if steps:
        dossier.purchase.due_at = None
    if steps and steps[0] in ACCEPTANCES:
        _accept(session, dossier, steps[0], news, is_told=len(steps) == 1)
    note_parcels(session, dossier, parcels, news.heard_at)
    for step in steps:
        if step in DEAD:
            _end(session, dossier, step, news)
        elif step not in ACCEPTANCES:
            advance(session, dossier, step, news.heard_at)


def _accept(
    session: Session,
    dossier: Dossier,
    status: PurchaseStatus,
    news: _News,
    *,
    is_told: bool,
) -> None:
    """It says yes, or has shipped already: then its yes is as old as it says."""
    at = news.report.acknowledged_at
    facts = {} if is_told or at is None else {"acknowledged_at": at.isoformat()}
    advance(session, dossier, status, news.heard_at, **facts)
    is_vague = status is PurchaseStatus.PARTLY_ACCEPTED and not news.report.items
    if is_told and is_vague:
        hold_vague_answer(session, dossier, news.heard_at)


def _end(
    session: Session,
    dossier: Dossier,
    status: PurchaseStatus,
    news: _News,
) -> None:
    report, now = news.report, news.heard_at
    dossier.purchase.reason = report.reason
    dossier.purchase.remark, dossier.purchase.note = None, report.note
    reason = report.reason.value if report.reason else ""
    advance(session, dossier, status, now, reason=reason, note=report.note)
    give_back(session, dossier, now, missing=news.missing)
