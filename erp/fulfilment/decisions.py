"""What a human decides about a purchase order that cannot go on by itself."""

from datetime import datetime

from sqlmodel import Session, col, select

from erp.fulfilment.lifecycle import (
    AWAITED,
    NEXT_PURCHASE,
    PurchaseStatus,
    Remark,
    check_move,
)
from erp.fulfilment.models import Attempt, AttemptOutcome, PurchaseOrder
from erp.fulfilment.notices.writing import tell_cancel_requested, tell_handed_over
from erp.fulfilment.overdue_holds import no_longer_awaited
from erp.fulfilment.progress import allocated_units, refresh_orders
from erp.fulfilment.tracking.dossiers import Dossier, dossiers
from erp.fulfilment.tracking.rejections import give_back
from erp.fulfilment.tracking.reports import advance
from erp.fulfilment.tracking.waiting import next_due
from erp.orders.history import note
from erp.orders.holds import release
from erp.orders.lifecycle import LineStatus, MoveError
from erp.orders.models import Order, OrderLine
from erp.orders.progress import advance as advance_line

UNDECIDED = frozenset({PurchaseStatus.UNKNOWN, PurchaseStatus.NEEDS_ATTENTION})
UNSETTLED = frozenset({PurchaseStatus.SENDING, PurchaseStatus.UNKNOWN})
LOST_ANSWERS = frozenset({AttemptOutcome.AMBIGUOUS, AttemptOutcome.LOST})
ASKED_FIRST = AWAITED - {PurchaseStatus.SHIPPED, PurchaseStatus.CANCELLING}
CANCELLABLE = ASKED_FIRST | {PurchaseStatus.QUEUED, PurchaseStatus.NEEDS_ATTENTION}


def requeue(
    session: Session, purchase: PurchaseOrder, now: datetime, *, by: str
) -> None:
    """Send again by a human's word: they know that the supplier does not have it.

    So nothing that was promised before counts, and no clock runs before it is sent.
    Raises MoveError unless it is unknown or needs attention.
    """
    dossier = _dossier(session, purchase)
    _check_undecided(purchase, PurchaseStatus.QUEUED)
    _settle_silence(session, dossier, now)
    purchase.sent_at = purchase.acknowledge_by = purchase.acknowledged_at = None
    purchase.ship_by = purchase.deliver_by = purchase.clock_at = None
    purchase.due_at = now
    advance(session, dossier, PurchaseStatus.QUEUED, now, actor=by)


def mark_placed(
    session: Session,
    purchase: PurchaseOrder,
    supplier_reference: str,
    now: datetime,
    *,
    by: str,
) -> None:
    """The supplier has it, says a human; `supplier_reference` is the supplier's own.

    Raises MoveError unless it is unknown or needs attention.
    """
    dossier = _dossier(session, purchase)
    _check_undecided(purchase, PurchaseStatus.SENT)
    _settle_silence(session, dossier, now)
    purchase.supplier_reference = supplier_reference
    is_new, purchase.sent_at = not purchase.sent_at, purchase.sent_at or now
    acknowledge_by = dossier.clock.acknowledge_by(purchase.sent_at)
    purchase.acknowledge_by = purchase.acknowledge_by or acknowledge_by
    purchase.due_at, purchase.reroutes = None, False
    advance(session, dossier, PurchaseStatus.SENT, now, actor=by)
    if is_new:
        tell_handed_over(session, [dossier], now)
    purchase.clock_at = dossier.clock.acknowledge_by(now)  # anew, whatever it was


def cancel_purchase(
    session: Session, purchase: PurchaseOrder, now: datetime, *, by: str
) -> None:
    """Cancel one purchase order; its units become free and the order is held.

    What the supplier may have is cancelled only with its consent: it becomes
    `cancelling` until the supplier answers. Raises MoveError while it is being sent,
    while it is unknown, and once it has shipped.
    """
    _cancel(session, _dossier(session, purchase), now, by)


def cancel_order(session: Session, order: Order, now: datetime, *, by: str) -> None:
    """Cancel what has not shipped: at once where no supplier has it, else on its yes.

    One whose supplier is being asked already, to give its units to another, ends too.
    Raises MoveError, and changes nothing, while a purchase order is being sent, is
    unknown, or was handed to a human though its supplier may have it: what became of
    it must be known first.
    """
    session.refresh(order, with_for_update=True)  # nobody routes it meanwhile
    for dossier in _cancellable(session, order):
        purchase = dossier.purchase
        purchase.cancels_order, purchase.reroutes = True, False
        if purchase.status is not PurchaseStatus.CANCELLING:
            _cancel(session, dossier, now, by)
        elif purchase.clock_at is None:  # its silence was told of; that hold ends here
            purchase.clock_at = next_due(dossier, now)
    _cancel_open_lines(session, order, now, by)
    release(session, order, now, by=by)
    order.next_step = None
    refresh_orders(session, [order], now)


def _dossier(session: Session, purchase: PurchaseOrder) -> Dossier:
    return dossiers(session, [purchase.reference])[purchase.reference]


def _check_undecided(purchase: PurchaseOrder, status: PurchaseStatus) -> None:
    """Only these wait for a human's word; one being sent has its own ending."""
    allowed = NEXT_PURCHASE[purchase.status] if purchase.status in UNDECIDED else set()
    check_move(purchase.status, status, frozenset(allowed))


def _settle_silence(session: Session, dossier: Dossier, now: datetime) -> None:
    """A human has looked after it: it is overdue no more, until the next clock ends."""
    dossier.purchase.overdue = None
    no_longer_awaited(session, dossier.order, dossier.purchase.reference, now)


def _cancellable(session: Session, order: Order) -> list[Dossier]:
    references = session.exec(
        select(PurchaseOrder.reference).where(col(PurchaseOrder.order_id) == order.id)
    ).all()
    found = dossiers(session, references).values()
    for dossier in found:
        if dossier.purchase.status in UNSETTLED or _is_in_doubt(session, dossier):
            raise MoveError(
                f"purchase order {dossier.purchase.reference} is "
                f"{dossier.purchase.status} and the supplier may have it: wait until "
                "its answer is known, settle it by hand, or cancel it by itself"
            )
    ends = CANCELLABLE | {PurchaseStatus.CANCELLING}
    return [each for each in found if each.purchase.status in ends]


def _is_in_doubt(session: Session, dossier: Dossier) -> bool:
    """Handed to a human though the supplier may have it: it was sent, or got lost."""
    if dossier.purchase.status is not PurchaseStatus.NEEDS_ATTENTION:
        return False
    if dossier.purchase.sent_at is not None:
        return True
    last = (
        select(Attempt.outcome)
        .where(col(Attempt.purchase_order_id) == dossier.purchase.id)
        .order_by(col(Attempt.number).desc())
        .limit(1)
    )
    return session.exec(last).first() in LOST_ANSWERS


def _cancel(session: Session, dossier: Dossier, now: datetime, by: str) -> None:
    purchase = dossier.purchase
    if purchase.status in ASKED_FIRST:
        purchase.due_at = now
        advance(session, dossier, PurchaseStatus.CANCELLING, now, actor=by)
        tell_cancel_requested(session, dossier, now)
        purchase.clock_at = next_due(dossier, now)
        return
    if purchase.status not in (PurchaseStatus.QUEUED, PurchaseStatus.NEEDS_ATTENTION):
        allowed = NEXT_PURCHASE[purchase.status] - {PurchaseStatus.CANCELLED}
        check_move(purchase.status, PurchaseStatus.CANCELLED, allowed)
    purchase.due_at = purchase.clock_at = None
    purchase.remark, purchase.note = Remark.CANCELLED_BY_HAND, by
    advance(session, dossier, PurchaseStatus.CANCELLED, now, actor=by)
    give_back(session, dossier, now)
    refresh_orders(session, [dossier.order], now)


def _cancel_open_lines(session: Session, order: Order, now: datetime, by: str) -> None:
    """Cancel the units that no supplier has; what one has, it is asked about."""
    query = select(OrderLine).where(
        col(OrderLine.order_id) == order.id, col(OrderLine.status) == LineStatus.OPEN
    )
    found = session.exec(query.execution_options(populate_existing=True)).all()
    held = allocated_units(session, [line.id or 0 for line in found])
    for line in found:
        line.cancelled_quantity = line.quantity - held.get(line.id or 0, 0)
        if line.cancelled_quantity == line.quantity:
            advance_line(line, LineStatus.CANCELLED)
    if found:
        skus = ", ".join(line.sku for line in found)
        note(session, order, "cancelled", now, actor=by, lines=skus)
