"""What suppliers report: repeated, late, out of order, in several parcels."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from config.database import connect
from erp.fulfilment.lifecycle import PurchaseStatus, reported_status
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine, Scan, Shipment
from erp.fulfilment.tracking.reports import apply_reports
from erp.migrations.tables import metadata
from erp.orders.lifecycle import HoldReason, LineStatus, OrderStatus
from erp.orders.models import Hold, Order, OrderEvent
from suppliers.contract import (
    ItemReport,
    ParcelReport,
    PurchaseReport,
    RejectReason,
    ReportedStatus,
    ScanKind,
    ScanReport,
)
from tests.factories import (
    NOW,
    make_order,
    make_purchase_order,
    make_supplier,
    order_lines,
)

P = PurchaseStatus
R = ReportedStatus
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
Lines = tuple[tuple[str, int, int], ...]


def at_supplier(
    session: Session,
    lines: Lines = (("A", 2, 1000),),
    status: PurchaseStatus = P.SENT,
    **supplier: object,
) -> PurchaseOrder:
    order = make_order(session, lines, next_step=None)
    supplied_by = make_supplier(session, "S1", **supplier)
    return make_purchase_order(session, order, supplied_by, status, reference="P-1")


def report(status: ReportedStatus = R.ACCEPTED, **given: object) -> PurchaseReport:
    values = {"reference": "P-1", "supplier_reference": "S-1", "status": status}
    return PurchaseReport(**(values | given))


def parcel(
    name: str = "1", units: int = 2, *scans: tuple[ScanKind, datetime], sku: str = "A"
) -> ParcelReport:
    told = tuple(ScanReport(kind, at) for kind, at in scans)
    return ParcelReport(name, "UPS", f"T{name}", ((f"S1-{sku}", units),), told)


def tell(session: Session, *reports: PurchaseReport, now: datetime = NOW) -> None:
    for each in reports:
        apply_reports(session, [each], now)
    session.flush()


def order_of(session: Session, purchase: PurchaseOrder) -> Order:
    return session.get_one(Order, purchase.order_id)


def holds(session: Session) -> list[HoldReason]:
    query = select(Hold.reason).where(col(Hold.closed_at).is_(None))
    return list(session.exec(query))


SHIPPED = (ScanKind.PICKED_UP, NOW + DAY)
DELIVERED = (ScanKind.DELIVERED, NOW + 3 * DAY)


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


def test_a_second_parcel_does_not_erase_the_first(session: Session) -> None:
    """Pain: the second parcel erased the first one's tracking."""
    purchase = at_supplier(session)

    tell(session, report(parcels=(parcel("1", 1, SHIPPED),)))
    assert purchase.status is P.ACCEPTED
    assert order_of(session, purchase).status is OrderStatus.PARTLY_SHIPPED
    later = (ScanKind.PICKED_UP, NOW + 2 * DAY)
    tell(session, report(parcels=(parcel("2", 1, later),)))

    numbers = session.exec(select(Shipment.tracking_number)).all()
    assert sorted(numbers) == ["T1", "T2"]
    assert purchase.status is P.SHIPPED
    assert purchase.handed_over_at == later[1]


def test_a_part_that_shipped_is_not_taken_for_the_whole(session: Session) -> None:
    """Pain: a partial delivery recorded as complete."""
    purchase = at_supplier(session, (("A", 5, 1000),))

    tell(session, report(parcels=(parcel("1", 3, SHIPPED, DELIVERED),)))

    assert purchase.status is P.ACCEPTED
    assert purchase.delivered_at is None
    assert order_of(session, purchase).status is OrderStatus.PARTLY_SHIPPED


def test_a_label_is_not_a_shipment(session: Session) -> None:
    """Pain: suppliers print labels minutes after an order to look fast."""
    purchase = at_supplier(session)

    tell(session, report(parcels=(parcel("1", 2, (ScanKind.LABEL_CREATED, NOW)),)))

    assert purchase.status is P.ACCEPTED
    assert purchase.handed_over_at is None
    tell(session, report(parcels=(parcel("1", 2, SHIPPED),)))
    assert purchase.handed_over_at == SHIPPED[1]


def test_two_lines_of_one_product_are_both_filled_by_two_parcels(
    session: Session,
) -> None:
    purchase = at_supplier(session, (("A", 2, 1000), ("A", 3, 1000)))

    tell(session, report(parcels=(parcel("1", 2, SHIPPED),)))
    tell(session, report(parcels=(parcel("1", 2, SHIPPED), parcel("2", 3, SHIPPED))))

    lines = order_lines(session, order_of(session, purchase))
    assert [line.status for line in lines] == [LineStatus.SHIPPED] * 2
    assert purchase.status is P.SHIPPED


def test_two_lines_of_one_product_share_a_part_acceptance(session: Session) -> None:
    purchase = at_supplier(session, (("A", 2, 1000), ("A", 3, 1000)))

    tell(session, report(R.PARTLY_ACCEPTED, items=(ItemReport("S1-A", 3),)))

    query = select(PurchaseOrderLine).order_by(col(PurchaseOrderLine.id))
    assert [row.accepted_quantity for row in session.exec(query)] == [2, 1]
    lines = order_lines(session, order_of(session, purchase))
    assert [line.status for line in lines] == [LineStatus.ALLOCATED, LineStatus.OPEN]


def test_a_parcel_with_more_than_was_ordered_does_not_overfill_a_line(
    session: Session,
) -> None:
    purchase = at_supplier(session)

    tell(session, report(parcels=(parcel("1", 9, SHIPPED), parcel("2", 9, SHIPPED))))

    assert purchase.status is P.SHIPPED


def test_a_parcel_of_goods_nobody_ordered_ships_nothing(session: Session) -> None:
    """Pain: the wrong variant was sent."""
    purchase = at_supplier(session)

    tell(session, report(parcels=(parcel("1", 2, SHIPPED, sku="ANOTHER"),)))

    assert purchase.status is P.ACCEPTED
    assert session.exec(select(Shipment)).one().tracking_number == "T1"


def test_an_exception_on_the_way_does_not_hide_the_delivery(session: Session) -> None:
    purchase = at_supplier(session)
    odd = (ScanKind.EXCEPTION, NOW + 2 * DAY)

    tell(session, report(parcels=(parcel("1", 2, SHIPPED, odd, DELIVERED),)))

    assert session.exec(select(Shipment)).one().status is ScanKind.DELIVERED
    assert purchase.status is P.DELIVERED


def test_a_pick_up_told_late_shows_that_the_supplier_was_punctual(
    session: Session,
) -> None:
    purchase = at_supplier(session)
    tell(
        session, report(parcels=(parcel("1", 2, (ScanKind.IN_TRANSIT, NOW + 4 * DAY)),))
    )
    assert purchase.handed_over_at == NOW + 4 * DAY

    tell(session, report(parcels=(parcel("1", 2, SHIPPED),)))

    assert purchase.handed_over_at == SHIPPED[1]


def test_a_parcel_too_many_does_not_make_a_punctual_supplier_late(
    session: Session,
) -> None:
    purchase = at_supplier(session)
    tell(session, report(parcels=(parcel("1", 2, SHIPPED),)))

    tell(
        session, report(parcels=(parcel("2", 2, (ScanKind.PICKED_UP, NOW + 9 * DAY)),))
    )

    assert purchase.handed_over_at == SHIPPED[1]


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
    assert purchase.ship_by == acknowledged + 4 * DAY
    assert purchase.deliver_by is None


def test_being_taken_in_promises_nothing(session: Session) -> None:
    purchase = at_supplier(session)

    tell(session, report(R.RECEIVED))

    assert (purchase.acknowledged_at, purchase.ship_by) == (None, None)


def test_a_part_acceptance_opens_and_holds_the_rest(session: Session) -> None:
    purchase = at_supplier(session, (("A", 5, 1000), ("B", 1, 1000)))
    told = report(
        R.PARTLY_ACCEPTED, items=(ItemReport("S1-A", 3), ItemReport("S1-B", 0))
    )

    tell(session, told, told)

    assert purchase.status is P.PARTLY_ACCEPTED
    rows = session.exec(select(PurchaseOrderLine).order_by(col(PurchaseOrderLine.id)))
    assert [(r.accepted_quantity, r.is_live) for r in rows] == [(3, True), (0, False)]
    assert holds(session) == [HoldReason.SUPPLIER_SHORTFALL]
    facts = session.exec(select(Hold)).one().facts
    assert facts == {"supplier": "S1", "units": "A: 2, B: 1"}
    assert purchase.items_cost_cents == 3 * 500


def test_what_is_not_named_in_a_part_acceptance_was_not_accepted(
    session: Session,
) -> None:
    at_supplier(session, (("A", 2, 1000), ("B", 1, 1000)))

    tell(session, report(R.PARTLY_ACCEPTED, items=(ItemReport("S1-A", 2),)))

    lines = session.exec(select(PurchaseOrderLine)).all()
    assert [line.is_live for line in lines] == [True, False]


def test_a_part_acceptance_that_names_no_part_waits_for_a_human(
    session: Session,
) -> None:
    purchase = at_supplier(session)

    tell(session, report(R.PARTLY_ACCEPTED), report(R.PARTLY_ACCEPTED))

    assert purchase.status is P.PARTLY_ACCEPTED
    assert holds(session) == [HoldReason.SUPPLIER_SHORTFALL]


def test_a_part_acceptance_of_nothing_is_a_no(session: Session) -> None:
    purchase = at_supplier(session)

    tell(session, report(R.PARTLY_ACCEPTED, items=(ItemReport("S1-A", 0),)))

    assert purchase.status is P.REJECTED
    assert holds(session) == [HoldReason.SUPPLIER_REJECTED]


def test_a_yes_that_names_fewer_units_is_a_part_acceptance(session: Session) -> None:
    purchase = at_supplier(session, (("A", 5, 1000),))

    tell(session, report(R.ACCEPTED, items=(ItemReport("S1-A", 3),)))

    assert holds(session) == [HoldReason.SUPPLIER_SHORTFALL]
    tell(session, report(parcels=(parcel("1", 3, SHIPPED),)))
    assert purchase.status is P.SHIPPED


def test_a_supplier_that_finds_less_than_it_accepted_leaves_no_unit_in_limbo(
    session: Session,
) -> None:
    purchase = at_supplier(session, (("A", 5, 1000),))
    tell(session, report(R.ACCEPTED))

    fewer = report(R.PARTLY_ACCEPTED, items=(ItemReport("S1-A", 3),))
    tell(session, fewer, report(R.ACCEPTED), fewer)

    assert purchase.status is P.PARTLY_ACCEPTED
    assert holds(session) == [HoldReason.SUPPLIER_SHORTFALL]
    (line,) = order_lines(session, order_of(session, purchase))
    assert line.status is LineStatus.OPEN


@pytest.mark.parametrize("said", [R.REJECTED, R.CANCELLED])
def test_a_supplier_may_take_its_yes_back(
    session: Session, said: ReportedStatus
) -> None:
    purchase = at_supplier(session)
    tell(session, report(R.ACCEPTED))

    no = report(said, reason=RejectReason.INVENTORY_OUT_OF_STOCK, note="sold out")
    tell(session, no, report(R.ACCEPTED), no)

    assert purchase.status is P.CANCELLED
    assert purchase.reason is RejectReason.INVENTORY_OUT_OF_STOCK
    assert holds(session) == [HoldReason.SUPPLIER_CANCELLED]
    (line,) = order_lines(session, order_of(session, purchase))
    assert line.status is LineStatus.OPEN


def test_a_supplier_that_cancels_the_rest_keeps_what_it_shipped(
    session: Session,
) -> None:
    """Otherwise the shipped units would be ordered again elsewhere."""
    purchase = at_supplier(session, (("A", 5, 1000),))
    tell(session, report(parcels=(parcel("1", 3, SHIPPED),)))

    rest = report(R.CANCELLED, parcels=(parcel("1", 3, SHIPPED),))
    tell(session, rest, rest)

    assert purchase.status is P.SHIPPED
    row = session.exec(select(PurchaseOrderLine)).one()
    assert (row.accepted_quantity, row.is_live) == (3, True)
    assert holds(session) == [HoldReason.SUPPLIER_SHORTFALL]
    tell(session, report(R.CANCELLED, parcels=(parcel("1", 3, SHIPPED, DELIVERED),)))
    assert purchase.status is P.DELIVERED


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


@pytest.mark.parametrize("status", [P.REJECTED, P.CANCELLED])
def test_what_ended_stays_ended(session: Session, status: PurchaseStatus) -> None:
    purchase = at_supplier(session, status=status)

    tell(session, report(parcels=(parcel("1", 2, SHIPPED),)))

    assert purchase.status is status


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


def history() -> list[PurchaseReport]:
    """The life of one order of five and two units, as its supplier would tell it."""
    items = (ItemReport("S1-A", 4), ItemReport("S1-B", 2))
    label = parcel("1", 3, (ScanKind.LABEL_CREATED, NOW))
    first = parcel("1", 3, (ScanKind.LABEL_CREATED, NOW), SHIPPED)
    rest = ParcelReport(
        "2",
        "",
        "T2",
        (("S1-A", 1), ("S1-B", 2)),
        (ScanReport(ScanKind.IN_TRANSIT, NOW + 2 * DAY),),
    )
    first_home = parcel("1", 3, (ScanKind.LABEL_CREATED, NOW), SHIPPED, DELIVERED)
    rest_home = ParcelReport(
        "2", "", "T2", rest.contents, (*rest.scans, ScanReport(*DELIVERED))
    )
    promised = {"acknowledged_at": NOW, "ship_by": NOW + DAY, "deliver_by": NOW + DAY}
    told: list[tuple[ReportedStatus, dict[str, object]]] = [
        (R.RECEIVED, {}),
        (R.PARTLY_ACCEPTED, {"items": items}),
        (R.PARTLY_ACCEPTED, {"items": items, "parcels": (label,)}),
        (R.PARTLY_ACCEPTED, {"items": items, "parcels": (first,)}),
        (R.PARTLY_ACCEPTED, {"items": items, "parcels": (first, rest)}),
        (R.PARTLY_ACCEPTED, {"items": items, "parcels": (first_home, rest)}),
        (R.PARTLY_ACCEPTED, {"items": items, "parcels": (first_home, rest_home)}),
    ]
    return [
        report(status, **(given | (promised if status is not R.RECEIVED else {})))
        for status, given in told
    ]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    engine = connect("sqlite://")
    metadata.create_all(engine)
    yield engine
    engine.dispose()


def end_of(engine: Engine, reports: Sequence[PurchaseReport]) -> tuple[object, ...]:
    """Where these reports lead; nothing of it is kept."""
    with Session(engine) as session:
        purchase = at_supplier(session, (("A", 5, 1000), ("B", 2, 500)))
        tell(session, *reports)
        order = order_of(session, purchase)
        return (
            purchase.status,
            purchase.ship_by,
            purchase.handed_over_at,
            purchase.delivered_at,
            purchase.items_cost_cents,
            [line.status for line in order_lines(session, order)],
            [row.accepted_quantity for row in session.exec(_rows())],
            sorted(session.exec(select(Scan.kind, Scan.at))),
            holds(session),
        )


def _rows():
    return select(PurchaseOrderLine).order_by(col(PurchaseOrderLine.id))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_order_of_the_same_news_ends_in_the_same_state(
    engine: Engine, data: st.DataObject
) -> None:
    told = history()
    heard = data.draw(st.lists(st.sampled_from(told), max_size=5))
    heard.insert(data.draw(st.integers(0, len(heard))), told[-1])

    assert end_of(engine, heard) == end_of(engine, told[-1:])


@pytest.mark.parametrize("said", list(ReportedStatus))
@pytest.mark.parametrize("shipped", [0, 1, 2])
def test_every_report_has_a_meaning(said: ReportedStatus, shipped: int) -> None:
    status = reported_status(said, accepted=2, shipped=shipped, delivered=0)

    assert (status is P.SHIPPED) == (shipped == 2)
    assert shipped == 0 or status not in (P.REJECTED, P.CANCELLED)
