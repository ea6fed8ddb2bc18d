"""Making purchase orders: each once, of the right goods, at the right supplier."""

import pytest

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.orders.models import Order, OrderEvent
from suppliers.contract import RejectReason
from tests.pains.shop import Shop, words_of
from tests.suppliers.ways import WAYS

P = PurchaseStatus
COMPANY = {"company": "Ada's Attic", "address1": "9 Far Lane", "city": "Leeds"}


def test_a_supplier_that_can_be_chosen_again_does_not_get_the_order_twice(
    shop: Shop,
) -> None:
    """frappe/erpnext#15031, #34398: the same supplier, selected again, got two."""
    a = shop.supplier(sells=["X"])
    order_id = shop.order(("X", 2), number=700)
    shop.work()

    assert shop.order(("X", 2), number=700) == order_id
    shop.operator.submit(f"/orders/{order_id}/reroute")
    shop.operator.submit(f"/orders/{order_id}/release")
    shop.work()

    assert shop.units(a) == {"X": 2}
    assert len(shop.purchases()) == 1


def test_what_was_refused_is_not_taken_for_ordered(shop: Shop) -> None:
    """frappe/erpnext#23945, PR #24072: "PO already created", and it was not."""
    a = shop.supplier(sells={"X": 400})
    b = shop.supplier("B", sells={"X": 600})
    shop.remote.misbehave(a, "refuse", reason=RejectReason.INVENTORY_OUT_OF_STOCK)
    order_id = shop.order()
    shop.work()
    assert shop.holds(order_id) == ["supplier_rejected"]

    shop.operator.submit(f"/orders/{order_id}/reroute")
    shop.work()

    assert shop.bought_from(order_id) == [b]
    assert (shop.units(a), shop.units(b)) == ({}, {"X": 1})


def test_not_only_the_first_supplier_gets_its_purchase_order(shop: Shop) -> None:
    """frappe/erpnext PR #24863: of several suppliers only the first was asked."""
    three = {sku: shop.supplier(sku, sells=[sku]) for sku in ("X", "Y", "Z")}

    shop.order(("X", 1), ("Y", 2), ("Z", 3))
    shop.work()

    assert [shop.units(code) for code in three.values()] == [
        {"X": 1},
        {"Y": 2},
        {"Z": 3},
    ]


def test_a_quantity_that_is_edited_is_not_bought_on_top(shop: Shop) -> None:
    """odoo/odoo PR #26937: ordered 2, and the purchase order said 3."""
    a = shop.supplier(sells=["X"])
    order_id = shop.order(("X", 1), number=701)
    shop.work()

    answer = shop.post(("X", 2), number=701)
    shop.work()

    assert answer.status_code == 422
    assert "differ from those received before" in answer.text
    assert shop.units(a) == {"X": 1}
    assert shop.sheet(order_id)["lines"][0]["quantity"] == 1


@pytest.mark.parametrize("way", ["rest", "csvfeed", "printful", "bigbuy"])
def test_goods_do_not_go_to_the_company_but_to_the_buyer(shop: Shop, way: str) -> None:
    """frappe/erpnext#44019: the purchase order had the company's own address."""
    a = shop.supplier("A", WAYS[way], sells=["X"])

    shop.order(ship_to=COMPANY)
    shop.work()

    (received,) = shop.received(a)
    to = received["recipient"]
    assert (to["name"], to["city"]) == ("Ada Lovelace", "Leeds")
    assert to["address1"] == "9 Far Lane"
    assert "Teapots" not in str(to)


def test_goods_mailed_for_do_not_go_to_the_company_either(shop: Shop) -> None:
    """frappe/erpnext#44019, for a supplier that is written to."""
    shop.mailed(sells=["X"])

    shop.order(ship_to=COMPANY)
    shop.work()

    words = words_of(shop.mails()[0])
    assert words.index("Ada Lovelace") < words.index("9 Far Lane")


def test_orders_of_two_customers_do_not_become_one(shop: Shop) -> None:
    """OCA/purchase-workflow#568, metasfresh PR #23918: merged, one address for two."""
    shop.mailed(sells=["X"], batch_at="10:00")
    shop.order(ship_to={"address1": "1 East Street"})
    shop.order(ship_to={"address1": "2 West Street"})
    shop.work()

    shop.later(hours=1, minutes=1)
    shop.work()

    (mail,) = shop.mails()  # they leave together, and stay two
    words = words_of(mail)
    first, second = shop.purchases()
    assert first.order_id != second.order_id
    said = [
        words.index(each)
        for each in (
            first.reference,
            "1 East Street",
            second.reference,
            "2 West Street",
        )
    ]
    assert said == sorted(said)


def test_nobody_has_to_pick_the_supplier_or_press_a_button(shop: Shop) -> None:
    """frappe/erpnext#24345: again on each order. Flxpoint: without a switch it sits."""
    a = shop.supplier(sells=["X"])

    for _ in range(3):
        shop.order()
    shop.work()

    assert shop.units(a) == {"X": 3}
    assert {each.actor for each in shop.rows(OrderEvent)} == {"system"}


def test_a_variant_nobody_knows_is_not_sent_as_some_other(shop: Shop) -> None:
    """OriginProtocol/dshop#883: the supplier was sent variant 0."""
    a = shop.supplier(sells=["X"])

    order_id = shop.order(("X", 1), ("X-large", 1))
    shop.work()

    assert shop.holds(order_id) == ["unknown_sku"]
    assert "X-large" in shop.page(f"/orders/{order_id}")
    assert shop.received(a) == []


def test_no_line_of_many_is_missing_at_the_supplier(shop: Shop) -> None:
    """commons-stack/iteration0#518: one of N items was sent."""
    skus = [f"X{number}" for number in range(1, 8)]
    a = shop.supplier(sells=skus)

    shop.order(*((sku, number) for number, sku in enumerate(skus, start=1)))
    shop.work()

    (received,) = shop.received(a)
    assert len(received["items"]) == 7
    assert shop.units(a) == {sku: n for n, sku in enumerate(skus, start=1)}


@pytest.mark.parametrize("sku", ["", "  "], ids=["empty", "blank"])
def test_a_blank_product_is_not_ordered(shop: Shop, sku: str) -> None:
    """NEARBuilders/nearmerch.com PR #156: products without a name were sent."""
    a = shop.supplier(sells=["X"])

    answer = shop.post(("X", 1), (sku, 1))
    shop.work()

    assert answer.status_code == 422
    assert "/lines/1/sku" in answer.text
    assert (shop.rows(Order), shop.received(a)) == ([], [])


def test_a_supplier_does_not_see_what_another_one_ships(shop: Shop) -> None:
    """woocommerce#63478, vendure#3588: split by location, and a view of one's own."""
    one, two = shop.caller("A", sells=["X"]), shop.caller("B", sells=["Y"])

    shop.order(("X", 1), ("Y", 2))
    shop.work()

    for caller, sku, units in ((one, "X", 1), (two, "Y", 2)):
        (sheet,) = caller.get("/purchase-orders").json["purchase_orders"]
        assert [each["quantity"] for each in sheet["items"]] == [units]
        assert sheet["items"][0]["supplier_sku"].endswith(f"-{sku}")
    theirs = two.get("/purchase-orders").json["purchase_orders"][0]["reference"]
    assert one.get(f"/purchase-orders/{theirs}").status_code == 404
