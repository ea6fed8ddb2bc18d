"""The purchase orders behind each figure: tests that figures and lists share."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlmodel import col

from erp.fulfilment.lifecycle import DEAD, PurchaseStatus
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine, Scan, Shipment
from erp.fulfilment.overview.scorecards.causes import NOT_ITS_FAULT, Cause, cause_said
from erp.fulfilment.overview.scorecards.trackable import is_told, is_trackable
from suppliers.contract import ScanKind

Test = ColumnElement[bool]


class Counted(StrEnum):
    """A figure's rows, as an address names them."""

    SENT = "sent"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    ANSWERED_LATE = "answered_late"
    HAND_OVER_LATE = "hand_over_late"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    SCANNED = "scanned"
    UNSCANNED = "unscanned"
    TRACKABLE = "trackable"
    UNTRACKABLE = "untrackable"
    TRACKING_UNKNOWN = "tracking_unknown"
    CLOSED = "closed"
    UNFILLED = "unfilled"
    UNFILLED_BY_IT = "unfilled_by_it"
    SHORT_OF_STOCK = "short_of_stock"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Span:
    """Moments after `since` up to `until`."""

    since: datetime
    until: datetime

    def holds(self, moment: Any) -> Test:
        return and_(moment > self.since, moment <= self.until)


P = PurchaseOrder
of_supplier = col(P.supplier_id)
sent_at, answered_at = col(P.sent_at), col(P.acknowledged_at)
answer_by, ship_by = col(P.acknowledge_by), col(P.ship_by)
handed_over_at, delivered_at = col(P.handed_over_at), col(P.delivered_at)
runs = col(P.ended_at).is_(None)
# One that was rejected on the spot was asked for, though it never lay there.
asked_at = func.coalesce(
    sent_at, case((col(P.status) == PurchaseStatus.REJECTED, col(P.ended_at)))
)
closed_at = func.coalesce(col(P.ended_at), handed_over_at)
taken_units = func.coalesce(
    PurchaseOrderLine.accepted_quantity, PurchaseOrderLine.quantity
)
is_filled = and_(runs, taken_units >= col(PurchaseOrderLine.quantity))
labelled_at = (
    select(func.min(col(Scan.at)))
    .where(
        col(Scan.shipment_id) == col(Shipment.id),
        col(Scan.kind) == ScanKind.LABEL_CREATED,
    )
    .correlate(Shipment)
    .scalar_subquery()
)


def is_clocked(span: Span) -> Test:
    """Its answer came, or is overdue, and we know by when it had to come."""
    is_over = or_(answered_at.is_not(None), and_(runs, answer_by < span.until))
    return and_(span.holds(sent_at), answer_by.is_not(None), is_over)


def is_due(span: Span) -> Test:
    """Its ship-by has passed, or it was handed over before; as the KPI counts."""
    was_handed_over = and_(handed_over_at.is_not(None), handed_over_at <= span.until)
    is_over = or_(ship_by < span.until, was_handed_over)
    return and_(runs, ship_by > span.since, is_over)


def is_closed(span: Span) -> Test:
    return and_(asked_at.is_not(None), span.holds(closed_at))


def is_labelled(span: Span) -> Test:
    """A parcel whose first scan came in time to be counted, after its label."""
    scanned_at = col(Shipment.shipped_at)
    return and_(span.holds(scanned_at), labelled_at <= scanned_at)


def is_unscanned(span: Span) -> Test:
    """A parcel with a label, and nothing since."""
    return and_(span.holds(labelled_at), col(Shipment.shipped_at).is_(None))


def is_carried(span: Span) -> Test:
    """A parcel that met its carrier in time to be counted."""
    return span.holds(col(Shipment.shipped_at))


def is_counted(counted: Counted, span: Span) -> Test:
    """The test for a figure's purchase orders."""
    found: Test = _TESTS[counted](span)
    return found


def is_by(cause: Cause) -> Test:
    found: Test = cause_said == cause.value
    return found


def _with_parcel(parcel: Test) -> Test:
    return exists().where(col(Shipment.purchase_order_id) == col(P.id), parcel)


def _lacks(*tests: Test) -> Test:
    return exists().where(
        col(PurchaseOrderLine.purchase_order_id) == col(P.id), ~is_filled, *tests
    )


def is_excused() -> Test:
    """Whatever is missing of it is not the supplier's fault."""
    found: Test = cause_said.in_([each.value for each in NOT_ITS_FAULT])
    return found


def is_short_of_stock() -> Test:
    """Units it had not; who takes only a part and says nothing had too few."""
    took_a_part = and_(runs, col(P.reason).is_(None), ~col(P.cancels_order))
    return and_(~is_filled, or_(is_by(Cause.STOCK), took_a_part))


_TESTS: dict[Counted, Any] = {
    Counted.SENT: lambda span: span.holds(asked_at),
    Counted.ANSWERED: lambda span: and_(span.holds(sent_at), answered_at.is_not(None)),
    Counted.UNANSWERED: lambda span: and_(
        span.holds(sent_at), answered_at.is_(None), runs
    ),
    Counted.ANSWERED_LATE: lambda span: and_(
        is_clocked(span), or_(answered_at.is_(None), answered_at > answer_by)
    ),
    Counted.HAND_OVER_LATE: lambda span: and_(
        is_due(span), or_(handed_over_at.is_(None), handed_over_at > ship_by)
    ),
    Counted.HANDED_OVER: lambda span: and_(
        span.holds(handed_over_at), sent_at.is_not(None)
    ),
    Counted.DELIVERED: lambda span: and_(
        span.holds(delivered_at), sent_at.is_not(None)
    ),
    Counted.SCANNED: lambda span: _with_parcel(is_labelled(span)),
    Counted.UNSCANNED: lambda span: _with_parcel(is_unscanned(span)),
    Counted.TRACKABLE: lambda span: _with_parcel(and_(is_carried(span), is_trackable)),
    Counted.UNTRACKABLE: lambda span: _with_parcel(
        and_(is_carried(span), is_told, ~is_trackable)
    ),
    Counted.TRACKING_UNKNOWN: lambda span: _with_parcel(
        and_(is_carried(span), ~is_told)
    ),
    Counted.CLOSED: is_closed,
    Counted.UNFILLED: lambda span: and_(is_closed(span), _lacks()),
    Counted.UNFILLED_BY_IT: lambda span: and_(
        is_closed(span),
        _lacks(),
        cause_said.not_in([each.value for each in NOT_ITS_FAULT]),
    ),
    Counted.SHORT_OF_STOCK: lambda span: and_(
        is_closed(span), _lacks(is_short_of_stock())
    ),
    Counted.REJECTED: lambda span: and_(
        span.holds(asked_at), col(P.status) == PurchaseStatus.REJECTED
    ),
    Counted.CANCELLED: lambda span: and_(
        span.holds(asked_at), col(P.status) == PurchaseStatus.CANCELLED
    ),
}
assert {PurchaseStatus.REJECTED, PurchaseStatus.CANCELLED} == DEAD
