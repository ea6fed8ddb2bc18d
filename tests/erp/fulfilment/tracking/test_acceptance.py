"""How much a supplier takes on, and what becomes of the rest."""

import pytest
from sqlmodel import Session, col, select

from erp.fulfilment.models import PurchaseOrderLine
from erp.orders.lifecycle import HoldReason, LineStatus
from erp.orders.models import Hold
from suppliers.contract import (
    ItemReport,
    RejectReason,
    ReportedStatus,
)
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
)
from tests.factories import (
    order_lines,
)


def test_two_lines_of_one_product_share_a_part_acceptance(session: Session) -> None:
    purchase = at_supplier(session, (("A", 2, 1000), ("A", 3, 1000)))

    tell(session, report(R.PARTLY_ACCEPTED, items=(ItemReport("S1-A", 3),)))

    query = select(PurchaseOrderLine).order_by(col(PurchaseOrderLine.id))
    assert [row.accepted_quantity for row in session.exec(query)] == [2, 1]
    lines = order_lines(session, order_of(session, purchase))
    assert [line.status for line in lines] == [LineStatus.ALLOCATED, LineStatus.OPEN]


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
