"""A parcel that goes back to its sender: nobody has the goods, and a human is asked."""

from itertools import permutations

import pytest
from sqlmodel import Session, col, select

from erp.orders.holds import release
from erp.orders.lifecycle import HoldReason, OrderStatus
from erp.orders.models import Hold
from suppliers.contract import ParcelReport, ScanKind
from tests.erp.fulfilment.tracking.telling import (
    DAY,
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
from tests.factories import NOW, make_purchase_order, make_supplier

BACK = (ScanKind.RETURNED, NOW + 5 * DAY)
AT_SENDER = (ScanKind.DELIVERED, NOW + 6 * DAY)
ASKED = HoldReason.RETURNED_TO_SENDER


def facts(session: Session) -> dict[str, str]:
    open_ones = select(Hold).where(col(Hold.closed_at).is_(None))
    return session.exec(open_ones).one().facts


def test_the_order_waits_for_a_human(session: Session) -> None:
    purchase = at_supplier(session)

    tell(session, report(parcels=(parcel("1", 2, SHIPPED, BACK),)))

    assert holds(session) == [ASKED]
    assert facts(session) == {"supplier": "S1", "returned": "T1"}
    assert order_of(session, purchase).status is OrderStatus.HELD
    assert "parcel_returned" in timeline(session)
    assert (purchase.status, purchase.delivered_at) == (P.SHIPPED, None)


def test_nobody_is_asked_twice_about_one_parcel(session: Session) -> None:
    purchase = at_supplier(session)
    tell(session, report(parcels=(parcel("1", 2, SHIPPED, BACK),)))
    release(session, order_of(session, purchase), NOW, by="ada")
    later = (ScanKind.RETURNED, NOW + 7 * DAY)
    late = (ScanKind.IN_TRANSIT, NOW + 2 * DAY)

    for scans in ((SHIPPED, BACK), (BACK, later), (late, BACK), (AT_SENDER,)):
        tell(session, report(parcels=(parcel("1", 2, *scans),)))

    assert holds(session) == []
    assert timeline(session).count("parcel_returned") == 1


def test_each_parcel_is_asked_about(session: Session) -> None:
    purchase = at_supplier(session, (("A", 3, 1000),))
    order = order_of(session, purchase)
    first, second, third = (parcel(name, 1, SHIPPED, BACK) for name in "123")

    tell(session, report(parcels=(first,)), report(parcels=(first, second)))
    assert facts(session) == {"supplier": "S1", "returned": "T1, T2"}
    release(session, order, NOW, by="ada")
    tell(session, report(parcels=(first, second, third)))

    assert facts(session)["returned"] == "T3"


def test_one_hold_names_all_suppliers_it_happened_to(session: Session) -> None:
    purchase = at_supplier(session)
    tell(session, report(R.CANCELLED))
    release(session, order_of(session, purchase), NOW, by="ada")
    other = make_supplier(session, "S2")
    order = order_of(session, purchase)
    make_purchase_order(session, order, other, P.SENT, reference="P-2")
    session.flush()

    for reference, name, sku in (("P-1", "1", "S1-A"), ("P-2", "2", "S2-A")):
        scans = parcel("1", 0, SHIPPED, BACK).scans
        back = ParcelReport(name, "UPS", f"T{name}", ((sku, 2),), scans)
        tell(session, report(reference=reference, parcels=(back,)))

    about = select(Hold.facts).where(col(Hold.reason) == ASKED)
    assert session.exec(about).all() == [{"supplier": "S1, S2", "returned": "T1, T2"}]


@pytest.mark.parametrize("order_told", [*permutations((SHIPPED, BACK, AT_SENDER))])
def test_what_is_delivered_to_its_sender_is_not_delivered(
    session: Session, order_told: tuple[tuple[ScanKind, object], ...]
) -> None:
    """Carriers say "delivered" of that too; and they tell it in any order."""
    purchase = at_supplier(session)

    for scan in order_told:
        tell(session, report(parcels=(parcel("1", 2, scan),)))

    assert holds(session) == [ASKED]
    assert purchase.delivered_at is None
    assert purchase.handed_over_at == SHIPPED[1]
    release(session, order_of(session, purchase), NOW, by="ada")


def test_what_had_arrived_before_it_came_back_was_delivered(session: Session) -> None:
    purchase = at_supplier(session)

    tell(session, report(parcels=(parcel("1", 2, SHIPPED, DELIVERED, BACK),)))

    assert (purchase.status, purchase.delivered_at) == (P.DELIVERED, DELIVERED[1])
    assert holds(session) == [ASKED]


def test_a_parcel_that_comes_back_though_its_purchase_order_ended_is_told_too(
    session: Session,
) -> None:
    purchase = at_supplier(session)
    tell(session, report(R.CANCELLED))
    release(session, order_of(session, purchase), NOW, by="ada")

    tell(session, report(R.CANCELLED, parcels=(parcel("1", 2, SHIPPED, BACK),)))

    assert set(holds(session)) == {HoldReason.SHIPPED_AFTER_END, ASKED}
