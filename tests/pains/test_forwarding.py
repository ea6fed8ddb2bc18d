"""Handing purchase orders over, calling them off, and giving them to another."""

import pytest

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import Attempt, AttemptOutcome
from tests.erp.web.supplier_api.supplied import Caller
from tests.pains.market import PROMPT
from tests.pains.shop import Shop
from tests.suppliers.ways import WAYS

P = PurchaseStatus


def settle(shop: Shop) -> None:
    """Long enough for every doubt that a question can settle."""
    for _ in range(4):
        shop.later(minutes=5)
        shop.work()


@pytest.mark.parametrize("kind", ["lose_answer", "fail", "garble"])
def test_an_answer_that_did_not_come_is_not_left_to_the_operator(
    shop: Shop, kind: str
) -> None:
    """Spark: a timeout is an error, phone the vendor and process the order again."""
    a = shop.supplier(sells=["X"])
    shop.remote.misbehave(a, kind, when="after")
    order_id = shop.order()
    shop.work()

    settle(shop)

    (attempt,) = shop.rows(Attempt)
    assert attempt.outcome is AttemptOutcome.AMBIGUOUS
    assert shop.statuses() == [P.SENT]
    assert shop.holds(order_id) == []
    assert shop.units(a) == {"X": 1}


@pytest.mark.parametrize(
    "way", ["declared, looked up", "declared, scanned", "declared, blind"]
)
def test_a_lost_answer_does_not_ship_twice(shop: Shop, way: str) -> None:
    """Pipe17: double shipping is worse than late, it cannot be undone. Every order
    posted there is a new one."""
    a = shop.supplier("A", WAYS[way], sells=["X"])
    shop.remote.misbehave(a, "lose_answer")
    shop.order()
    shop.work()

    settle(shop)
    shop.live_on(6)

    assert shop.units(a) == {"X": 1}
    assert shop.statuses() == [P.SENT]


def test_a_confirmation_that_is_pending_is_not_forgotten(shop: Shop) -> None:
    """NEARBuilders/nearmerch.com PR #156: nothing retried a pending confirmation."""
    a = shop.supplier("A", WAYS["printful"], sells=["X"])
    shop.remote.misbehave(a, "lose_answer", on="prepare")
    shop.order()
    shop.work()
    assert shop.received(a) == []  # a draft, that nobody confirmed

    settle(shop)

    assert shop.units(a) == {"X": 1}
    assert shop.statuses() == [P.SENT]


def test_a_cancelled_order_is_not_left_with_the_vendor(shop: Shop) -> None:
    """Spark: changing a status to Canceled does not cancel with the vendor."""
    a = shop.supplier(sells=["X"])
    order_id = shop.order()
    shop.work()

    shop.operator.submit(f"/orders/{order_id}/cancel")
    assert shop.sheet(order_id)["status"] != "cancelled"  # not before the vendor agrees
    shop.work()

    assert shop.ends(a) == ["cancelled"]
    assert shop.sheet(order_id)["status"] == "cancelled"


def test_a_cancellation_at_the_channel_does_not_pass_unseen(shop: Shop) -> None:
    """Shopify: cancelling an order there is not communicated to who fulfils it."""
    a = shop.supplier(sells=["X"])
    order_id = shop.order(number=710)
    shop.work()

    placed = {"placed_at": "2026-03-02T09:00:00Z", "paid_at": "2026-03-02T09:00:00Z"}
    shop.later(minutes=30)
    cancelled = {"payment": "refunded", "cancelled_at": "2026-03-02T09:20:00Z"}
    shop.order(number=710, **placed, **cancelled)

    assert shop.holds(order_id) == ["cancelled_at_channel"]
    shop.operator.submit(f"/orders/{order_id}/cancel")
    shop.work()
    assert shop.ends(a) == ["cancelled"]


def test_the_first_vendor_is_told_before_another_is_asked(shop: Shop) -> None:
    """Duoplane: reassigning items does not tell the previous vendor."""
    a = shop.supplier(sells={"X": 400})
    b = shop.supplier("B", sells={"X": 600}, **PROMPT)
    order_id = shop.order()
    shop.work()
    shop.live_on(48)
    assert shop.holds(order_id) == ["supplier_overdue"]

    shop.operator.submit(f"/orders/{order_id}/reroute")
    assert (shop.ends(a), shop.received(b)) == ([], [])
    settle(shop)

    assert shop.ends(a) == ["cancelled"]
    assert shop.bought_from(order_id) == [b]
    assert shop.units(b) == {"X": 1}


def test_a_vendor_that_keeps_the_order_does_not_have_a_rival(shop: Shop) -> None:
    """Flxpoint: only a status was set, and the item was sent by both."""
    a = shop.supplier(sells={"X": 400}, ship_after=60 * 3600, acknowledge_after=0)
    b = shop.supplier("B", sells={"X": 600})
    shop.change(a, acknowledge_days=1, handling_days=1)
    order_id = shop.order()
    shop.work()
    shop.live_on(54)
    assert shop.holds(order_id) == ["supplier_overdue"]
    shop.later(hours=8)  # it ships meanwhile

    shop.operator.submit(f"/orders/{order_id}/reroute")
    settle(shop)

    assert shop.received(b) == []
    assert shop.statuses() == [P.SHIPPED]


def test_goods_that_come_after_all_are_not_shipped_twice_unseen(shop: Shop) -> None:
    """Pipe17: the first vendor said that it let go, and then it shipped."""
    first = shop.caller("A", sells={"X": 400})
    second = shop.supplier("B", sells={"X": 600})
    order_id = shop.order()
    shop.work()
    (reference,) = (each.reference for each in shop.purchases())
    first.tell(reference, "reject", reason="inventory_out_of_stock")
    shop.operator.submit(f"/orders/{order_id}/reroute")
    shop.work()
    assert shop.units(second) == {"X": 1}

    sku = first.get(f"/purchase-orders/{reference}").json["items"][0]["supplier_sku"]
    parcel = {"shipment_id": "1", "carrier": "UPS", "tracking_number": "1Z-LATE"}
    items = [{"supplier_sku": sku, "quantity": 1}]
    left_at = shop.clock.at.isoformat()
    first.tell(reference, "shipments", **parcel, items=items, shipped_at=left_at)

    assert shop.holds(order_id) == ["shipped_after_end"]
    page = shop.page(f"/orders/{order_id}")
    assert "1Z-LATE" in page
    assert second in page


def test_what_changed_is_not_listed_as_a_new_order(shop: Shop) -> None:
    """Duoplane: its API returns the same purchase order again after any change."""
    caller = shop.caller(sells=["X"])
    shop.order(("X", 2))
    shop.work()
    page = caller.get("/purchase-orders").json
    reference, cursor = page["purchase_orders"][0]["reference"], page["next"]

    caller.tell(reference, "acknowledge", supplier_reference="V-1")
    shop.operator.submit(f"/purchases/{reference}/cancel")
    caller.tell(reference, "cancellation", is_cancelled=False)
    shop.order()
    shop.work()

    (fresh,) = caller.get("/purchase-orders", after=cursor).json["purchase_orders"]
    assert fresh["reference"] != reference
    every = caller.get("/purchase-orders").json["purchase_orders"]
    assert [each["reference"] for each in every] == [reference, fresh["reference"]]


def connect_anew(shop: Shop, code: str, **typed: str) -> None:
    """The operator types another connection into the supplier's form."""
    costs = dict.fromkeys(("order_fee", "shipping_first", "shipping_extra"), "0")
    fields = {"name": code, "currency": "USD"} | costs | typed
    answer = shop.operator.submit(f"/suppliers/{code}/edit", **fields)
    assert answer.status_code == 303


def open_portal(shop: Shop, code: str) -> Caller:
    """A supplier may pull that was called until now."""
    connect_anew(shop, code, kind="portal")
    return shop.program(code)


def test_a_portal_that_is_opened_is_not_given_the_orders_sent_before(
    shop: Shop,
) -> None:
    """Ordoro: activating a vendor's portal routes all pending orders to it, and they
    may be shipped a second time."""
    a = shop.supplier(sells=["X"])
    shop.order()
    shop.work()
    assert shop.units(a) == {"X": 1}
    shop.later(minutes=5)

    caller = open_portal(shop, a)
    before = caller.get("/purchase-orders").json["purchase_orders"]
    assert "P-" not in caller.get("/purchase-orders.csv").text
    shop.order()
    shop.work()

    sent, fresh = (each.reference for each in shop.purchases())
    listed = caller.get("/purchase-orders").json["purchase_orders"]
    assert before == []
    assert [each["reference"] for each in listed] == [fresh]
    assert caller.tell(sent, "acknowledge").status_code == 200  # it can be answered


def test_a_portal_that_is_opened_does_not_settle_a_lost_answer(shop: Shop) -> None:
    """Ordoro, where nobody knows whether the vendor has the order already."""
    a = shop.supplier(sells=["X"])
    shop.remote.misbehave(a, "lose_answer")
    shop.remote.misbehave(a, "down", on="any", times=None)
    shop.order()
    shop.work()
    assert shop.statuses() == [P.UNKNOWN]
    shop.later(minutes=5)

    caller = open_portal(shop, a)
    settle(shop)

    assert caller.get("/purchase-orders").json["purchase_orders"] == []
    assert shop.statuses() == [P.NEEDS_ATTENTION]


def test_what_a_new_address_does_not_have_is_not_sent_there_again(shop: Shop) -> None:
    """Pipe17: the old system has it, the new one says that it has none such."""
    old, new = shop.supplier(sells=["X"]), shop.supplier("N")
    shop.remote.misbehave(old, "lose_answer")
    shop.remote.misbehave(old, "down", on="look_up", times=None)
    shop.remote.misbehave(old, "down", on="changes", times=None)
    shop.order()
    shop.work()
    assert shop.statuses() == [P.UNKNOWN]
    shop.later(minutes=5)

    address = shop.remote.base_url(new)
    given = {"kind": "rest", "token": "t", "allow_private": "yes"}
    connect_anew(shop, old, base_url=address, **given)
    settle(shop)

    assert (shop.units(old), shop.received(new)) == ({"X": 1}, [])
    assert shop.statuses() == [P.NEEDS_ATTENTION]
