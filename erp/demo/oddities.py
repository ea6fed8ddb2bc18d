"""The orders of the last days that want a decision, each for a reason of its own."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from erp.demo.customers import Customer, somebody
from erp.demo.shelf import DemoProduct
from erp.demo.trade import FIRST_NUMBER, Item, Sale, item_of, shipping_for
from suppliers.contract import RejectReason
from suppliers.sandbox.messages import Script

DISCONTINUED = Item("KIT-088", "Stoneware teapot (old stock)", 1, 3900)
MINUTES_TO_PAY = 6


@dataclass(frozen=True, slots=True)
class Oddities:
    """Orders that will be held, and those that a supplier answers badly."""

    held: tuple[Sale, ...]
    twin: Sale  # goes its usual way; the next one is held for being so like it
    in_part: Sale  # accepted in part
    refused: Sale  # the supplier says no
    lost: Sale  # its answer gets lost

    @property
    def sales(self) -> tuple[Sale, ...]:
        return (*self.held, self.twin, self.in_part, self.refused, self.lost)


def oddities(products: Sequence[DemoProduct], number: int, now: datetime) -> Oddities:
    """Some for every reason, numbered onwards from `number`."""
    maker = _Maker(products, number, now)
    twin, copy = maker.twice(hours=3)
    held = (
        replace(maker.sale(hours=52), risk="High"),
        _unpaid(maker.sale(hours=30), "pending"),
        _with(maker.sale(hours=27), DISCONTINUED),
        _at(maker.sale(hours=22), street=""),
        _below_cost(maker.sale(hours=9)),
        _unpaid(maker.sale(hours=7), "authorized"),
        replace(maker.sale(hours=5), risk="High"),
        copy,
    )
    return Oddities(
        held=held,
        twin=twin,
        in_part=maker.several_from_one_supplier(hours=20),
        refused=maker.only_at_one_supplier(hours=12),
        lost=maker.only_at_one_supplier(hours=0),
    )


def in_sequence(
    sales: Sequence[Sale], odd: Oddities
) -> tuple[tuple[Sale, ...], Oddities]:
    """The same, numbered in the order in which they were placed."""
    every = sorted([*sales, *odd.sales], key=lambda sale: sale.placed_at)
    numbers = {sale.number: at for at, sale in enumerate(every, start=FIRST_NUMBER)}

    def numbered(sale: Sale) -> Sale:
        return replace(sale, number=numbers[sale.number])

    return tuple(map(numbered, sales)), Oddities(
        held=tuple(map(numbered, odd.held)),
        twin=numbered(odd.twin),
        in_part=numbered(odd.in_part),
        refused=numbered(odd.refused),
        lost=numbered(odd.lost),
    )


def scripts(odd: Oddities, products: Sequence[DemoProduct]) -> list[Script]:
    """How the suppliers answer the orders they do not simply accept."""
    by_sku = {product.sku: product for product in products}
    offers = by_sku[odd.in_part.items[0].sku].offers
    answered_at = odd.in_part.entered_at + timedelta(hours=1)
    in_part = [
        Script(
            supplier=offer.supplier,
            order_name=odd.in_part.name,
            acknowledged_at=answered_at,
            ship_by=answered_at + timedelta(days=3),
            shipped_at=answered_at + timedelta(days=1, hours=8),
            delivered_at=answered_at + timedelta(days=5),
            deliver_by=answered_at + timedelta(days=9),
            accept={offer.supplier_sku: 1},
            note="only one left, more in two weeks",
        )
        for offer in offers
    ]
    refused = [
        Script(
            supplier=offer.supplier,
            order_name=odd.refused.name,
            acknowledged_at=odd.refused.entered_at + timedelta(hours=2),
            reject=RejectReason.INVENTORY_OUT_OF_STOCK,
            note="sold out since this morning",
        )
        for offer in by_sku[odd.refused.items[0].sku].offers
    ]
    return [*in_part, *refused]


class _Maker:
    """Numbers the orders it makes."""

    def __init__(
        self, products: Sequence[DemoProduct], number: int, now: datetime
    ) -> None:
        self._chance = random.Random(f"oddities {now.date().isoformat()}")
        self._products = products
        self._number = number
        self._now = now

    def sale(
        self, *, hours: float, product: DemoProduct | None = None, quantity: int = 1
    ) -> Sale:
        """One product, ordered so long ago by somebody in the United States."""
        chosen = product or self._chance.choice(self._products)
        item = item_of(chosen, quantity)
        customer = self._compatriot()
        paid_at = (self._now - timedelta(hours=hours)).replace(microsecond=0)
        self._number += 1
        return Sale(
            number=self._number - 1,
            customer=customer,
            placed_at=paid_at - timedelta(minutes=MINUTES_TO_PAY),
            paid_at=paid_at,
            items=(item,),
            shipping_cents=shipping_for(customer, item.quantity * item.price_cents),
        )

    def twice(self, *, hours: float) -> tuple[Sale, Sale]:
        """The same customer orders the same thing again a little later."""
        first = self.sale(hours=hours)
        second = self.sale(hours=hours - 0.2)
        return first, replace(second, customer=first.customer, items=first.items)

    def several_from_one_supplier(self, *, hours: float) -> Sale:
        return self.sale(hours=hours, product=self._exclusive(), quantity=3)

    def only_at_one_supplier(self, *, hours: float) -> Sale:
        return self.sale(hours=hours, product=self._exclusive())

    def _exclusive(self) -> DemoProduct:
        alone = [each for each in self._products if len(each.offers) == 1]
        return self._chance.choice(alone)

    def _compatriot(self) -> Customer:
        found = somebody(self._chance)
        while found.country != "US":
            found = somebody(self._chance)
        return found


def _unpaid(sale: Sale, payment: str) -> Sale:
    return replace(sale, paid_at=None, payment=payment)


def _with(sale: Sale, item: Item) -> Sale:
    return replace(sale, items=(*sale.items, item))


def _at(sale: Sale, street: str) -> Sale:
    return replace(sale, customer=replace(sale.customer, street=street))


def _below_cost(sale: Sale) -> Sale:
    """A coupon that should have ended long ago."""
    return replace(
        sale, coupon="STAFF70", discount_cents=sale.subtotal_cents * 70 // 100
    )
