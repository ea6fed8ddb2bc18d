"""The operator sees all of one order, and decides about it."""

import pytest
from sqlmodel import col, select

from erp.accounts.models import Role
from erp.fulfilment.lifecycle import PurchaseStatus, ReturnStatus
from erp.fulfilment.models import (
    Decision,
    PurchaseOrderLine,
    Return,
    Shipment,
    ShipmentLine,
)
from erp.orders.holds import hold, open_holds
from erp.orders.lifecycle import HoldReason, LineStatus, NextStep, OrderStatus
from erp.orders.models import Order
from suppliers.contract import ScanKind
from tests.erp.web.pages.orders.stored import order_of
from tests.factories import (
    make_purchase_order,
    make_supplier,
    order_lines,
)


def test_an_order_page_shows_holds_with_what_releasing_means(operator, held):
    page = operator.get(f"/orders/{held['#9001']}").text
    assert "The channel rates its risk high" in page
    assert "you trust this customer" in page
    assert "Held: High fraud risk" in page


def test_one_hold_is_released_by_its_reason(operator, sessions, held, now):
    order_id = held["#9001"]
    with sessions.writing() as session:
        order = session.get(Order, order_id)
        hold(session, order, HoldReason.UNPAID, {"payment": "pending"}, now)
    operator.submit(f"/orders/{order_id}/release", reason="unpaid")
    with sessions.reading() as session:
        left = open_holds(session, session.get(Order, order_id))
    assert [each.reason for each in left] == [HoldReason.FRAUD_RISK]


def test_an_unknown_reason_releases_nothing(operator, sessions, held):
    order_id = held["#9001"]
    answer = operator.submit(f"/orders/{order_id}/release", reason="whatever")
    assert answer.status_code == 400
    with sessions.reading() as session:
        assert open_holds(session, session.get(Order, order_id))


def test_an_order_is_cancelled(operator, sessions, held):
    operator.submit(f"/orders/{held['#9001']}/cancel")
    assert order_of(sessions, held["#9001"]).status is OrderStatus.CANCELLED


def test_an_order_in_flight_is_not_cancelled(operator, sessions, held):
    with sessions.writing() as session:
        order = session.get(Order, held["#9003"])
        supplier = make_supplier(session)
        make_purchase_order(session, order, supplier, PurchaseStatus.SENDING)
    told = operator.submit(f"/orders/{held['#9003']}/cancel", True)
    assert "Not cancelled" in told.text
    assert order_of(sessions, held["#9003"]).next_step is NextStep.CHECK


def test_the_page_shows_the_decision_with_every_candidate(operator, sessions, held):
    with sessions.writing() as session:
        order = session.get(Order, held["#9003"])
        line = order_lines(session, order)[0]
        verdicts = [
            _verdict(line, "S1", "dearer", 0, 900),
            _verdict(line, "S2", "chosen", 1, 700),
            _verdict(line, "S3", "cost_unknown", 0, None),
        ]
        record = {"verdicts": verdicts, "landed_cost_cents": 700, "margin_cents": 300}
        row = Decision(
            order_id=order.id, made_at=order.placed_at, outcome="routed", record=record
        )
        session.add(row)
    page = operator.get(f"/orders/{held['#9003']}").text
    assert page.index(">S2<") < page.index(">S1<") < page.index(">S3<")
    assert "Dearer" in page
    assert "$9.00" in page


def _verdict(line, supplier, why, quantity, score_cents):
    return {
        "line_id": line.id,
        "offer_id": 1,
        "supplier": supplier,
        "why": why,
        "quantity": quantity,
        "score_cents": score_cents,
        "extra_cents": None,
        "free_quantity": 5,
        "lead_time_days": 3,
        "age_seconds": 7200,
    }


def test_an_unknown_margin_is_never_a_zero(operator, held):
    page = operator.get(f"/orders/{held['#9003']}").text
    money = page.partition('id="money"')[2].partition("</section>")[0]
    assert "unknown until" in money
    assert "<dt>Margin</dt><dd>—</dd>" in money


@pytest.fixture
def shipped(sessions, held, now):
    """All of #9003 is on its way: one unit."""
    with sessions.writing() as session:
        order = session.get(Order, held["#9003"])
        order.next_step = None
        supplier = make_supplier(session)
        line = order_lines(session, order)[0]
        purchase = make_purchase_order(
            session, order, supplier, PurchaseStatus.SHIPPED, handed_over_at=now
        )
        parcel = Shipment(
            purchase_order_id=purchase.id,
            shipment_id="1",
            carrier="UPS",
            tracking_number="TR-1",
            status=ScanKind.PICKED_UP,
            shipped_at=now,
        )
        session.add(parcel)
        session.flush()
        lines = _purchase_lines(session, purchase)
        session.add(
            ShipmentLine(
                shipment_id=parcel.id, purchase_order_line_id=lines[0].id, quantity=1
            )
        )
        line.status = LineStatus.SHIPPED
        return {"order": order.id, "line": line.id}


def _purchase_lines(session, purchase):
    query = select(PurchaseOrderLine)
    where = col(PurchaseOrderLine.purchase_order_id) == purchase.id
    return session.exec(query.where(where)).all()


def test_a_return_is_requested_from_the_order(operator, sessions, shipped):
    answer = operator.submit(
        f"/orders/{shipped['order']}/return",
        **{f"units-{shipped['line']}": "1", "reason": "damaged", "note": "box crushed"},
    )
    assert answer.status_code == 303
    with sessions.reading() as session:
        made = session.exec(select(Return)).one()
    assert made.status is ReturnStatus.REQUESTED
    assert answer.location == f"/returns/{made.reference}"


@pytest.mark.parametrize("units", ["2", "0", "", "one", "-1", "9" * 30])
def test_a_return_of_impossible_units_keeps_what_was_typed(operator, shipped, units):
    answer = operator.submit(
        f"/orders/{shipped['order']}/return",
        **{f"units-{shipped['line']}": units, "reason": "damaged", "note": "crushed"},
    )
    assert answer.status_code == 422
    assert "no more than was shipped" in answer.text
    assert ">crushed</textarea>" in answer.text


def test_a_viewer_looks_and_changes_nothing(sign_in_as, sessions, held):
    viewer = sign_in_as(Role.VIEWER)
    order_id = held["#9001"]
    page = viewer.get(f"/orders/{order_id}").text
    assert "Release" not in page
    assert 'name="order"' not in viewer.get("/orders").text
    for path in (f"/orders/{order_id}/release", f"/orders/{order_id}/cancel"):
        assert viewer.submit(path).status_code == 403
    bulk = viewer.submit(
        "/orders/bulk", action="cancel", order=order_id, confirmed="yes"
    )
    assert bulk.status_code == 403
    assert order_of(sessions, order_id).status is OrderStatus.HELD


def test_an_order_nobody_has_is_not_found(operator):
    assert operator.get("/orders/77").status_code == 404
    assert operator.submit("/orders/77/release").status_code == 404
