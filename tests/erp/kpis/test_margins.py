from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from erp.kpis.margins import Bought, CameBack, Purchase, Sale, Sold, parts
from inventory.pricing import MILLION

cents = st.integers(0, 50_000)


def sale(lines, **given):
    values = {
        "shipping_cents": 0,
        "purchases": {1: Purchase(0, MILLION)},
        "returns": [],
        "rate_millionths": MILLION,
    } | given
    return Sale(lines=dict(enumerate(lines, start=1)), **values)


def sold(product="A", units=1, price=1000, *, bought=(), **given):
    values = {"ordered_units": units, "discount_cents": 0} | given
    return Sold(
        product=product, units=units, price_cents=price, bought=bought, **values
    )


def test_revenue_less_cost_is_what_is_left():
    order = sale(
        [
            sold(
                units=2, price=1000, bought=[Bought(1, "S1", 2, 400)], discount_cents=50
            )
        ],
        shipping_cents=300,
        purchases={1: Purchase(75, MILLION)},
    )

    (part,) = parts(order)

    assert part.revenue_cents == 2000 + 300 - 50
    assert part.cost_cents == 800 + 75


def test_a_unit_without_a_supplier_makes_the_margin_unknown():
    order = sale([sold(units=2, bought=[Bought(1, "S1", 1, 400)])])

    assert parts(order) is None


def test_a_missing_rate_makes_the_margin_unknown():
    bought = [Bought(1, "S1", 1, 400)]

    assert parts(sale([sold(bought=bought)], rate_millionths=None)) is None
    assert parts(sale([sold(bought=bought)], purchases={1: Purchase(0, None)})) is None


def test_a_rate_turns_cost_and_revenue_into_the_store_s_currency():
    order = sale(
        [sold(price=1000, bought=[Bought(1, "S1", 1, 400)])],
        purchases={1: Purchase(100, 2 * MILLION)},
        rate_millionths=MILLION // 2,
    )

    (part,) = parts(order)

    assert (part.revenue_cents, part.cost_cents) == (500, 500)


def test_cancelled_units_take_their_part_of_the_discounts_with_them():
    order = sale(
        [
            sold(
                units=1,
                ordered_units=2,
                discount_cents=20,
                bought=[Bought(1, "S1", 1, 400)],
            ),
            sold("B", units=0, ordered_units=2),
        ],
    )

    (part,) = parts(order)

    assert part.revenue_cents == 1000 - 10


def test_a_refund_and_a_credit_go_to_the_line_that_came_back():
    order = sale(
        [
            sold("A", price=1000, bought=[Bought(1, "S1", 1, 400)]),
            sold("B", price=1000, bought=[Bought(2, "S2", 1, 400)]),
        ],
        purchases={1: Purchase(0, MILLION), 2: Purchase(0, MILLION)},
        returns=[CameBack(refund_cents=900, credit_cents=300, units={2: 1})],
    )

    first, second = parts(order)

    assert (first.revenue_cents, first.cost_cents) == (1000, 400)
    assert (second.revenue_cents, second.cost_cents) == (100, 100)


@st.composite
def sales(draw):
    count = draw(st.integers(1, 4))
    lines = []
    for number in range(count):
        split = draw(st.lists(st.integers(1, 5), min_size=1, max_size=2))
        bought = [
            Bought(draw(st.integers(1, 3)), f"S{at}", units, draw(cents))
            for at, units in enumerate(split)
        ]
        units, price = sum(split), draw(cents)
        discount = draw(st.integers(0, units * price))
        lines.append(
            sold(f"P{number}", units, price, bought=bought, discount_cents=discount)
        )
    return sale(
        lines,
        shipping_cents=draw(cents),
        purchases={number: Purchase(draw(cents), MILLION) for number in (1, 2, 3)},
        returns=draw(
            st.lists(
                st.builds(
                    CameBack,
                    refund_cents=cents,
                    credit_cents=cents,
                    units=st.dictionaries(
                        st.integers(1, count), st.integers(1, 3), min_size=1
                    ),
                ),
                max_size=2,
            )
        ),
    )


@given(sales())
def test_the_parts_of_an_order_add_up_to_it_exactly(order):
    found = parts(order)

    used = {b.purchase_id for line in order.lines.values() for b in line.bought}
    assert sum(p.revenue_cents for p in found) == (
        sum(
            line.units * line.price_cents - line.discount_cents
            for line in order.lines.values()
        )
        + order.shipping_cents
        - sum(back.refund_cents for back in order.returns)
    )
    assert sum(p.cost_cents for p in found) == (
        sum(
            b.units * b.unit_cost_cents
            for line in order.lines.values()
            for b in line.bought
        )
        + sum(order.purchases[each].extra_cents for each in used)
        - sum(back.credit_cents for back in order.returns)
    )


@given(sales(), st.integers(1, 5 * MILLION))
def test_in_another_currency_the_parts_still_add_up(order, rate_millionths):
    own = parts(order)
    order.rate_millionths = rate_millionths
    theirs = parts(order)

    for name in ("revenue_cents", "cost_cents"):
        exact = Fraction(sum(getattr(p, name) for p in own) * rate_millionths, MILLION)
        assert abs(sum(getattr(p, name) for p in theirs) - exact) <= Fraction(1, 2)
