"""Whom an order may go to, at what cost, and whether it may go out at all."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from erp.channels.importing import import_orders
from erp.jobs.pipeline import JOBS
from suppliers.sandbox.messages import SandboxStock
from tests.imports import ORDERS
from tests.pains.shop import Shop


def test_the_cheapest_is_not_asked_for_what_it_does_not_have(shop: Shop) -> None:
    """spree-contrib/spree_drop_ship PR #66: cheapest, although out of stock."""
    a = shop.supplier(sells={"X": 400})
    b = shop.supplier("B", sells={"X": 600})
    shop.tell_stock(a, SandboxStock(sku=f"{a}-X", quantity=0, unit_cost_cents=400))
    shop.work()

    order_id = shop.order()
    shop.work()

    assert shop.bought_from(order_id) == [b]
    assert shop.received(a) == []


def test_a_customer_is_not_served_by_the_supplier_of_another_country(
    shop: Shop,
) -> None:
    """Knawat/dropshipping-woocommerce#14: the local supplier, not the default one."""
    default = shop.supplier(sells={"X": 400}, ships_to="US CA")
    local = shop.supplier("B", sells={"X": 600}, ships_to="GB")

    home = shop.order(("X", 2), ship_to={"country": "US"})
    here = shop.order(("X", 3))
    shop.work()

    assert (shop.bought_from(home), shop.bought_from(here)) == ([default], [local])
    assert (shop.units(default), shop.units(local)) == ({"X": 2}, {"X": 3})


def test_two_orders_at_once_do_not_buy_the_same_last_unit(shop: Shop) -> None:
    """woocommerce#44273, vendure#3508: 12 -> 0 and 0 -> -2 at the same second."""
    a = shop.supplier()
    shop.offer(a, "X", quantity=1)

    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda _: shop.order(), range(4)))
        list(pool.map(lambda _: shop.work(), range(2)))

    assert shop.units(a) == {"X": 1}
    held = [each for each in ids if shop.holds(each) == ["shortfall"]]
    assert len(held) == 3


@pytest.mark.parametrize(
    ("quantity", "cost", "reason"),
    [(10, 1100, "margin_below_floor"), (0, 500, "shortfall")],
    ids=["the price rose", "the stock ended"],
)
def test_what_changed_after_the_sale_is_not_bought_unseen(
    shop: Shop, quantity: int, cost: int, reason: str
) -> None:
    """AutoDS: "no responsibility" if stock ends or prices rise before the purchase."""
    a = shop.supplier(sells=["X"])
    order_id = shop.order(payment="pending", paid_at=None, number=702)
    shop.work()
    row = SandboxStock(sku=f"{a}-X", quantity=quantity, unit_cost_cents=cost)
    shop.tell_stock(a, row)
    shop.later(hours=2)
    shop.work()

    shop.order(number=702, placed_at="2026-03-02T09:00:00Z")
    shop.work()

    assert shop.holds(order_id) == [reason]
    assert shop.received(a) == []


@pytest.mark.parametrize(("cost", "is_sent"), [(1100, False), (600, True)])
def test_a_cost_that_rose_in_the_queue_does_not_eat_the_margin(
    shop: Shop, cost: int, is_sent: bool
) -> None:
    """AutoDS: a maximum buy price, checked as it is bought; DSers: costs are renewed
    after 4 to 12 hours. What waited for its supplier was chosen by an older cost."""
    a = shop.supplier(sells={"X": 500})
    order_id = shop.order()
    by_name = {job.name: job for job in JOBS}
    for name in ("check_orders", "route_orders"):
        by_name[name].run(shop.erp)
    shop.change(a, is_paused=True)
    row = SandboxStock(sku=f"{a}-X", quantity=9, unit_cost_cents=cost)
    shop.tell_stock(a, row)
    shop.live_on(2)
    assert shop.statuses() == ["queued"]

    shop.change(a, is_paused=False)
    shop.work()
    shop.work()

    page = shop.page(f"/orders/{order_id}")
    if is_sent:
        assert shop.units(a) == {"X": 1}
        assert "is sent at the present cost: its items cost $6.00 instead of" in page
        return
    assert shop.received(a) == []
    assert shop.holds(order_id) == ["margin_below_floor"]
    assert "taken back before" in page


def test_what_costs_nobody_knows_how_much_is_not_bought_as_free(shop: Shop) -> None:
    """thirtybees#2116, RepairDesk#1645: a missing cost was 0, all of it profit."""
    a = shop.supplier(sells=["X"])
    shop.offer(a, "Y", unit_cost_cents=None)
    shop.tell_stock(a, SandboxStock(sku=f"{a}-Y", quantity=5))

    order_id = shop.order(("X", 1), ("Y", 1))
    shop.work()

    assert shop.holds(order_id) == ["cost_unknown"]
    assert "The margin is unknown until" in shop.page(f"/orders/{order_id}")
    assert shop.received(a) == []


def test_what_the_supplier_said_at_the_sale_is_not_lost(shop: Shop) -> None:
    """openfoodnetwork#6417: oversold, the producer says it was 0, and no record."""
    a = shop.supplier()
    shop.offer(a, "X", quantity=4321)
    order_id = shop.order()
    shop.work()

    shop.tell_stock(a, SandboxStock(sku=f"{a}-X", quantity=0))
    shop.later(hours=2)
    shop.work()

    assert "4,321" in shop.page(f"/orders/{order_id}")
    assert "4,321" not in shop.page("/products/X")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"payment": "pending", "paid_at": None}, "unpaid"),
        ({"risk": "high"}, "fraud_risk"),
        ({"paid_at": "2026-02-25T09:00:00Z"}, "too_old"),
        ({"cancelled_at": "2026-03-02T09:00:00Z"}, "cancelled_at_channel"),
        ({"fulfilment": "fulfilled"}, "fulfilled_at_channel"),
        ({"fulfilment": "partial"}, "fulfilled_at_channel"),
    ],
    ids=["unpaid", "fraud", "stale", "cancelled", "sent", "sent in part"],
)
def test_an_order_that_must_not_be_bought_is_not(
    shop: Shop, given: dict[str, str], reason: str
) -> None:
    """What Spark looks at before it sends: unpaid, fraud, old, fulfilled already."""
    a = shop.supplier(sells=["X"])

    order_id = shop.order(**given)
    shop.work()

    assert shop.holds(order_id) == [reason]
    assert shop.received(a) == []


def sale(number: int, at: str, sent: str = "") -> str:
    """A row of a Shopify export: one X for a customer of its own."""
    return (
        f"#{number},c{number}@x.com,paid,{at},USD,0.00,0.00,10.00,,{at},1,Lamp,10.00,X,"
        f"Ada,{number} Low Rd,Leeds,LS1,GB,,id{number},Low,{sent}\n"
    )


def test_the_past_of_a_channel_is_not_bought_again(shop: Shop, tmp_path: Path) -> None:
    """Spark, when a channel is connected: its first synchronisation brings old orders
    that somebody has fulfilled long ago, or this morning."""
    a = shop.supplier(sells=["X"])
    sales = (
        sale(1, "2026-01-02 09:00:00 +0000"),
        sale(2, "2026-03-02 07:00:00 +0000", sent="fulfilled"),
        sale(3, "2026-03-02 07:00:00 +0000", sent="partial"),
        sale(4, "2026-03-02 07:00:00 +0000", sent="unfulfilled"),
    )
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS.strip() + ",Fulfillment Status\n" + "".join(sales))

    import_orders(shop.erp.sessions, file, shop.clock.at)
    shop.work()

    (received,) = shop.received(a)
    assert received["order_name"] == "#4"
