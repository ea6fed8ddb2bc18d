"""Routing finds what trying every way finds, in any market."""

import json
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from erp.fulfilment.sourcing.candidates import (
    Parcels,
    Why,
)
from erp.fulfilment.sourcing.routing import plan, to_record
from tests.erp.fulfilment.sourcing import brute_force


@settings(max_examples=400, deadline=None)
@given(brute_force.markets())
def test_no_allowed_way_is_cheaper_or_needs_fewer_parcels_for_the_same(market):
    wanted, offers, policy = market
    costs = [
        (brute_force.cost(way), brute_force.parcels(way))
        for way in brute_force.ways(wanted, offers, policy)
    ]
    decided = plan(wanted, offers, policy)
    assert decided.is_exact
    assert decided.is_ready == bool(costs)
    if costs:
        assert decided.landed_cost_cents == min(costs)[0]
        if policy.parcels is not Parcels.IGNORE:
            assert len(decided.totals) == min(costs)[1]


@settings(max_examples=200, deadline=None)
@given(brute_force.markets())
def test_what_is_assigned_is_allowed_whole_and_in_stock(market):
    wanted, offers, policy = market
    decided = plan(wanted, offers, policy)
    by_id = {o.offer_id: o for o in offers}
    lines = {w.line_id: w for w in wanted.lines}
    served: Counter[int] = Counter()
    drawn: Counter[int] = Counter()
    for part in decided.assignments:
        served[part.line_id] += part.quantity
        drawn[part.offer_id] += part.quantity
        assert brute_force.may_serve(
            lines[part.line_id], by_id[part.offer_id], wanted.country
        )
    assert all(drawn[at] <= by_id[at].free_quantity for at in drawn)
    if decided.assignments:
        assert served == {w.line_id: w.quantity for w in wanted.lines}
        assert decided.margin_cents == wanted.revenue_cents - decided.landed_cost_cents
    else:
        assert decided.hold is not None
        assert all(s.missing_quantity > 0 for s in decided.shortfalls)


@settings(max_examples=200, deadline=None)
@given(brute_force.markets(), st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_makes_no_difference(market, random):
    wanted, offers, policy = market
    shuffled = random.sample(offers, len(offers))
    assert plan(wanted, shuffled, policy) == plan(wanted, offers, policy)


@settings(max_examples=200, deadline=None)
@given(brute_force.markets())
def test_one_candidate_more_never_costs_more(market):
    wanted, offers, policy = market
    fewer, more = plan(wanted, offers[1:], policy), plan(wanted, offers, policy)
    if fewer.is_ready:
        assert more.is_ready
        assert more.landed_cost_cents <= fewer.landed_cost_cents


@settings(max_examples=200, deadline=None)
@given(brute_force.markets())
def test_every_candidate_of_a_line_gets_one_verdict_and_none_was_cheaper(market):
    wanted, offers, policy = market
    decided = plan(wanted, offers, policy)
    assert sorted((v.line_id, v.offer_id) for v in decided.verdicts) == sorted(
        (w.line_id, o.offer_id) for w in wanted.lines for o in offers if o.sku == w.sku
    )
    if decided.is_ready:
        assert Why.NOT_REACHED not in {v.why for v in decided.verdicts}
        assert Why.USABLE not in {v.why for v in decided.verdicts}


@settings(max_examples=100, deadline=None)
@given(brute_force.markets())
def test_the_stored_record_survives_json_unchanged(market):
    record = to_record(plan(*market))
    assert json.loads(json.dumps(record)) == record
