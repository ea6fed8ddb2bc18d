"""Some weeks of made-up trade: what was sold, and how each supplier would serve it.

Pure; the same for a day, whoever asks. An order names no supplier, so that routing
chooses; therefore each supplier that could serve it has its fate for it ready.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from erp.demo.customers import Customer, somebody
from erp.demo.shelf import SUPPLIERS, DemoProduct, DemoSupplier

DAYS = 70  # of the past, unless fewer are asked for
PER_DAY = 7.5  # orders on an ordinary day at the start; it grows a little
WEEKDAYS = (1.15, 1.0, 0.95, 0.95, 1.0, 0.8, 1.15)  # Monday first: Sunday and Monday
GROWTH = 0.3  # over the whole time
PAID_WITHIN = timedelta(minutes=15)
FIRST_NUMBER = 1001
FREE_SHIPPING_FROM = 7500
SHIPPING_CENTS, SHIPPING_ABROAD_CENTS = 590, 1190
COUPON, COUPON_SHARE, COUPON_PERCENT = "WELCOME10", 0.06, 10

SLIPPING = "BRIGHT"  # the supplier that turns late
SLIPS_FOR = timedelta(days=21)
SLIPPING_SHARE = 0.5
SLOW_TRANSIT_SHARE = 0.04  # parcels that reach the customer after the promise
CLOSE, FAR = (2.0, 5.0), (5.0, 11.0)  # days in transit, at home and abroad


@dataclass(frozen=True, slots=True)
class Item:
    sku: str
    title: str
    quantity: int
    price_cents: int


@dataclass(frozen=True, slots=True)
class Sale:
    """One order as the shop exports it."""

    number: int
    customer: Customer
    placed_at: datetime
    paid_at: datetime | None
    items: tuple[Item, ...]
    shipping_cents: int
    discount_cents: int = 0
    coupon: str = ""
    payment: str = "paid"
    risk: str = "Low"
    supplier: str = ""  # a code, if the order must go there

    @property
    def name(self) -> str:
        return f"#{self.number}"

    @property
    def subtotal_cents(self) -> int:
        return sum(item.quantity * item.price_cents for item in self.items)

    @property
    def entered_at(self) -> datetime:
        return self.paid_at or self.placed_at


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of an order at a supplier, should it be sent there."""

    order_name: str
    supplier: str
    acknowledged_at: datetime
    ship_by: datetime
    shipped_at: datetime
    delivered_at: datetime
    promised_at: datetime


def past_sales(
    products: Sequence[DemoProduct], now: datetime, days: int = DAYS
) -> tuple[Sale, ...]:
    """Every ordinary order of the last days, oldest first."""
    chance = random.Random(now.date().isoformat())
    first = datetime.combine(now.date(), time(), now.tzinfo) - timedelta(days=days)
    moments = sorted(
        at for at in _moments(first, days, chance) if at < now - PAID_WITHIN
    )
    return tuple(
        _sale(number, at, products, chance)
        for number, at in enumerate(moments, start=FIRST_NUMBER)
    )


def fates(
    sales: Sequence[Sale], products: Sequence[DemoProduct], now: datetime
) -> tuple[Fate, ...]:
    """For each order, what every supplier that could serve it would do."""
    chance = random.Random(f"fates {now.date().isoformat()}")
    offering = {
        product.sku: {offer.supplier for offer in product.offers}
        for product in products
    }
    return tuple(
        _fate(sale, supplier, chance, slips_since=now - SLIPS_FOR)
        for sale in sales
        for supplier in SUPPLIERS
        if any(supplier.code in offering.get(item.sku, ()) for item in sale.items)
    )


def item_of(product: DemoProduct, quantity: int = 1) -> Item:
    return Item(product.sku, product.title, quantity, product.price_cents)


def shipping_for(customer: Customer, subtotal_cents: int) -> int:
    """What the customer pays for shipping."""
    if customer.country != "US":
        return SHIPPING_ABROAD_CENTS
    return 0 if subtotal_cents >= FREE_SHIPPING_FROM else SHIPPING_CENTS


def basket(
    products: Sequence[DemoProduct], chance: random.Random
) -> tuple[DemoProduct, ...]:
    """One product, sometimes two or three; the first of a category sell best."""
    size = chance.choices((1, 2, 3), (72, 22, 6))[0]
    weights = [1.0 / (index % 10 + 2) for index in range(len(products))]
    picked = chance.choices(products, weights, k=size)
    return tuple({product.sku: product for product in picked}.values())


def _moments(first: datetime, days: int, chance: random.Random) -> Iterator[datetime]:
    for number in range(days + 1):
        day = first + timedelta(days=number)
        mean = PER_DAY * WEEKDAYS[day.weekday()] * (1 + GROWTH * number / days)
        for _ in range(round(chance.gauss(mean, mean**0.5 / 2))):
            hour = min(max(chance.gauss(15, 4.5), 0), 23.8)
            yield day + timedelta(hours=hour, seconds=chance.randint(0, 600))


def _sale(
    number: int, at: datetime, products: Sequence[DemoProduct], chance: random.Random
) -> Sale:
    customer = somebody(chance)
    items = tuple(
        item_of(product, chance.choices((1, 2, 3), (86, 11, 3))[0])
        for product in basket(products, chance)
    )
    subtotal = sum(item.quantity * item.price_cents for item in items)
    has_coupon = chance.random() < COUPON_SHARE
    placed_at = at.replace(microsecond=0)
    return Sale(
        number=number,
        customer=customer,
        placed_at=placed_at,
        paid_at=placed_at + timedelta(seconds=chance.randint(5, 600)),
        items=items,
        shipping_cents=shipping_for(customer, subtotal),
        discount_cents=subtotal * COUPON_PERCENT // 100 if has_coupon else 0,
        coupon=COUPON if has_coupon else "",
    )


def _fate(
    sale: Sale, supplier: DemoSupplier, chance: random.Random, *, slips_since: datetime
) -> Fate:
    start = sale.entered_at
    is_slipping = supplier.code == SLIPPING and start > slips_since
    late_share = SLIPPING_SHARE if is_slipping else supplier.late_share
    acknowledged_at = start + _span(hours=chance.uniform(0.1, 5))
    handling = timedelta(days=supplier.handling_days)
    ship_by = acknowledged_at + handling
    used = chance.uniform(0.25, 0.9)
    shipped_at = acknowledged_at + handling * used
    if chance.random() < late_share:
        shipped_at = ship_by + _span(hours=chance.uniform(8, 80))
    shortest, longest = CLOSE if supplier.country == sale.customer.country else FAR
    transit = chance.uniform(shortest, longest)
    if chance.random() < SLOW_TRANSIT_SHARE:
        transit = longest + chance.uniform(3, 6)
    return Fate(
        order_name=sale.name,
        supplier=supplier.code,
        acknowledged_at=acknowledged_at,
        ship_by=ship_by,
        shipped_at=shipped_at,
        delivered_at=shipped_at + _span(hours=24 * transit),
        promised_at=ship_by + _span(hours=24 * (longest + 1)),
    )


def _span(*, hours: float) -> timedelta:
    """Whole seconds, as the files have them."""
    return timedelta(seconds=round(hours * 3600))
