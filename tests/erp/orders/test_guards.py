"""Each guard names its reason to wait, with the numbers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from erp.orders.guards import (
    GUARDS,
    Customer,
    GuardPolicy,
    LineFacts,
    OrderFacts,
    Rival,
    judge,
    margin_facts,
)
from erp.orders.lifecycle import HoldReason
from erp.orders.profit import OfferTerms, Sold, cheapest_landed_cents

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
POLICY = GuardPolicy(timedelta(days=3), 500, timedelta(hours=24))
ADA = Customer("ada@x.com", "Ada", "12 Analytical St", "London", "N1", "GB")
OFFER = OfferTerms("S1", 500, 0, 0, 0)
LINE = LineFacts("A", True, 2, 1000, 0, None, (OFFER,))
GOOD = OrderFacts(
    payment="paid",
    risk="low",
    currency="USD",
    shipping_cents=0,
    placed_at=NOW - timedelta(hours=1),
    paid_at=NOW - timedelta(hours=1),
    cancelled_at=None,
    customer=ADA,
    lines=(LINE,),
    items=(("A", 2),),
)
EARLIER = Rival("#7", GOOD.placed_at - timedelta(minutes=5), ADA, GOOD.items)


def found(facts, policy=POLICY):
    return {each.reason.value: each.facts for each in judge(facts, policy, NOW)}


def with_line(**changes):
    return replace(GOOD, lines=(replace(LINE, **changes),))


def test_an_order_in_order_waits_for_nothing():
    assert found(GOOD) == {}


CASES = {
    "pending": (replace(GOOD, payment="pending"), "unpaid", {"payment": "pending"}),
    "authorized only": (
        replace(GOOD, payment="authorized"),
        "unpaid",
        {"payment": "authorized"},
    ),
    "money given back": (
        replace(GOOD, payment="refunded"),
        "unpaid",
        {"payment": "refunded"},
    ),
    "cancelled": (
        replace(GOOD, cancelled_at=NOW),
        "cancelled_at_channel",
        {"cancelled_at": "2026-03-02T09:00:00+00:00"},
    ),
    "sent in part": (
        replace(GOOD, fulfilment="partial"),
        "fulfilled_at_channel",
        {"fulfilment": "partial"},
    ),
    "risk": (
        replace(GOOD, risk="high"),
        "fraud_risk",
        {"risk": "high"},
    ),
    "old since paid": (
        replace(GOOD, paid_at=NOW - timedelta(days=4)),
        "too_old",
        {"paid_days": "4", "limit_days": "3"},
    ),
    "old since placed": (
        replace(GOOD, paid_at=None, placed_at=NOW - timedelta(days=9)),
        "too_old",
        {"placed_days": "9", "limit_days": "3"},
    ),
    "unknown SKU": (
        with_line(is_known=False, offers=()),
        "unknown_sku",
        {"skus": "A"},
    ),
    "no street": (
        replace(GOOD, customer=replace(ADA, address1=" ", city="")),
        "incomplete_address",
        {"missing": "street, city"},
    ),
    "no postal code": (
        replace(GOOD, customer=replace(ADA, postal_code="")),
        "incomplete_address",
        {"missing": "postal_code"},
    ),
    "no offer": (with_line(offers=()), "cost_unknown", {"skus": "A"}),
    "offer without cost": (
        with_line(offers=(replace(OFFER, unit_cost_cents=None),)),
        "cost_unknown",
        {"skus": "A"},
    ),
    "named supplier without cost": (
        with_line(
            named_supplier="S2",
            offers=(OFFER, replace(OFFER, supplier="S2", unit_cost_cents=None)),
        ),
        "cost_unknown",
        {"skus": "A"},
    ),
    "margin": (
        with_line(offers=(replace(OFFER, order_fee_cents=950),)),
        "margin_below_floor",
        margin_facts(50, 2000, "USD", 500),
    ),
    "margin after discount": (
        with_line(discount_cents=990),
        "margin_below_floor",
        margin_facts(10, 1010, "USD", 500),
    ),
    "duplicate": (
        replace(GOOD, rivals=(EARLIER,)),
        "possible_duplicate",
        {"order": "#7", "minutes": "5"},
    ),
}


@pytest.mark.parametrize(("facts", "reason", "noted"), CASES.values(), ids=CASES)
def test_a_reason_to_wait_is_named_with_its_numbers(facts, reason, noted):
    assert found(facts) == {reason: noted}


FINE = {
    "partly refunded": replace(GOOD, payment="partially_refunded"),
    "medium risk": replace(GOOD, risk="medium"),
    "risk unknown": replace(GOOD, risk=None),
    "exactly at the age limit": replace(GOOD, paid_at=NOW - timedelta(days=3)),
    "postal code not in use": replace(
        GOOD, customer=replace(ADA, country="HK", postal_code="")
    ),
    "named supplier has no offer": with_line(named_supplier="S9"),
    "margin exactly at the floor": with_line(
        offers=(replace(OFFER, order_fee_cents=900),)
    ),
    "shipping charged pays the fee": replace(
        with_line(offers=(replace(OFFER, order_fee_cents=950),)), shipping_cents=100
    ),
    "another offer is cheap enough": with_line(
        offers=(replace(OFFER, unit_cost_cents=2000), replace(OFFER, supplier="S2"))
    ),
    "other items": replace(GOOD, rivals=(replace(EARLIER, items=(("A", 1),)),)),
    "long ago": replace(
        GOOD,
        rivals=(replace(EARLIER, placed_at=GOOD.placed_at - timedelta(hours=25)),),
    ),
    "somebody else": replace(
        GOOD,
        rivals=(replace(EARLIER, customer=replace(ADA, email="b@x.com", name="Bob")),),
    ),
}


@pytest.mark.parametrize("facts", FINE.values(), ids=FINE)
def test_what_is_near_but_fine_does_not_wait(facts):
    assert found(facts) == {}


def test_the_same_person_at_the_same_door_is_the_same_customer():
    other = replace(EARLIER, customer=replace(ADA, email="a2@x.com", name="ADA"))
    assert "possible_duplicate" in found(replace(GOOD, rivals=(other,)))


def test_limits_can_be_switched_off():
    loose = GuardPolicy(None, None, timedelta(0))
    facts = replace(
        with_line(offers=(replace(OFFER, unit_cost_cents=9_000),)),
        paid_at=NOW - timedelta(days=900),
    )
    assert found(facts, loose) == {}


def test_what_a_human_waved_through_is_not_found_again():
    facts = replace(
        GOOD, payment="pending", risk="high", waived=frozenset({HoldReason.UNPAID})
    )
    assert set(found(facts)) == {"fraud_risk"}


def test_questions_of_admission_are_settled_once_a_supplier_was_asked():
    facts = replace(
        GOOD,
        is_started=True,
        paid_at=NOW - timedelta(days=9),
        rivals=(EARLIER,),
        risk="high",
    )
    assert set(found(facts)) == {"fraud_risk"}


def test_many_unknown_skus_are_counted_and_not_all_listed():
    lines = [replace(LINE, sku=f"X{n}", is_known=False, offers=()) for n in range(8)]
    noted = found(replace(GOOD, lines=tuple(lines)))
    assert noted == {"unknown_sku": {"skus": "X0, X1, X2, X3, X4", "more": "3"}}


def test_every_guard_has_a_case():
    assert {reason.value for reason in GUARDS} == {
        reason for _, reason, _ in CASES.values()
    }


money = st.integers(0, 5_000)
offers = st.lists(
    st.builds(OfferTerms, st.sampled_from(["S1", "S2"]), money, money, money, money),
    min_size=1,
    max_size=6,
).map(tuple)


@given(st.lists(st.builds(Sold, st.integers(1, 5), offers), min_size=1, max_size=6))
def test_the_least_cost_is_never_more_than_any_way_to_buy(lines):
    """So that no order is held for its margin that routing could make good."""
    first = [line.offers[0] for line in lines]
    by_supplier = {}
    for offer, line in zip(first, lines, strict=True):
        by_supplier.setdefault(offer.supplier, []).append((offer, line.quantity))
    some_way = 0
    for bought in by_supplier.values():
        terms, units = bought[0][0], sum(quantity for _, quantity in bought)
        some_way += sum(offer.unit_cost_cents * quantity for offer, quantity in bought)
        some_way += terms.order_fee_cents + terms.first_item_shipping_cents
        some_way += terms.extra_item_shipping_cents * (units - 1)
    assert cheapest_landed_cents(lines) <= some_way
