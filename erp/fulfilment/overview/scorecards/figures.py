"""The figures by supplier, counted by the database."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlmodel import Session, col

from erp.fulfilment.lifecycle import DEAD, PurchaseStatus
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine, Shipment
from erp.fulfilment.overview.scorecards.causes import Cause, cause_said
from erp.fulfilment.overview.scorecards.counted import (
    Counted,
    Span,
    Test,
    answer_by,
    answered_at,
    asked_at,
    delivered_at,
    handed_over_at,
    is_carried,
    is_clocked,
    is_closed,
    is_counted,
    is_due,
    is_excused,
    is_filled,
    is_labelled,
    is_unscanned,
    labelled_at,
    of_supplier,
    sent_at,
    ship_by,
)
from erp.fulfilment.overview.scorecards.moments import Times, length, numbers, times
from erp.fulfilment.overview.scorecards.trackable import is_told, is_trackable

Rows = Select[*tuple[Any, ...]]
Ended = dict[tuple[PurchaseStatus, Cause], int]


@dataclass(frozen=True, slots=True)
class Share:
    """Of cases known well enough to count; `missing` ones are not."""

    numerator: int = 0
    denominator: int = 0
    missing: int = 0


def acknowledgement(session: Session, span: Span, whose: Test) -> dict[int, Times]:
    """From handing a purchase order to the supplier to its answer."""
    return times(
        session,
        _lengths(sent_at, answered_at, Counted.ANSWERED, span, whose),
        _number(is_counted(Counted.UNANSWERED, span), whose),
    )


def within_clock(session: Session, span: Span, whose: Test) -> dict[int, Share]:
    """Answers that came by the moment they had to."""
    return _shares(
        session,
        _number(is_clocked(span), whose, answered_at <= answer_by),
        _number(and_(span.holds(sent_at), answer_by.is_(None)), whose),
    )


def on_time(session: Session, span: Span, whose: Test) -> dict[int, Share]:
    """Handed over by the ship-by, of those that are due; none was promised: missing."""
    asked = and_(sent_at.is_not(None), col(PurchaseOrder.ended_at).is_(None))
    unpromised = and_(asked, ship_by.is_(None), span.holds(sent_at))
    return _shares(
        session,
        _number(is_due(span), whose, handed_over_at <= ship_by),
        _number(unpromised, whose),
    )


def first_scan(session: Session, span: Span, whose: Test) -> dict[int, Times]:
    """From a parcel's label to the first carrier who saw it."""
    of_purchase = col(PurchaseOrder.id) == col(Shipment.purchase_order_id)
    took = length(labelled_at, col(Shipment.shipped_at))
    parcels = select(of_supplier, took).join(Shipment, of_purchase)
    waiting = select(of_supplier, func.count()).join(Shipment, of_purchase)
    return times(
        session,
        parcels.where(is_labelled(span), whose),
        waiting.where(is_unscanned(span), whose).group_by(of_supplier),
    )


def trackable(session: Session, span: Span, whose: Test) -> dict[int, Share]:
    """Parcels that can be followed, of those whose carrier and number were told."""
    of_purchase = col(PurchaseOrder.id) == col(Shipment.purchase_order_id)
    counts = (
        func.sum(case((each, 1), else_=0)) for each in (is_trackable, is_told, ~is_told)
    )
    query = (
        select(of_supplier, *counts)
        .join(Shipment, of_purchase)
        .where(is_carried(span), whose)
        .group_by(of_supplier)
    )
    return {
        supplier: Share(*(int(each) for each in found))
        for supplier, *found in session.execute(query)
    }


def to_hand_over(session: Session, span: Span, whose: Test) -> dict[int, Times]:
    waits = and_(sent_at.is_not(None), handed_over_at.is_(None))
    open_ones = and_(waits, col(PurchaseOrder.ended_at).is_(None), span.holds(sent_at))
    return times(
        session,
        _lengths(sent_at, handed_over_at, Counted.HANDED_OVER, span, whose),
        _number(open_ones, whose),
    )


def to_delivery(session: Session, span: Span, whose: Test) -> dict[int, Times]:
    waits = and_(sent_at.is_not(None), delivered_at.is_(None))
    open_ones = and_(waits, col(PurchaseOrder.ended_at).is_(None), span.holds(sent_at))
    return times(
        session,
        _lengths(sent_at, delivered_at, Counted.DELIVERED, span, whose),
        _number(open_ones, whose),
    )


def filled(
    session: Session, span: Span, whose: Test, *, adjusted: bool
) -> dict[int, Share]:
    """Lines that came in full, of those that are closed: handed over, or ended.

    A line that came in part counts as not filled. Adjusted, what was not the
    supplier's fault is left out.
    """
    excused = and_(~is_filled, is_excused())
    tests = [is_closed(span), whose, *([~excused] if adjusted else [])]
    query = (
        select(of_supplier, func.count(), func.sum(case((is_filled, 1), else_=0)))
        .join(PurchaseOrderLine, _of_purchase())
        .where(*tests)
        .group_by(of_supplier)
    )
    return {
        supplier: Share(int(good), int(every))
        for supplier, every, good in session.execute(query)
    }


def asked(session: Session, span: Span, whose: Test) -> dict[int, int]:
    """Purchase orders the supplier was asked for."""
    return numbers(session.execute(_number(span.holds(asked_at), whose)))


def ended(session: Session, span: Span, whose: Test) -> dict[int, Ended]:
    """How many of those asked for ended without a parcel, and whose doing it was."""
    status = col(PurchaseOrder.status)
    query = (
        select(of_supplier, status, cause_said, func.count())
        .where(span.holds(asked_at), status.in_(DEAD), whose)
        .group_by(of_supplier, status, cause_said)
    )
    found: dict[int, Ended] = defaultdict(dict)
    for supplier, then, cause, number in session.execute(query):
        found[supplier][then, Cause(cause)] = number
    return found


def _of_purchase() -> Test:
    return col(PurchaseOrderLine.purchase_order_id) == col(PurchaseOrder.id)


def _lengths(begun: Any, over: Any, counted: Counted, span: Span, whose: Test) -> Rows:
    rows = select(of_supplier, length(begun, over)).select_from(PurchaseOrder)
    return rows.where(is_counted(counted, span), whose)


def _number(where: Test, whose: Test, good: Test | None = None) -> Rows:
    """By supplier: how many there are, and how many of them are good."""
    figures: list[ColumnElement[int]] = [func.count()]
    if good is not None:
        figures.append(func.sum(case((good, 1), else_=0)))
    query = select(of_supplier, *figures).select_from(PurchaseOrder)
    return query.where(where, whose).group_by(of_supplier)


def _shares(session: Session, known: Rows, missing: Rows) -> dict[int, Share]:
    lacking = numbers(session.execute(missing))
    found = {key: Share(missing=number) for key, number in lacking.items()}
    for key, every, good in session.execute(known):
        found[key] = Share(int(good), int(every), lacking.get(key, 0))
    return found
