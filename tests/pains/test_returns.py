"""Goods that come back: counted once, never below nothing, known whose they were."""

import re

import pytest

from erp.fulfilment.models import Return
from erp.kpis.models import Kpi
from erp.orders.models import OrderLine
from tests.pains.market import PROMPT
from tests.pains.shop import Shop


def delivered(shop: Shop, *lines: tuple[str, int]) -> int:
    """An order that has arrived; each SKU comes from a supplier of its own."""
    wanted = lines or (("X", 2),)
    for sku, _ in wanted:
        shop.supplier(sku, sells=[sku], **PROMPT)
    order_id = shop.order(*wanted)
    shop.work()
    shop.live_on(2)
    assert shop.sheet(order_id)["status"] == "delivered"
    return order_id


def ask(shop: Shop, order_id: int, units: str, line: int = 0):
    (line_id, *_) = [each.id for each in shop.rows(OrderLine)][line:]
    fields = {f"units-{line_id}": units, "reason": "damaged"}
    return shop.operator.submit(f"/orders/{order_id}/return", **fields)


def came_back(shop: Shop, order_id: int, units: str, line: int = 0) -> str:
    """The path of a return whose goods are back."""
    path = str(ask(shop, order_id, units, line).headers["Location"])
    shop.operator.submit(f"{path}/authorise")
    shop.operator.submit(f"{path}/receive")
    return path


def returned(shop: Shop) -> tuple[int, int]:
    """Units that came back, of those that were delivered, by the store's KPI."""
    shop.later(minutes=10)
    shop.work()
    return shop.reading(Kpi.RETURN_RATE)


def test_a_unit_that_came_back_is_not_counted_twice(shop: Shop) -> None:
    """odoo/odoo PR #32205, #35831: returns of dropshipped goods were counted twice."""
    order_id = delivered(shop)
    path = came_back(shop, order_id, "2")

    assert ask(shop, order_id, "2").status_code == 422
    shop.operator.submit(f"{path}/receive")

    assert len(shop.rows(Return)) == 1
    assert returned(shop) == (2, 2)
    assert shop.sheet(order_id)["status"] == "returned"


@pytest.mark.parametrize("units", ["-1", "0", "3"])
def test_no_less_than_nothing_and_no_more_than_came_is_returned(
    shop: Shop, units: str
) -> None:
    """odoo/odoo PR #252383: the quantity of a return was shown as negative."""
    order_id = delivered(shop)

    assert ask(shop, order_id, units).status_code == 422
    assert shop.rows(Return) == []


@pytest.mark.parametrize(
    ("refund", "credit"), [("-5.00", ""), ("5.00", "-1.00"), ("20.01", "")]
)
def test_money_back_is_never_below_nothing_or_above_what_was_paid(
    shop: Shop, refund: str, credit: str
) -> None:
    """odoo/odoo PR #252383: the value of a return was shown as negative."""
    path = came_back(shop, delivered(shop), "2")

    given = {"refund": refund, "credit": credit, "bearer": "supplier"}
    answer = shop.operator.submit(f"{path}/settle", **given)

    assert answer.status_code == 422
    (made,) = shop.rows(Return)
    assert (made.refund_cents, made.supplier_credit_cents) == (None, None)


def test_what_comes_back_is_known_whose_it_was(shop: Shop) -> None:
    """OCA/rma#25: a return of dropshipped goods concerns its supplier, and no other."""
    order_id = delivered(shop, ("X", 1), ("Y", 1))
    path = came_back(shop, order_id, "1", line=1)
    reference = path.rsplit("/", 1)[1]
    x, y = shop.bought_from(order_id)

    assert reference in shop.page(f"/returns?supplier={y}")
    assert reference not in shop.page(f"/returns?supplier={x}")
    page = shop.page(path)
    assert f"/suppliers/{y}" in page
    assert f"/suppliers/{x}" not in page


def test_a_return_leaves_no_books_to_be_kept_by_hand(shop: Shop) -> None:
    """Flxpoint: returns are manual."""
    order_id = delivered(shop)
    path = came_back(shop, order_id, "1")

    given = {"refund": "10.00", "credit": "5.00", "bearer": "supplier"}
    shop.operator.submit(f"{path}/settle", **given)

    assert returned(shop) == (1, 2)
    page = re.sub(r"\s+", " ", shop.page(f"/orders/{order_id}"))
    assert re.search(r"Refunds.{1,60}10\.00", page)
    assert re.search(r"Supplier credit.{1,60}5\.00", page)
    assert "1 unit can be returned" in page


def test_a_credit_nobody_named_is_not_shown_as_none(shop: Shop) -> None:
    """thirtybees#2116 of the other side: what is unknown is not zero."""
    order_id = delivered(shop)
    path = came_back(shop, order_id, "2")

    given = {"refund": "20.00", "credit": "", "bearer": "supplier"}
    shop.operator.submit(f"{path}/settle", **given)

    (made,) = shop.rows(Return)
    assert made.supplier_credit_cents is None
    page = re.sub(r"\s+", " ", shop.page(path))
    assert re.search(r"Credit from the supplier</dt> ?<dd[^>]*> ?—", page)
