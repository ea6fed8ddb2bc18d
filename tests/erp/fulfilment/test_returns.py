"""Goods come back: each unit once, in parts, and with whoever bears the cost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import Session, col, select

from config.database import Sessions
from erp.fulfilment.lifecycle import (
    CostBearer,
    PurchaseStatus,
    ReturnReason,
    ReturnStatus,
)
from erp.fulfilment.models import Return
from erp.fulfilment.returns import (
    ReturnError,
    authorise,
    receive,
    refuse,
    request,
    returnable_units,
    settle,
)
from erp.fulfilment.tracking.reports import apply_reports
from erp.orders.lifecycle import LineStatus, MoveError, OrderStatus
from erp.orders.models import Order
from suppliers.contract import (
    ParcelReport,
    PurchaseReport,
    ReportedStatus,
    ScanKind,
    ScanReport,
)
from tests.erp.fulfilment.trade import EVERYWHERE
from tests.factories import (
    NOW,
    make_order,
    make_purchase_order,
    make_supplier,
    order_lines,
)


def delivered(session: Session, quantity: int = 3, arrived: int | None = None) -> Order:
    """An order of so many units at 1000 cents, of which so many have arrived."""
    order = make_order(session, (("A", quantity, 1000),), next_step=None)
    make_purchase_order(
        session,
        order,
        make_supplier(session),
        PurchaseStatus.ACCEPTED,
        reference=f"P-{order.id}",
    )
    scans = (
        ScanReport(ScanKind.PICKED_UP, NOW),
        ScanReport(ScanKind.DELIVERED, NOW),
    )
    units = quantity if arrived is None else arrived
    parcel = ParcelReport("1", "UPS", "T1", (("S1-A", units),), scans)
    report = PurchaseReport(
        f"P-{order.id}", "S-1", ReportedStatus.ACCEPTED, parcels=(parcel,)
    )
    apply_reports(session, [report], NOW)
    return order


def line_id(session: Session, order: Order) -> int:
    (line,) = order_lines(session, order)
    return line.id or 0


def line_status(session: Session, order: Order) -> LineStatus:
    (line,) = order_lines(session, order)
    return line.status


def asked(session: Session, order: Order, units: int) -> Return:
    wanted = {line_id(session, order): units}
    return request(session, order, wanted, ReturnReason.DAMAGED, "", NOW, by="ada")


def came_back(session: Session, order: Order, units: int) -> Return:
    made = asked(session, order, units)
    authorise(session, made, NOW, by="ada")
    receive(session, made, NOW, by="ada")
    return made


def pay(session: Session, made: Return, refund_cents: int, credit: int | None) -> None:
    settle(
        session,
        made,
        refund_cents=refund_cents,
        supplier_credit_cents=credit,
        cost_bearer=CostBearer.SUPPLIER,
        now=NOW,
        by="ada",
    )


def test_a_return_goes_from_request_to_refund(session: Session) -> None:
    order = delivered(session)
    made = came_back(session, order, 3)

    pay(session, made, 3000, 1500)

    assert made.status is ReturnStatus.SETTLED
    assert (made.refund_cents, made.supplier_credit_cents) == (3000, 1500)
    assert (made.requested_at, made.ended_at) == (NOW, NOW)
    assert line_status(session, order) is LineStatus.RETURNED
    assert order.status is OrderStatus.RETURNED


def test_a_part_of_a_line_comes_back_and_the_rest_stays(session: Session) -> None:
    order = delivered(session)

    came_back(session, order, 1)

    assert line_status(session, order) is LineStatus.DELIVERED
    assert returnable_units(session, order) == {line_id(session, order): 2}


def test_two_part_returns_make_a_whole_one(session: Session) -> None:
    order = delivered(session)

    first, second = came_back(session, order, 1), came_back(session, order, 2)

    assert first.reference != second.reference
    assert order.status is OrderStatus.RETURNED


def test_a_unit_is_returned_once(session: Session) -> None:
    """Pain: returns of dropshipped goods were counted twice."""
    order = delivered(session)
    asked(session, order, 2)

    with pytest.raises(ReturnError, match="1 can be returned"):
        asked(session, order, 2)


def test_a_refused_return_can_be_asked_for_again(session: Session) -> None:
    order = delivered(session)
    refuse(session, asked(session, order, 3), "too old", NOW, by="ada")

    again = asked(session, order, 3)

    assert again.status is ReturnStatus.REQUESTED
    assert line_status(session, order) is LineStatus.DELIVERED


def test_only_what_was_shipped_comes_back(session: Session) -> None:
    order = delivered(session, 3, arrived=2)

    with pytest.raises(ReturnError, match="2 can be returned"):
        asked(session, order, 3)
    came_back(session, order, 2)

    assert line_status(session, order) is not LineStatus.RETURNED


@pytest.mark.parametrize("units", [0, -1])
def test_a_return_has_units(session: Session, units: int) -> None:
    order = delivered(session)

    with pytest.raises(ReturnError):
        asked(session, order, units)
    assert session.exec(select(Return)).all() == []


def test_a_return_is_of_its_own_order(session: Session) -> None:
    order, other = delivered(session), delivered(session)

    with pytest.raises(ReturnError, match="is not of order"):
        request(
            session,
            order,
            {line_id(session, other): 1},
            ReturnReason.OTHER,
            "",
            NOW,
            by="ada",
        )


def test_no_more_is_refunded_than_was_paid(session: Session) -> None:
    order = delivered(session)
    first, second = came_back(session, order, 1), came_back(session, order, 2)
    pay(session, first, 2500, None)

    with pytest.raises(ReturnError, match="between 0 and 500"):
        pay(session, second, 501, None)
    pay(session, second, 500, 0)

    assert first.supplier_credit_cents is None  # nobody knows yet; it is not nothing


@pytest.mark.parametrize(("refund", "credit"), [(-1, 0), (0, -1)])
def test_no_amount_is_negative(session: Session, refund: int, credit: int) -> None:
    made = came_back(session, delivered(session), 1)

    with pytest.raises(ReturnError):
        pay(session, made, refund, credit)
    assert made.status is ReturnStatus.RECEIVED


def test_a_settled_return_is_not_settled_again(session: Session) -> None:
    made = came_back(session, delivered(session), 1)
    pay(session, made, 100, 50)

    with pytest.raises(MoveError):
        pay(session, made, 900, 900)
    with pytest.raises(MoveError):
        refuse(session, made, "changed our mind", NOW, by="ada")

    assert (made.refund_cents, made.supplier_credit_cents) == (100, 50)
    assert made.note == ""


def test_nothing_is_settled_before_it_is_back(session: Session) -> None:
    made = asked(session, delivered(session), 1)

    with pytest.raises(MoveError):
        pay(session, made, 100, 0)
    with pytest.raises(MoveError):
        receive(session, made, NOW, by="ada")

    assert (made.status, made.refund_cents) == (ReturnStatus.REQUESTED, None)
    assert (made.received_at, made.ended_at) == (None, None)


@EVERYWHERE
def test_two_requests_at_once_do_not_return_a_unit_twice(store: Sessions) -> None:
    with store.writing() as session:
        order_id = delivered(session, 3).id

    def ask(_: int) -> bool:
        try:
            with store.writing() as session:
                asked(session, session.get_one(Order, order_id), 2)
        except ReturnError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        granted = list(pool.map(ask, range(4)))

    assert sorted(granted) == [False, False, False, True]


@EVERYWHERE
def test_two_humans_settle_a_return_once(store: Sessions) -> None:
    with store.writing() as session:
        order = delivered(session)
        return_id = came_back(session, order, 1).id

    def decide(refund_cents: int) -> bool:
        try:
            with store.writing() as session:
                pay(session, session.get_one(Return, return_id), refund_cents, None)
        except MoveError:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        decided = list(pool.map(decide, (100, 200, 300)))

    assert sorted(decided) == [False, False, True]
    with store.reading() as session:
        refund = session.exec(
            select(Return.refund_cents).where(col(Return.id) == return_id)
        ).one()
    assert refund == (100, 200, 300)[decided.index(True)]
