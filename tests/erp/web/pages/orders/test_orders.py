"""The operator finds orders, and decides about many at once."""

import csv
import io

import pytest

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.orders.lifecycle import NextStep, OrderStatus
from erp.orders.models import Order
from tests.erp.web.pages.orders.stored import order_of
from tests.factories import (
    make_contact,
    make_order,
    make_purchase_order,
    make_supplier,
)


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
    assert order_of(sessions, ids[0]).status is OrderStatus.HELD

    done = operator.submit(
        "/orders/bulk", True, action="release", order=ids, confirmed="yes"
    )
    assert "2 orders released." in done.text
    assert order_of(sessions, ids[0]).next_step is NextStep.CHECK


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
    assert order_of(sessions, ids[0]).status is OrderStatus.CANCELLED
    assert order_of(sessions, ids[1]).status is OrderStatus.RECEIVED
    assert order_of(sessions, ids[1]).next_step is NextStep.CHECK


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
