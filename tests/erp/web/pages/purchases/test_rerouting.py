"""What a supplier let down goes to another by one click; its clocks have a page."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from erp.accounts.models import AuditEntry, Role
from erp.fulfilment.lifecycle import Overdue, PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.orders.holds import hold, open_holds
from erp.orders.lifecycle import HoldReason, NextStep
from erp.orders.models import Order
from suppliers.models import Reroute, Supplier
from tests.factories import (
    make_offer,
    make_order,
    make_product,
    make_purchase_order,
    make_supplier,
)

TYPED = {
    "acknowledge_days": "2",
    "handling_days": "4",
    "cut_off": "15:00",
    "time_zone": "Asia/Jerusalem",
    "workdays": ["7", "1", "2", "3", "4"],
    "calendar": "il",
    "closed_days": "2026-12-24..2026-12-26",
    "reroute": "auto",
}


@pytest.fixture
def operator(sign_in_as):
    return sign_in_as(Role.OPERATOR)


@pytest.fixture
def overdue(sessions, now):
    """An order whose supplier has not answered; its id."""
    with sessions.writing() as session:
        order = make_order(session, name="#77", next_step=None)
        supplier = make_supplier(session, "S1")
        purchase = make_purchase_order(
            session, order, supplier, PurchaseStatus.SENT, overdue="acknowledgement"
        )
        facts = {
            "supplier": "S1",
            "purchase_order": purchase.reference,
            "overdue": Overdue.ACKNOWLEDGEMENT.value,
            "due_at": (now - timedelta(days=1)).isoformat(),
            "instead": "S2",
        }
        hold(session, order, HoldReason.SUPPLIER_OVERDUE, facts, now)
        return order.id


def read_purchase(session: Session) -> PurchaseOrder:
    return session.exec(select(PurchaseOrder)).one()


def test_home_names_what_a_supplier_let_down_and_offers_one_click(operator, overdue):
    page = operator.get("/").text

    assert "Let down by a supplier" in page
    assert "Not answered in time: it was due" in page
    assert f'action="/orders/{overdue}/reroute"' in page


def test_a_viewer_is_offered_nothing(sign_in_as, overdue):
    viewer = sign_in_as(Role.VIEWER)

    assert "/reroute" not in viewer.get("/").text
    assert "/reroute" not in viewer.get(f"/orders/{overdue}").text
    assert viewer.submit(f"/orders/{overdue}/reroute").status_code == 403


def test_one_click_asks_the_supplier_to_let_go(operator, overdue, sessions):
    answer = operator.submit(f"/orders/{overdue}/reroute", back="home", follow=True)

    assert "on its yes another one is asked" in answer.text
    with sessions.reading() as session:
        purchase = read_purchase(session)
        assert (purchase.status, purchase.reroutes) == (
            PurchaseStatus.CANCELLING,
            True,
        )
        assert open_holds(session, session.get_one(Order, overdue)) == []


def test_after_a_no_the_units_are_routed_at_once(operator, sessions, now):
    with sessions.writing() as session:
        order = make_order(session, next_step=None)
        facts = {"supplier": "S1", "reject_reason": "inventory_out_of_stock"}
        hold(session, order, HoldReason.SUPPLIER_REJECTED, facts, now)
        order_id = order.id

    operator.submit(f"/orders/{order_id}/reroute")

    with sessions.reading() as session:
        assert session.get_one(Order, order_id).next_step is NextStep.ROUTE


def test_there_may_be_nothing_to_reroute(operator, sessions):
    with sessions.writing() as session:
        order_id = make_order(session, lines=(), next_step=None).id

    answer = operator.submit(f"/orders/{order_id}/reroute", follow=True)

    assert "There was nothing to re-route." in answer.text
    assert operator.submit("/orders/999/reroute").status_code == 404


def test_what_is_ours_to_put_right_is_said(operator, sessions, now):
    with sessions.writing() as session:
        order = make_order(session, next_step=None)
        facts = {"supplier": "S1", "reject_reason": "incorrect_address", "ours": "yes"}
        hold(session, order, HoldReason.SUPPLIER_REJECTED, facts, now)
        order_id = order.id

    assert "this is ours to put right" in operator.get(f"/orders/{order_id}").text


def test_a_paused_suppliers_queue_goes_to_others(operator, sessions, now):
    with sessions.writing() as session:
        order = make_order(session, next_step=None)
        paused = make_supplier(session, "S1", is_paused=True)
        make_purchase_order(session, order, paused)
        make_offer(
            session, make_product(session), make_supplier(session, "S2"), as_of=now
        )
    assert "Re-route its queue" in operator.get("/suppliers/S1").text

    answer = operator.submit("/suppliers/S1/reroute", follow=True)

    assert "1 purchase order goes to other suppliers." in answer.text
    with sessions.reading() as session:
        assert read_purchase(session).status is PurchaseStatus.CANCELLED
    assert operator.submit("/suppliers/nobody/reroute").status_code == 404
    again = operator.submit("/suppliers/S1/reroute", follow=True)
    assert "Nothing waits there." in again.text


def test_what_stays_in_a_queue_is_said_with_its_reason_and_a_link(operator, sessions):
    """Pain: 3 of 40 moved, and nobody could tell what the others waited for."""
    with sessions.writing() as session:
        paused = make_supplier(session, "S1", is_paused=True)
        for number in range(7):
            order = make_order(session, name=f"#{number}", next_step=None)
            make_purchase_order(session, order, paused, reference=f"P-{number}")
        order = make_order(session, name="#sending", next_step=None)
        make_purchase_order(
            session, order, paused, PurchaseStatus.SENDING, reference="P-sending"
        )

    text = operator.submit("/suppliers/S1/reroute", follow=True).text

    assert "7 purchase orders stay: No other supplier" in text
    assert 'href="/purchases/P-0">P-0</a>' in text
    assert "and 2 more" in text
    assert "1 purchase order stays: it is being sent right now." in text
    assert "Nothing waits there." not in text


@pytest.fixture
def known(sessions):
    with sessions.writing() as session:
        make_supplier(session, "S1")
    return sessions


def test_clocks_are_set_on_a_page_of_their_own(operator, known):
    assert 'value="12345"' not in operator.get("/suppliers/S1/clock").text

    answer = operator.submit("/suppliers/S1/clock", **TYPED)

    assert answer.status_code == 303
    with known.reading() as session:
        supplier = session.exec(select(Supplier)).one()
        audit = session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc()))
        assert "cut_off" in audit.first().detail
    assert (supplier.acknowledge_days, supplier.handling_days) == (2, 4)
    assert (supplier.cut_off, supplier.time_zone) == ("15:00", "Asia/Jerusalem")
    assert (supplier.workdays, supplier.calendar) == ("12347", "IL")
    assert supplier.closed_days == "2026-12-24..2026-12-26"
    assert supplier.reroute is Reroute.AUTO
    assert "Asia/Jerusalem" in operator.get("/suppliers/S1/clock").text


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("acknowledge_days", "soon"),
        ("handling_days", "-1"),
        ("cut_off", "25:00"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("time_zone", ""),
        ("workdays", []),
        ("workdays", ["9"]),
        ("calendar", "XX"),
        ("calendar", "DE-XX"),
        ("closed_days", "never"),
        ("closed_days", "2020-01-01..2020-12-31 2022-01-01..2022-12-31"),
        ("closed_days", "2026-01-01 " * 300),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(operator, known, name, typed):
    answer = operator.submit("/suppliers/S1/clock", **(TYPED | {name: typed}))

    assert answer.status_code == 422
    assert f'id="error-{name}"' in answer.text
    with known.reading() as session:
        assert session.exec(select(Supplier)).one().acknowledge_days == 1


def test_an_unknown_supplier_has_no_clock(operator):
    assert operator.get("/suppliers/nobody/clock").status_code == 404
    assert operator.submit("/suppliers/nobody/clock", **TYPED).status_code == 404
