"""What is billed is held against what was agreed, unit by unit and cent by cent."""

import pytest

from erp.fulfilment.invoicing.lifecycle import Difference as D
from erp.fulfilment.invoicing.lifecycle import LineKind
from erp.fulfilment.invoicing.matching import (
    Agreed,
    AgreedItem,
    Billed,
    Tolerance,
    compare,
)

ITEM, SHIPPING, FEE, TAX = LineKind
TERMS = {
    "P": Agreed(
        "USD",
        is_dead=False,
        items={"A": AgreedItem(3, 500), "B": AgreedItem(1, 900), "C": AgreedItem(0, 5)},
        fee_cents=100,
        shipping_cents=400,
    ),
    "LATER": Agreed("USD", False, {"A": AgreedItem(3, 500, 2)}, 100, 400, 100, 300),
    "DEAD": Agreed("USD", True, {"A": AgreedItem(3, 500)}, 0, 0),
    "EURO": Agreed("EUR", False, {"A": AgreedItem(3, 500)}, 0, 0),
}
STRICT = Tolerance(tax_percent=30)


def bill(*lines, total=None):
    billed = [
        Billed(at, kind, reference, sku, quantity, cents)
        for at, (kind, reference, sku, quantity, cents) in enumerate(lines, 1)
    ]
    whole = sum(each.cents for each in billed) if total is None else total
    return compare(billed, TERMS, currency="USD", total_cents=whole)


AS_AGREED = {
    "all of it": [
        (ITEM, "P", "A", 3, 500),
        (ITEM, "P", "B", 1, 900),
        (FEE, "P", "", 1, 100),
        (SHIPPING, "P", "", 1, 400),
    ],
    "a part": [(ITEM, "P", "A", 1, 500)],
    "in two lines": [(ITEM, "P", "A", 1, 500), (ITEM, "P", "A", 2, 500)],
    "the rest of an earlier one": [
        (ITEM, "LATER", "A", 1, 500),
        (SHIPPING, "LATER", "", 1, 100),
    ],
    "taxes on top": [(ITEM, "P", "A", 1, 500), (TAX, "P", "", 1, 95)],
}


@pytest.mark.parametrize("lines", AS_AGREED.values(), ids=AS_AGREED)
def test_what_was_agreed_needs_nobody(lines):
    found = bill(*lines)
    assert found.found == ()
    assert not found.needs_decision(STRICT)


WRONG = {
    "no such purchase order": ((ITEM, "Q", "A", 1, 500), D.UNKNOWN_PURCHASE, 500),
    "shipping of none": ((SHIPPING, "", "", 1, 400), D.UNKNOWN_PURCHASE, 400),
    "no such SKU": ((ITEM, "P", "Z", 2, 500), D.UNKNOWN_SKU, 1000),
    "a unit too many": ((ITEM, "P", "A", 4, 500), D.QUANTITY, 500),
    "not a unit accepted": ((ITEM, "P", "C", 1, 5), D.NOT_ACCEPTED, 5),
    "a rejected purchase order": ((ITEM, "DEAD", "A", 1, 500), D.NOT_ACCEPTED, 500),
    "billed before": ((ITEM, "LATER", "A", 2, 500), D.BILLED_TWICE, 500),
    "another currency": ((ITEM, "EURO", "A", 1, 500), D.CURRENCY, 500),
    "dearer": ((ITEM, "P", "A", 2, 510), D.COST, 20),
    "cheaper": ((ITEM, "P", "A", 2, 490), D.COST, -20),
    "a higher fee": ((FEE, "P", "", 1, 130), D.FEE, 30),
    "shipping billed before": ((SHIPPING, "LATER", "", 1, 400), D.SHIPPING, 300),
}


@pytest.mark.parametrize(("line", "kind", "by_cents"), WRONG.values(), ids=WRONG)
def test_a_difference_is_named_with_what_it_costs(line, kind, by_cents):
    found = bill(line)
    assert [(each.kind, each.position) for each in found.found] == [(kind, 1)]
    assert found.by_cents == by_cents
    assert found.needs_decision(STRICT)


def test_units_in_two_lines_of_one_invoice_are_billed_twice():
    found = bill((ITEM, "P", "A", 2, 500), (ITEM, "P", "A", 2, 500))
    (each,) = found.found
    assert (each.kind, each.position) == (D.BILLED_TWICE, 2)
    assert (each.agreed, each.billed, each.by_cents) == (1, 2, 500)


def test_a_sum_that_is_wrong_is_said():
    (each,) = bill((ITEM, "P", "A", 1, 500), total=700).found
    assert (each.kind, each.position, each.by_cents) == (D.TOTAL, None, 200)


def test_a_small_amount_or_a_small_share_may_be_overlooked():
    found = bill((ITEM, "P", "A", 2, 510))
    assert not found.needs_decision(Tolerance(cents=20))
    assert found.needs_decision(Tolerance(cents=19))
    assert not found.needs_decision(Tolerance(percent=2))
    assert found.needs_decision(Tolerance(percent=1))


def test_a_cheap_line_does_not_make_good_a_dear_one():
    found = bill((ITEM, "P", "A", 1, 600), (ITEM, "P", "B", 1, 800))
    assert found.by_cents == 0
    assert found.needs_decision(Tolerance(cents=199))
    assert not found.needs_decision(Tolerance(cents=200))


GOODS = (ITEM, "P", "A", 2, 500)
TOO_HIGH = {
    "a single one": [GOODS, (TAX, "P", "", 1, 999_900)],
    "a cent too much": [GOODS, (TAX, "P", "", 1, 301)],
    "in two lines": [GOODS, (TAX, "P", "", 1, 200), (TAX, "P", "", 1, 101)],
    "on nothing": [(TAX, "P", "", 1, 1)],
    "on what was not agreed": [(ITEM, "P", "Z", 9, 900), (TAX, "P", "", 1, 1)],
}


@pytest.mark.parametrize("lines", TOO_HIGH.values(), ids=TOO_HIGH)
def test_taxes_above_their_share_of_what_was_agreed_are_never_overlooked(lines):
    found = bill(*lines)
    last = found.differences(STRICT)[-1]
    assert (last.kind, last.position) == (D.TAX, len(lines))
    assert found.needs_decision(Tolerance(100, 1_000_000, tax_percent=30))


def test_taxes_up_to_their_share_need_nobody():
    found = bill(GOODS, (SHIPPING, "P", "", 1, 400), (TAX, "P", "", 1, 420))
    assert not found.needs_decision(STRICT)
    assert found.differences(STRICT) == ()


def test_a_unit_that_nobody_accepted_is_never_overlooked():
    assert bill((ITEM, "P", "C", 1, 1)).needs_decision(Tolerance(100, 100_000))
