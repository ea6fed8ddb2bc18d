"""What was shipped was accepted, what was delivered was shipped, told or not."""

import pytest
from sqlmodel import Session, col, select

from erp.fulfilment.lifecycle import NEXT_PURCHASE, implied_steps
from erp.fulfilment.tracking.reports import apply_reports
from erp.orders.models import OrderEvent
from suppliers.contract import ItemReport, PurchaseReport
from tests.erp.fulfilment.tracking.telling import (
    DELIVERED,
    HOUR,
    SHIPPED,
    P,
    R,
    at_supplier,
    holds,
    parcel,
    report,
    tell,
    timeline,
)
from tests.factories import NOW


def shipped(**given: object) -> PurchaseReport:
    return report(parcels=(parcel("1", 2, SHIPPED),), **given)


def test_a_yes_and_its_parcel_between_two_polls_are_both_told(
    session: Session,
) -> None:
    at_supplier(session)

    tell(session, shipped(acknowledged_at=NOW - HOUR), shipped())

    assert timeline(session) == [
        "purchase_accepted",
        "parcel_shipped",
        "purchase_shipped",
    ]
    kind = col(OrderEvent.kind) == "purchase_accepted"
    facts = session.exec(select(OrderEvent.facts).where(kind)).one()
    assert facts["acknowledged_at"] == (NOW - HOUR).isoformat()


def test_nobody_told_when_it_was_accepted(session: Session) -> None:
    purchase = at_supplier(session)

    tell(session, shipped(status=R.RECEIVED))

    assert timeline(session)[0] == "purchase_accepted"
    facts = session.exec(select(OrderEvent.facts).order_by(col(OrderEvent.id))).first()
    assert facts == {"reference": "P-1", "supplier": "S1"}
    assert purchase.acknowledged_at is None


def test_a_delivery_out_of_nothing_passes_every_step(session: Session) -> None:
    at_supplier(session)

    tell(session, report(parcels=(parcel("1", 2, SHIPPED, DELIVERED),)))

    assert timeline(session) == [
        "purchase_accepted",
        "parcel_shipped",
        "parcel_delivered",
        "purchase_shipped",
        "purchase_delivered",
    ]


def test_what_was_told_is_not_told_again(session: Session) -> None:
    at_supplier(session)

    tell(session, report(R.ACCEPTED))
    tell(session, shipped())
    tell(session, report(parcels=(parcel("1", 2, SHIPPED, DELIVERED),)))

    assert [kind for kind in timeline(session) if kind.startswith("purchase")] == [
        "purchase_accepted",
        "purchase_shipped",
        "purchase_delivered",
    ]


def test_a_part_that_was_accepted_and_shipped_was_accepted_in_part(
    session: Session,
) -> None:
    at_supplier(session, (("A", 5, 1000),))
    told = report(
        R.PARTLY_ACCEPTED,
        items=(ItemReport("S1-A", 3),),
        parcels=(parcel("1", 3, SHIPPED),),
    )

    tell(session, told, told)

    assert timeline(session) == [
        "purchase_partly_accepted",
        "parcel_shipped",
        "purchase_shipped",
    ]
    assert holds(session) == ["supplier_shortfall"]


@pytest.mark.parametrize(
    ("was_answered", "first"),
    [(False, "purchase_accepted"), (True, "parcel_shipped")],
    ids=["not answered", "answered"],
)
def test_goods_on_their_way_end_a_cancellation_with_a_yes_of_their_own(
    session: Session, was_answered: bool, first: str
) -> None:
    purchase = at_supplier(session, status=P.CANCELLING)
    purchase.acknowledged_at = NOW if was_answered else None

    apply_reports(session, [shipped()], NOW)

    assert purchase.status is P.SHIPPED
    assert timeline(session)[0] == first


@pytest.mark.parametrize("then", [P.SHIPPED, P.DELIVERED])
@pytest.mark.parametrize("was_answered", [False, True])
def test_every_implied_step_is_a_move_of_the_table(then: P, was_answered: bool) -> None:
    for now in (status for status in P if then in NEXT_PURCHASE[status]):
        steps = implied_steps(now, then, was_answered=was_answered, is_partial=False)
        for step in (*steps, then):
            assert step in NEXT_PURCHASE[now]
            now = step
