"""A purchase order that ended and is shipped all the same: kept, told, and held."""

import pytest
from sqlmodel import Session, col, select

from erp.fulfilment.decisions import cancel_order
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine, Scan, ShipmentLine
from erp.fulfilment.tracking.reports import apply_reports
from erp.orders.holds import release
from erp.orders.lifecycle import HoldReason, LineStatus, NextStep, OrderStatus
from erp.orders.models import Hold, Order, OrderEvent
from suppliers.contract import ParcelReport
from tests.erp.fulfilment.tracking.telling import (
    DELIVERED,
    SHIPPED,
    P,
    R,
    at_supplier,
    holds,
    order_of,
    parcel,
    report,
    tell,
    timeline,
)
from tests.factories import NOW, make_purchase_order, make_supplier, order_lines

H = HoldReason


def ended(session: Session, units: int = 2, said: R = R.CANCELLED) -> PurchaseOrder:
    """Ended by its supplier; what it held is open again, and released to routing."""
    purchase = at_supplier(session, (("A", units, 1000),))
    tell(session, report(said))
    release(session, order_of(session, purchase), NOW, by="ada")
    return purchase


def bought_again(session: Session, order: Order, status: P = P.SENT) -> PurchaseOrder:
    other = make_supplier(session, "S2")
    again = make_purchase_order(session, order, other, status, reference="P-2")
    order.status, order.next_step = OrderStatus.ALLOCATED, None
    session.flush()
    return again


def facts_of_hold(session: Session) -> dict[str, str]:
    open_ones = select(Hold).where(col(Hold.closed_at).is_(None))
    return session.exec(open_ones).one().facts


def statuses(session: Session, order: Order) -> list[LineStatus]:
    lines = order_lines(session, order)
    for line in lines:
        session.refresh(line)
    return [line.status for line in lines]


@pytest.mark.parametrize(
    ("said", "status"),
    [(R.REJECTED, PurchaseStatus.REJECTED), (R.CANCELLED, PurchaseStatus.CANCELLED)],
)
def test_its_parcel_is_kept_and_a_human_is_asked(
    session: Session, said: R, status: PurchaseStatus
) -> None:
    purchase = ended(session, said=said)
    order = order_of(session, purchase)

    tell(session, report(said, parcels=(parcel("1", 2, SHIPPED),)))

    assert purchase.status is status
    assert purchase.handed_over_at is None
    assert session.exec(select(ShipmentLine.quantity)).all() == [2]
    assert session.exec(select(Scan.kind, Scan.at)).all() == [SHIPPED]
    assert timeline(session)[-1] == "parcel_shipped_after_end"
    told = col(OrderEvent.kind) == "parcel_shipped_after_end"
    facts = session.exec(select(OrderEvent.facts).where(told)).one()
    assert facts == {"reference": "P-1", "carrier": "UPS", "tracking": "T1"}
    assert holds(session) == [H.SHIPPED_AFTER_END]
    assert facts_of_hold(session) == {"supplier": "S1", "parcels": "T1"}
    assert (order.status, order.next_step) == (OrderStatus.HELD, None)


def test_a_release_is_the_last_word_on_a_parcel(session: Session) -> None:
    purchase = ended(session)
    order = order_of(session, purchase)
    told = report(R.CANCELLED, parcels=(parcel("1", 2, SHIPPED),))
    tell(session, told, told)

    release(session, order, NOW, by="ada")
    tell(session, told)
    home = report(R.CANCELLED, parcels=(parcel("1", 2, SHIPPED, DELIVERED),))
    tell(session, home, told, home)

    assert holds(session) == []
    kinds = timeline(session)
    assert kinds.count("parcel_shipped_after_end") == 1
    assert kinds.count("parcel_delivered") == 1
    assert statuses(session, order) == [LineStatus.DELIVERED]
    assert len(session.exec(select(Scan)).all()) == 2


def test_what_is_on_its_way_is_not_open_any_more(session: Session) -> None:
    """Else a release would buy it again."""
    purchase = ended(session)
    order = order_of(session, purchase)

    tell(session, report(R.CANCELLED, parcels=(parcel("1", 2, SHIPPED),)))

    assert statuses(session, order) == [LineStatus.SHIPPED]


def test_each_parcel_asks_once_and_an_open_hold_names_them_all(
    session: Session,
) -> None:
    purchase = ended(session, 3)
    order = order_of(session, purchase)
    first, second, third = (parcel(name, 1, SHIPPED) for name in "123")

    tell(session, report(R.CANCELLED, parcels=(first,)))
    tell(session, report(R.CANCELLED, parcels=(first, second)))
    assert facts_of_hold(session)["parcels"] == "T1, T2"
    release(session, order, NOW, by="ada")
    tell(session, report(R.CANCELLED, parcels=(first, second, third)))

    assert facts_of_hold(session)["parcels"] == "T3"
    assert timeline(session).count("parcel_shipped_after_end") == 3


def test_a_label_alone_is_no_parcel_on_its_way(session: Session) -> None:
    ended(session)

    tell(session, report(R.CANCELLED, parcels=(parcel("1", 2),)))

    assert holds(session) == []
    assert "parcel_shipped_after_end" not in timeline(session)


def test_goods_bought_again_meanwhile_may_arrive_twice(session: Session) -> None:
    purchase = ended(session)
    order = order_of(session, purchase)
    again = bought_again(session, order)

    tell(session, report(R.CANCELLED, parcels=(parcel("1", 2, SHIPPED),)))

    assert facts_of_hold(session)["elsewhere"] == "S2"
    assert (purchase.status, again.status) == (P.CANCELLED, P.SENT)
    live = select(PurchaseOrderLine.purchase_order_id).where(
        col(PurchaseOrderLine.is_live)
    )
    assert session.exec(live).all() == [again.id]
    release(session, order, NOW, by="ada")
    second = ParcelReport("1", "UPS", "T9", (("S2-A", 2),))
    tell(session, report(reference="P-2", parcels=(second,)))
    assert statuses(session, order) == [LineStatus.SHIPPED]
    assert again.status is P.ACCEPTED
    assert holds(session) == []


def test_an_order_that_was_delivered_by_another_is_held_too(session: Session) -> None:
    purchase = ended(session)
    order = order_of(session, purchase)
    bought_again(session, order)
    home = parcel("9", 2, SHIPPED, DELIVERED, sku="A")
    by_other = ParcelReport("9", "UPS", "T9", (("S2-A", 2),), home.scans)
    tell(session, report(reference="P-2", parcels=(by_other,)))
    assert order.status is OrderStatus.DELIVERED

    tell(session, report(R.CANCELLED, parcels=(parcel("1", 2, SHIPPED),)))

    assert order.status is OrderStatus.HELD
    assert statuses(session, order) == [LineStatus.DELIVERED]
    release(session, order, NOW, by="ada")
    assert order.status is OrderStatus.DELIVERED


def test_a_cancelled_order_stays_cancelled_and_is_held(session: Session) -> None:
    """Nobody buys it again; a human should know that the customer gets it."""
    purchase = at_supplier(session)
    order = order_of(session, purchase)
    cancel_order(session, order, NOW, by="ada")
    apply_reports(session, [report(R.CANCELLED)], NOW, answers_cancel=True)
    assert order.status is OrderStatus.CANCELLED

    tell(session, report(R.CANCELLED, parcels=(parcel("1", 2, SHIPPED),)))

    assert holds(session) == [H.SHIPPED_AFTER_END]
    assert statuses(session, order) == [LineStatus.CANCELLED]
    release(session, order, NOW, by="ada")
    assert order.status is OrderStatus.CANCELLED


def test_a_parcel_of_unknown_contents_names_all_who_were_asked_instead(
    session: Session,
) -> None:
    purchase = ended(session)
    bought_again(session, order_of(session, purchase))
    unknown = ParcelReport("1", "", "", (), parcel("1", 0, SHIPPED).scans)

    tell(session, report(R.CANCELLED, parcels=(unknown,)))

    assert facts_of_hold(session) == {
        "supplier": "S1",
        "parcels": "1",
        "elsewhere": "S2",
    }


def test_a_release_looks_for_the_rest_alone(session: Session) -> None:
    purchase = ended(session, 5)
    order = order_of(session, purchase)

    tell(session, report(R.CANCELLED, parcels=(parcel("1", 3, SHIPPED),)))

    assert statuses(session, order) == [LineStatus.OPEN]
    release(session, order, NOW, by="ada")
    assert order.next_step is NextStep.CHECK
