"""The operator finds orders, decides what waits, and sees all of one order."""

import csv
import io

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
from tests.factories import (
    make_contact,
    make_order,
    make_product,
    make_purchase_order,
    make_supplier,
    order_lines,
)


@pytest.fixture
def operator(sign_in_as):
    return sign_in_as(Role.OPERATOR)


@pytest.fixture
def held(sessions, now):
    """Two held orders, ids by name, and one that goes its way."""
    with sessions.writing() as session:
        make_product(session)
        ids = {}
        for name in ("#9001", "#9002"):
            order = make_order(session, name=name, next_step=None)
            hold(session, order, HoldReason.FRAUD_RISK, {"risk": "high"}, now)
            ids[name] = order.id
        ids["#9003"] = make_order(session, name="#9003").id
    return ids


def _order(sessions, order_id):
    with sessions.reading() as session:
        return session.get(Order, order_id)


def test_an_empty_store_is_told_what_to_do_next(operator):
    page = operator.get("/orders")
    assert page.status_code == 200
    assert "erp import orders" in page.text


def test_the_list_shows_orders_with_their_holds(operator, held):
    page = operator.get("/orders")
    assert page.status_code == 200
    assert "#9001" in page.text
    assert "High fraud risk" in page.text


def test_search_and_filters_stand_in_the_address(operator, held):
    assert "#9003" not in operator.get("/orders?reason=fraud_risk").text
    found = operator.get("/orders?q=9003&status=received&sort=oldest").text
    assert "#9003" in found
    assert "#9001" not in found
    assert 'value="9003"' in found
    assert "Nothing matches" in operator.get("/orders?q=nobody").text


def test_what_the_address_cannot_mean_asks_for_nothing(operator, held):
    odd = "/orders?status=lost&from=32-13-2026&since=x&sort=up&mark=a1&late=&q=%00"
    page = operator.get(odd)
    assert page.status_code == 200
    assert "#9001" in page.text


def test_late_orders_and_those_of_a_supplier_are_found(operator, sessions, held, clock):
    with sessions.writing() as session:
        order = session.get(Order, held["#9003"])
        supplier = make_supplier(session, "S7")
        make_purchase_order(
            session, order, supplier, PurchaseStatus.SENT, ship_by=clock()
        )
    clock.move(hours=1)
    for query in ("late=yes", "supplier=S7"):
        page = operator.get(f"/orders?{query}").text
        assert "#9003" in page
        assert "#9001" not in page


def test_long_lists_go_on_on_the_next_page(operator, sessions):
    with sessions.writing() as session:
        contact = make_contact(session)
        for number in range(51):
            make_order(session, name=f"N{number:03}", contact=contact)
    first = operator.get("/orders?status=received").text
    assert "N000" not in first
    mark = first.partition('rel="next" href="')[2].partition('"')[0]
    second = operator.get(mark.replace("&amp;", "&")).text
    assert "N000" in second
    assert "N050" not in second


def test_releasing_many_asks_first_and_names_them(operator, sessions, held):
    ids = [held["#9001"], held["#9002"]]
    asked = operator.submit("/orders/bulk", action="release", order=ids)
    assert asked.status_code == 200
    assert "Release 2 orders?" in asked.text
    assert "#9002" in asked.text
    assert _order(sessions, ids[0]).status is OrderStatus.HELD

    done = operator.submit(
        "/orders/bulk", True, action="release", order=ids, confirmed="yes"
    )
    assert "2 orders released." in done.text
    assert _order(sessions, ids[0]).next_step is NextStep.CHECK


def test_those_that_needed_nothing_are_not_counted_as_done(operator, sessions, held):
    told = operator.submit(
        "/orders/bulk", True, action="release", order=[*held.values()], confirmed="yes"
    ).text
    assert "2 orders released." in told
    assert "1 was not held." in told
    answer = {"action": "cancel", "order": [held["#9001"]], "confirmed": "yes"}
    assert "1 order cancelled." in operator.submit("/orders/bulk", True, **answer).text
    again = operator.submit("/orders/bulk", True, **answer).text
    assert "1 had nothing left to cancel." in again


def test_what_a_link_narrowed_the_list_to_is_said_and_kept(operator, held):
    page = operator.get("/orders?product=A&since=2026-03-01T00:00:00%2B00:00").text
    assert "Only these:" in page
    assert '<input type="hidden" name="product" value="A">' in page
    assert 'name="since" value="2026-03-01T00:00:00+00:00"' in page
    assert "Only these:" not in operator.get("/orders?since=yesterday").text


def test_all_that_match_are_chosen_with_one_tick(operator, sessions, held):
    asked = operator.submit(
        "/orders/bulk?reason=fraud_risk", action="cancel", all="yes"
    )
    assert "Cancel 2 orders?" in asked.text
    assert "#9003" not in asked.text


@pytest.mark.parametrize("number", ["9" * 30, "-" + "9" * 30, "0", "x"])
def test_a_tick_at_no_order_chooses_nothing(operator, held, number):
    answer = operator.submit("/orders/bulk", action="release", order=number)
    assert answer.status_code < 400


def test_cancelling_many_keeps_the_filters_and_names_what_could_not(
    operator, sessions, held
):
    with sessions.writing() as session:
        order = session.get(Order, held["#9003"])
        make_purchase_order(
            session, order, make_supplier(session), PurchaseStatus.UNKNOWN
        )
    ids = [held["#9001"], held["#9003"]]
    answer = operator.submit(
        "/orders/bulk?sort=oldest", action="cancel", order=ids, confirmed="yes"
    )
    assert answer.status_code == 303
    assert answer.location == "/orders?sort=oldest"
    told = operator.get(answer.location).text
    assert "1 order cancelled." in told
    assert "Not cancelled" in told
    assert _order(sessions, ids[0]).status is OrderStatus.CANCELLED
    assert _order(sessions, ids[1]).status is OrderStatus.RECEIVED
    assert _order(sessions, ids[1]).next_step is NextStep.CHECK


def test_choosing_nothing_changes_nothing(operator, held):
    told = operator.submit("/orders/bulk", True, action="cancel", order="9" * 40)
    assert "Choose at least one order." in told.text
    assert operator.submit("/orders/bulk", action="explode").status_code == 400


def test_the_file_is_safe_to_open_in_a_spreadsheet(operator, sessions):
    with sessions.writing() as session:
        contact = make_contact(session, name='=HYPERLINK("http://evil")')
        make_order(session, name="@SUM(1)", contact=contact)
    answer = operator.get("/orders/export.csv?sort=oldest")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert not any(cell.startswith(("=", "@", "+", "-")) for cell in rows[1])


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
    assert _order(sessions, held["#9001"]).status is OrderStatus.CANCELLED


def test_an_order_in_flight_is_not_cancelled(operator, sessions, held):
    with sessions.writing() as session:
        order = session.get(Order, held["#9003"])
        supplier = make_supplier(session)
        make_purchase_order(session, order, supplier, PurchaseStatus.SENDING)
    told = operator.submit(f"/orders/{held['#9003']}/cancel", True)
    assert "Not cancelled" in told.text
    assert _order(sessions, held["#9003"]).next_step is NextStep.CHECK


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
    assert _order(sessions, order_id).status is OrderStatus.HELD


def test_an_order_nobody_has_is_not_found(operator):
    assert operator.get("/orders/77").status_code == 404
    assert operator.submit("/orders/77/release").status_code == 404
