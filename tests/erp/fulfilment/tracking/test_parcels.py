"""Parcels add up, whatever is told of them and when."""

from sqlmodel import Session, select

from erp.fulfilment.models import PurchaseOrderLine, Shipment
from erp.fulfilment.tracking.reports import apply_reports
from erp.orders.lifecycle import LineStatus, OrderStatus
from suppliers.contract import (
    ItemReport,
    ScanKind,
)
from tests.erp.fulfilment.tracking.telling import (
    DAY,
    DELIVERED,
    SHIPPED,
    P,
    R,
    at_supplier,
    order_of,
    parcel,
    report,
    tell,
)
from tests.factories import (
    NOW,
    order_lines,
)


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


def test_two_reports_on_one_order_in_one_page_lose_no_parcel(
    session: Session,
) -> None:
    """Pain: two mails on one order, read at once; the first one's parcel was lost."""
    purchase = at_supplier(session)
    first = report(parcels=(parcel("1", 1, SHIPPED),), ship_by=NOW + DAY)
    second = report(parcels=(parcel("2", 1, SHIPPED),))

    assert apply_reports(session, [first, second], NOW) == 1

    numbers = session.exec(select(Shipment.tracking_number)).all()
    assert sorted(numbers) == ["T1", "T2"]
    assert purchase.status is P.SHIPPED
    assert purchase.ship_by == NOW + DAY


def test_one_parcel_told_of_twice_in_one_page_is_one_with_all_its_scans(
    session: Session,
) -> None:
    purchase = at_supplier(session)
    reports = [
        report(parcels=(parcel("1", 2, SHIPPED),)),
        report(parcels=(parcel("1", 1, DELIVERED),)),
    ]

    apply_reports(session, reports, NOW)

    assert len(session.exec(select(Shipment)).all()) == 1
    assert (purchase.status, purchase.handed_over_at) == (P.DELIVERED, SHIPPED[1])


def test_what_was_accepted_line_by_line_is_kept_by_a_later_word_in_one_page(
    session: Session,
) -> None:
    at_supplier(session)
    some = report(R.PARTLY_ACCEPTED, items=(ItemReport("S1-A", 1),))

    apply_reports(session, [some, report(R.PARTLY_ACCEPTED)], NOW)

    assert session.exec(select(PurchaseOrderLine.accepted_quantity)).one() == 1
