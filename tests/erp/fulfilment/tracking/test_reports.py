"""What suppliers report: repeated, late, out of order, in several parcels."""

from datetime import UTC, datetime

import pytest
from sqlmodel import Session, select

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import Scan, Shipment
from erp.fulfilment.tracking.reports import apply_reports
from erp.orders.lifecycle import OrderStatus
from erp.orders.models import OrderEvent
from suppliers.contract import (
    ParcelReport,
    ScanKind,
    ScanReport,
)
from tests.erp.fulfilment.tracking.telling import (
    DAY,
    DELIVERED,
    HOUR,
    SHIPPED,
    P,
    R,
    at_supplier,
    holds,
    order_of,
    parcel,
    report,
    tell,
)
from tests.factories import (
    NOW,
    make_order,
    make_purchase_order,
    make_supplier,
    order_lines,
)


def test_a_report_about_an_order_that_is_not_ours_changes_nothing(
    session: Session,
) -> None:
    assert apply_reports(session, [report(reference="somebody else's")], NOW) == 0


def test_the_same_report_again_changes_nothing(session: Session) -> None:
    purchase = at_supplier(session)
    told = report(parcels=(parcel("1", 2, SHIPPED, DELIVERED),), ship_by=NOW + DAY)

    tell(session, told)
    events = len(session.exec(select(OrderEvent)).all())
    tell(session, told, told, now=NOW + DAY)

    assert purchase.status is P.DELIVERED
    assert len(session.exec(select(Scan)).all()) == 2
    assert len(session.exec(select(Shipment)).all()) == 1
    assert len(session.exec(select(OrderEvent)).all()) == events
    assert (purchase.handed_over_at, purchase.delivered_at) == (
        SHIPPED[1],
        DELIVERED[1],
    )


def test_a_late_event_does_not_take_delivered_back_to_shipped(session: Session) -> None:
    """Pain: a late event downgraded Delivered to Shipped."""
    purchase = at_supplier(session)
    tell(session, report(parcels=(parcel("1", 2, SHIPPED, DELIVERED),)))

    tell(session, report(parcels=(parcel("1", 2, SHIPPED),)), report(R.RECEIVED))

    assert purchase.status is P.DELIVERED
    assert session.exec(select(Shipment)).one().status is ScanKind.DELIVERED
    assert order_of(session, purchase).status is OrderStatus.DELIVERED


def test_the_first_promise_counts(session: Session) -> None:
    purchase = at_supplier(session)
    tell(session, report(ship_by=NOW + DAY, deliver_by=NOW + 5 * DAY))

    tell(session, report(ship_by=NOW + 9 * DAY, deliver_by=NOW + 9 * DAY))

    assert (purchase.ship_by, purchase.deliver_by) == (NOW + DAY, NOW + 5 * DAY)


@pytest.mark.parametrize("acknowledged_at", [NOW - HOUR, None], ids=["named", "not"])
def test_without_a_promise_the_usual_handling_days_count(
    session: Session, acknowledged_at: datetime | None
) -> None:
    purchase = at_supplier(session, handling_days=4)

    tell(session, report(acknowledged_at=acknowledged_at))

    acknowledged = acknowledged_at or NOW
    assert purchase.acknowledged_at == acknowledged
    assert purchase.ship_by == datetime(2026, 3, 7, tzinfo=UTC)  # until Friday ends
    assert purchase.deliver_by is None


def test_being_taken_in_promises_nothing(session: Session) -> None:
    purchase = at_supplier(session)

    tell(session, report(R.RECEIVED))

    assert (purchase.acknowledged_at, purchase.ship_by) == (None, None)


def test_a_no_after_everything_shipped_is_too_late(session: Session) -> None:
    purchase = at_supplier(session)
    tell(session, report(parcels=(parcel("1", 2, SHIPPED),)))

    tell(session, report(R.REJECTED), report(R.CANCELLED))

    assert purchase.status is P.SHIPPED
    assert holds(session) == []


def test_a_stale_yes_does_not_undo_a_cancellation_that_was_asked_for(
    session: Session,
) -> None:
    purchase = at_supplier(session, status=P.CANCELLING)
    purchase.due_at = NOW

    tell(session, report(R.ACCEPTED), report(R.RECEIVED))

    assert (purchase.status, purchase.due_at) == (P.CANCELLING, NOW)


def test_goods_on_their_way_end_a_cancellation_that_was_asked_for(
    session: Session,
) -> None:
    purchase = at_supplier(session, status=P.CANCELLING)
    purchase.due_at = NOW

    tell(session, report(parcels=(parcel("1", 2, SHIPPED),)))

    assert (purchase.status, purchase.due_at) == (P.SHIPPED, None)


@pytest.mark.parametrize("status", [P.QUEUED, P.SENDING, P.UNKNOWN, P.NEEDS_ATTENTION])
def test_a_report_settles_every_doubt(session: Session, status: PurchaseStatus) -> None:
    purchase = at_supplier(session, status=status)
    purchase.due_at = NOW

    tell(session, report(R.ACCEPTED))

    assert (purchase.status, purchase.due_at) == (P.ACCEPTED, None)


def test_late_news_of_a_second_supplier_do_not_touch_the_first(
    session: Session,
) -> None:
    order = make_order(session, (("A", 1, 1000), ("B", 1, 1000)), next_step=None)
    first, second = order_lines(session, order)
    make_purchase_order(
        session, order, make_supplier(session, "S1"), P.SENT, lines=[first]
    ).reference = "P-1"
    make_purchase_order(
        session, order, make_supplier(session, "S2"), P.SENT, lines=[second]
    ).reference = "P-2"
    session.flush()

    tell(session, report(parcels=(parcel("1", 1, SHIPPED, DELIVERED),)))
    assert order.status is OrderStatus.PARTLY_SHIPPED
    told = ParcelReport("1", "", "", (("S2-B", 1),), (ScanReport(*DELIVERED),))
    tell(session, report(reference="P-2", parcels=(told,)))

    assert order.status is OrderStatus.DELIVERED
