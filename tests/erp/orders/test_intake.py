"""Every order is taken in once, and a known one follows its channel's facts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from erp.orders.intake import LARGEST_BATCH, Verdict, accept, accept_many
from erp.orders.intake_rows import line_discounts, sums
from erp.orders.lifecycle import LineStatus, NextStep, OrderStatus
from erp.orders.models import Channel, Contact, Hold, Order, OrderEvent, OrderLine
from inventory.models import DailyDemand
from tests.asked import asked_line
from tests.erp.orders.read_orders import read
from tests.factories import make_product


@pytest.fixture
def take(sessions, now):
    """Takes in an order changed so; what became of it."""

    def run(**changes):
        with sessions.writing() as session:
            return accept(session, read(**changes), now)

    return run


@pytest.fixture
def stored(sessions):
    """All rows of a table."""

    def run(model):
        with sessions.reading() as session:
            return list(session.exec(select(model)))

    return run


def events(stored):
    return [(each.kind, each.facts) for each in stored(OrderEvent)]


def test_a_new_order_is_stored_whole_and_waits_to_be_checked(
    sessions, take, stored, now
):
    with sessions.writing() as session:
        product = make_product(session, "A")
    answer = take(lines=[asked_line(), asked_line(sku="B")], total="20.00")
    assert answer.verdict is Verdict.CREATED
    (order,), lines, (contact,) = stored(Order), stored(OrderLine), stored(Contact)
    assert order.id == answer.order_id
    assert (order.status, order.next_step) == (OrderStatus.RECEIVED, NextStep.CHECK)
    assert (order.subtotal_cents, order.total_cents) == (2000, 2000)
    assert order.received_at == now
    assert [(x.position, x.sku, x.product_id) for x in lines] == [
        (1, "A", product.id),
        (2, "B", None),
    ]
    assert (contact.email, contact.city) == ("ada@example.com", "London")
    assert events(stored) == [("order_received", {"channel": "web"})]


def test_demand_counts_the_units_of_known_products_on_the_day_they_were_ordered(
    sessions, take, stored
):
    with sessions.writing() as session:
        make_product(session, "A")
    for number in ("1", "2"):
        lines = [asked_line(quantity=2, unit_price="5.00"), asked_line(sku="B")]
        take(external_id=number, lines=lines, total="20.00")
    (demand,) = stored(DailyDemand)
    assert (str(demand.day), demand.channel, demand.units) == ("2026-03-02", "web", 4)


def test_a_channel_exists_from_its_first_order_on(take, stored):
    take(channel="spring-fair")
    assert [(each.code, each.name) for each in stored(Channel)] == [
        ("spring-fair", "Spring-Fair")
    ]


def test_the_same_order_again_changes_nothing(take, stored):
    first, second = take(), take()
    assert second.verdict is Verdict.UNCHANGED
    assert second.order_id == first.order_id
    assert len(stored(Order)) == len(stored(Contact)) == len(stored(OrderEvent)) == 1


def test_the_same_id_on_another_channel_is_another_order(take, stored):
    take(channel="web")
    assert take(channel="shop").verdict is Verdict.CREATED
    assert len(stored(Order)) == 2


def test_a_payment_that_arrives_is_taken_over_and_the_order_checked_again(
    sessions, take, stored, now
):
    take(payment="pending", paid_at=None)
    with sessions.writing() as session:
        session.exec(select(Order)).one().next_step = None
    assert take(payment="paid").verdict is Verdict.UPDATED
    (order,) = stored(Order)
    assert (order.payment, order.next_step) == ("paid", NextStep.CHECK)
    kind, facts = events(stored)[-1]
    assert kind == "order_updated"
    assert "payment: pending → paid" in facts["what"]


def test_an_older_export_takes_no_payment_back(take, stored):
    take(payment="paid")
    assert take(payment="pending", paid_at=None).verdict is Verdict.UNCHANGED
    assert stored(Order)[0].payment == "paid"


CONTRADICTIONS = {
    "other quantity": (
        {"lines": [asked_line(quantity=2)], "total": "20.00"},
        {"lines", "total"},
    ),
    "other SKU": ({"lines": [asked_line(sku="B")]}, {"lines"}),
    "one line more": (
        {"lines": [asked_line(), asked_line(unit_price="0")]},
        {"lines"},
    ),
    "other currency": ({"currency": "EUR"}, {"currency"}),
    "other shipping": ({"shipping": "1.00", "total": "11.00"}, {"shipping", "total"}),
}


@pytest.mark.parametrize(
    ("changes", "fields"), CONTRADICTIONS.values(), ids=CONTRADICTIONS
)
def test_a_known_order_with_other_goods_or_money_is_refused(
    take, stored, changes, fields
):
    take()
    answer = take(**changes)
    assert answer.verdict is Verdict.REFUSED
    assert {problem.field for problem in answer.problems} == fields
    assert len(stored(Order)) == len(stored(OrderLine)) == 1
    assert stored(Order)[0].total_cents == 1000


def test_a_mended_address_is_taken_over_while_no_supplier_was_asked(take, stored):
    take(ship_to={"name": "Ada"})
    assert take().verdict is Verdict.UPDATED
    assert stored(Contact)[0].city == "London"


def start(sessions):
    """As if a supplier had been asked for everything."""
    with sessions.writing() as session:
        for line in session.exec(select(OrderLine)):
            line.status = LineStatus.ALLOCATED
        for order in session.exec(select(Order)):
            order.next_step, order.status = None, OrderStatus.ALLOCATED


def test_an_address_that_changes_after_suppliers_were_asked_is_refused(
    sessions, take, stored
):
    take()
    start(sessions)
    answer = take(ship_to={"name": "Ada", "city": "Paris"})
    assert answer.verdict is Verdict.REFUSED
    assert [problem.field for problem in answer.problems] == ["ship_to"]
    assert stored(Contact)[0].city == "London"


def test_an_order_cancelled_after_suppliers_were_asked_waits_for_a_human(
    sessions, take, stored
):
    take()
    start(sessions)
    take(cancelled_at="2026-03-02T09:00:00Z")
    (hold,), (order,) = stored(Hold), stored(Order)
    assert hold.reason == "cancelled_at_channel"
    assert (order.status, order.next_step) == (OrderStatus.HELD, None)


def test_each_item_of_a_batch_has_its_own_verdict(sessions, now, take, stored):
    take(external_id="known")
    batch = [
        read(external_id="new"),
        read(external_id="known"),
        read(external_id="new"),
        read(external_id="new", name="#2"),
        read(external_id="other"),
    ]
    with sessions.writing() as session:
        answers = accept_many(session, batch, now)
    assert [answer.verdict.value for answer in answers] == [
        "created",
        "unchanged",
        "unchanged",
        "refused",
        "created",
    ]
    assert {order.external_id for order in stored(Order)} == {"known", "new", "other"}


def test_a_batch_beyond_the_limit_is_turned_down(sessions, now):
    with sessions.writing() as session, pytest.raises(ValueError, match="at most"):
        accept_many(session, [read()] * (LARGEST_BATCH + 1), now)


def test_an_empty_batch_is_nothing(sessions, now):
    with sessions.writing() as session:
        assert accept_many(session, [], now) == []


cents = st.integers(0, 50_000)


@given(st.lists(st.tuples(st.integers(1, 9), cents), min_size=1, max_size=6), cents)
def test_discounts_of_the_lines_add_up_to_the_orders_and_none_exceeds_its_line(
    lines, discount
):
    goods = sum(quantity * price for quantity, price in lines)
    shipping = max(discount - goods, 0)
    order = read(
        lines=[
            asked_line(quantity=quantity, unit_price=f"{price / 100:.2f}")
            for quantity, price in lines
        ],
        discount=f"{discount / 100:.2f}",
        shipping=f"{shipping / 100:.2f}",
        total=f"{(goods + shipping - discount) / 100:.2f}",
    )
    parts, amounts = line_discounts(order), sums(order)
    assert sum(parts) == amounts["discount_cents"] == min(discount, goods)
    assert amounts["shipping_cents"] == 0
    assert all(
        0 <= part <= line.goods_cents
        for part, line in zip(parts, order.lines, strict=True)
    )
