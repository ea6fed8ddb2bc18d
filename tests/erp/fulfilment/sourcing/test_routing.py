"""Routing: the cheapest way that is allowed, and the reasons for everything else."""

from dataclasses import replace
from datetime import timedelta
from time import process_time

from erp.fulfilment.sourcing.candidates import (
    Parcels,
    Why,
)
from erp.fulfilment.sourcing.routing import plan
from erp.orders.lifecycle import HoldReason
from tests.erp.fulfilment.sourcing.market import (
    NOW,
    POLICY,
    chosen,
    holds,
    line,
    offer,
    order,
    terms,
    whys,
)


def test_the_cheapest_supplier_is_not_chosen_when_it_is_out_of_stock():
    offers = [offer(1, "cheap", 100, free_quantity=0), offer(2, "dear", 900)]
    decided = plan(order(line()), offers, POLICY)
    assert chosen(decided) == [(1, "dear", 1)]
    assert whys(decided) == {1: Why.OUT_OF_STOCK, 2: Why.CHOSEN}


def test_fees_and_shipping_count_so_one_parcel_beats_two_cheaper_items():
    a, b = terms("a", fee=50, first=300, extra=10), terms("b", fee=50, first=300)
    offers = [
        offer(1, a, 1_000, sku="mug"),
        offer(2, a, 1_100, sku="lid"),
        offer(3, b, 900, sku="lid"),
    ]
    decided = plan(order(line(1), line(2, sku="lid")), offers, POLICY)
    assert chosen(decided) == [(1, "a", 1), (2, "a", 1)]
    (total,) = decided.totals
    assert (total.goods_cents, total.order_fee_cents, total.shipping_cents) == (
        2_100,
        50,
        310,
    )
    lost = next(v for v in decided.verdicts if v.offer_id == 3)
    assert (lost.why, lost.extra_cents) == (Why.DEARER, 900 + 350 - 1_110)
    assert lost.score_cents == 900 + 50 + 300


def test_expected_lateness_and_returns_can_outweigh_a_lower_price():
    late = terms("late", expected_lateness_cost_cents=80)
    offers = [
        offer(1, late, 100, expected_return_cost_cents=30),
        offer(2, "reliable", 200),
    ]
    decided = plan(order(line()), offers, POLICY)
    assert chosen(decided) == [(1, "reliable", 1)]
    assert decided.landed_cost_cents == 200


def test_two_lines_of_one_product_do_not_promise_the_same_stock_twice():
    offers = [offer(1, "cheap", 100, free_quantity=3), offer(2, "dear", 500)]
    decided = plan(order(line(1, 2), line(2, 2)), offers, POLICY)
    assert chosen(decided) == [(1, "cheap", 2), (2, "dear", 2)]
    verdicts = {(v.line_id, v.offer_id): v.why for v in decided.verdicts}
    assert verdicts[2, 1] is Why.TAKEN


def test_a_line_with_a_choice_makes_room_for_one_without():
    offers = [offer(1, "a", 100, free_quantity=1), offer(2, "b", 200)]
    decided = plan(order(line(1), line(2, named_supplier="a")), offers, POLICY)
    assert chosen(decided) == [(1, "b", 1), (2, "a", 1)]


def test_a_line_that_must_avoid_the_cheapest_leaves_it_to_the_others():
    offers = [
        offer(1, "a", 100, free_quantity=1),
        offer(2, "b", 200, free_quantity=1),
        offer(3, "c", 300, free_quantity=1),
    ]
    avoiding = line(1, refused_suppliers=frozenset({"a"}))
    decided = plan(order(avoiding, line(2)), offers, POLICY)
    assert chosen(decided) == [(1, "b", 1), (2, "a", 1)]


def test_a_line_is_split_only_if_the_store_allows_it():
    offers = [offer(1, "a", 100, free_quantity=3), offer(2, "b", 200, free_quantity=3)]
    whole = plan(order(line(1, 5)), offers, POLICY)
    assert holds(whole) == [(1, 2, HoldReason.SHORTFALL)]
    split = plan(order(line(1, 5)), offers, replace(POLICY, allow_split=True))
    assert chosen(split) == [(1, "a", 3), (1, "b", 2)]
    assert set(whys(split).values()) == {Why.SPLIT}


def test_ties_go_to_fewer_parcels_then_the_quicker_then_the_alphabet():
    offers = [
        offer(1, "b", 100, lead_time_days=4),
        offer(2, "a", 100, lead_time_days=5),
        offer(3, "c", 100, lead_time_days=4),
        offer(4, "a", 100, lead_time_days=5, sku="lid"),
    ]
    alone = plan(order(line()), offers, POLICY)
    assert chosen(alone) == [(1, "b", 1)]
    assert whys(alone) == {1: Why.CHOSEN, 2: Why.TIED, 3: Why.TIED}
    both = order(line(1), line(2, sku="lid"))
    assert chosen(plan(both, offers, POLICY)) == [(1, "a", 1), (2, "a", 1)]


def test_required_single_parcel_takes_the_dearer_supplier_that_has_everything():
    offers = [
        offer(1, "a", 100),
        offer(2, "b", 100, sku="lid"),
        offer(3, "c", 300),
        offer(4, "c", 300, sku="lid"),
    ]
    wanted = order(line(1), line(2, sku="lid"))
    required = replace(POLICY, parcels=Parcels.REQUIRE)
    decided = plan(wanted, offers, required)
    assert chosen(decided) == [(1, "c", 1), (2, "c", 1)]
    assert whys(decided)[1] is Why.MORE_PARCELS
    assert len(plan(wanted, offers, POLICY).totals) == 2


def test_a_cheaper_supplier_of_a_part_only_would_be_another_parcel():
    offers = [offer(1, "a", 300), offer(2, "b", 100, free_quantity=1)]
    policy = replace(POLICY, parcels=Parcels.REQUIRE, allow_split=True)
    decided = plan(order(line(quantity=3)), offers, policy)
    assert chosen(decided) == [(1, "a", 3)]
    assert whys(decided) == {1: Why.CHOSEN, 2: Why.MORE_PARCELS}


def test_an_impossible_single_parcel_is_held_with_the_best_that_can_be_done():
    offers = [offer(1, "a", 100), offer(2, "b", 100, sku="lid")]
    required = replace(POLICY, parcels=Parcels.REQUIRE)
    decided = plan(order(line(1), line(2, sku="lid")), offers, required)
    assert decided.hold is HoldReason.SINGLE_PARCEL_IMPOSSIBLE
    assert chosen(decided) == [(1, "a", 1), (2, "b", 1)]


def test_a_line_goes_to_the_supplier_it_names_whatever_it_costs():
    offers = [offer(1, "a", 100), offer(2, "b", 900)]
    decided = plan(order(line(named_supplier="b")), offers, POLICY)
    assert chosen(decided) == [(1, "b", 1)]
    assert whys(decided)[1] is Why.NOT_NAMED


def test_a_supplier_that_refused_the_line_is_not_asked_again():
    offers = [offer(1, "a", 100), offer(2, "b", 900)]
    refused = line(refused_suppliers=frozenset({"a"}))
    assert chosen(plan(order(refused), offers, POLICY)) == [(1, "b", 1)]


def test_the_age_of_the_data_is_kept():
    old = offer(1, "a", 100, read_at=NOW - timedelta(hours=3))
    decided = plan(order(line()), [old, offer(2, "b", 200, read_at=None)], POLICY)
    assert [v.age_seconds for v in decided.verdicts] == [10_800, None]


def test_a_search_that_met_its_limit_says_so():
    fees = {code: terms(code, fee=100) for code in "abcdefgh"}
    offers = [
        offer(10 * at + place, fees[code], 100 + (at * 37 + place * 61) % 90, sku=sku)
        for at, code in enumerate(fees)
        for place, sku in enumerate(["mug", "lid", "tray", "cup"])
    ]
    wanted = order(*(line(at, sku=s) for at, s in enumerate(["mug", "lid", "tray"])))
    cut_short = plan(wanted, offers, replace(POLICY, search_limit=0))
    assert cut_short.is_ready
    assert not cut_short.is_exact
    assert plan(wanted, offers, POLICY).is_exact


def test_a_tariff_whose_first_unit_costs_less_than_the_next_is_not_called_exact():
    odd = terms("a", first=0, extra=100)
    decided = plan(order(line(1, 2)), [offer(1, odd, 100)], POLICY)
    assert decided.landed_cost_cents == 300
    assert not decided.is_exact


def test_lines_of_many_sizes_still_pack_into_what_room_there_is():
    sizes = [7, 6, 5, 4, 3, 2, 1]
    offers = [offer(1, "a", 1, free_quantity=14), offer(2, "b", 2, free_quantity=14)]
    lines = [line(at, size) for at, size in enumerate(sizes)]
    decided = plan(order(*lines), offers, POLICY)
    assert decided.is_ready
    assert decided.is_exact
    assert [t.units for t in decided.totals] == [14, 14]


def test_an_order_with_no_open_line_is_ready_and_costs_nothing():
    decided = plan(order(), [], POLICY)
    assert decided.is_ready
    assert decided.landed_cost_cents == 0


def test_hundreds_of_lines_of_one_product_do_not_stop_the_shop():
    """Others wait for the transaction an order is routed in."""
    lines = [line(at, 2) for at in range(1, 501)]
    offers = [
        offer(at, terms(f"s{at:02}", 500, 300, 50), 600 + 40 * at, free_quantity=70)
        for at in range(20)
    ]
    begun = process_time()
    decided = plan(order(*lines, revenue=10**8), offers, POLICY)
    assert process_time() - begun < 15  # seconds; about one, where it was fifty
    assert decided.is_ready
    assert sum(quantity for _, _, quantity in chosen(decided)) == 1000
