"""A customer who never tires: sends an order through the API every half a minute.

Most are ordinary, the first one for certain. Now and then one is unpaid, risky or names
a product that is gone, so that there is something to decide.
"""

import itertools
import json
import logging
import random
import secrets
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from http.client import HTTPException
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

from config.money import to_text
from erp.demo.customers import somebody
from erp.demo.oddities import DISCONTINUED
from erp.demo.shelf import CURRENCY, DemoProduct
from erp.demo.trade import Item, basket, item_of, shipping_for

log = logging.getLogger(__name__)

CHANNEL = "webshop"
FIRST_AFTER_SECONDS = 5.0
PAUSE_SECONDS = (20.0, 30.0)
PATIENCE_SECONDS = 30.0
ORDERS_PER_RESTOCK = 100  # so that shelves are full again after most of an hour
ODD_SHARE = 0.12
_NO_PROXY = build_opener(ProxyHandler({}))  # the store is on this machine


class Oddity(StrEnum):
    """What may be wrong with an order."""

    NONE = "none"
    UNPAID = "unpaid"
    RISKY = "risky"
    GONE = "gone"


class Shopper:
    """Shops in a thread of its own until it is stopped."""

    def __init__(
        self,
        url: str,
        token: str,
        products: Sequence[DemoProduct],
        clock: Callable[[], datetime],
        *,
        first_number: int,
        restock: Callable[[], None],
    ) -> None:
        self._url = url
        self._token = token
        self._products = products
        self._clock = clock
        self._numbers = itertools.count(first_number)
        self._restock = restock
        self._chance = random.Random()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._shop, name="shopper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Send nothing more; an order on its way is let through."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(PATIENCE_SECONDS)

    def _shop(self) -> None:
        pause, oddity = FIRST_AFTER_SECONDS, Oddity.NONE
        while not self._stopped.wait(pause):
            number, now = next(self._numbers), self._clock()
            if number % ORDERS_PER_RESTOCK == 0:
                self._restock()
            self._send(new_order(self._products, self._chance, number, now, oddity))
            pause = self._chance.uniform(*PAUSE_SECONDS)
            oddity = Oddity.NONE
            if self._chance.random() < ODD_SHARE:
                oddity = self._chance.choice(list(Oddity))

    def _send(self, order: dict[str, object]) -> None:
        request = Request(
            f"{self._url}/api/v1/orders",
            data=json.dumps(order).encode(),
            headers={
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "Idempotency-Key": str(order["external_id"]),
            },
        )
        try:
            with _NO_PROXY.open(request, timeout=PATIENCE_SECONDS) as answer:
                answer.read()
        except (URLError, HTTPException, OSError) as error:
            log.warning("the demo's customer was turned away: %s", error)


def new_order(
    products: Sequence[DemoProduct],
    chance: random.Random,
    number: int,
    now: datetime,
    oddity: Oddity,
) -> dict[str, object]:
    """An order as the API takes it."""
    customer = somebody(chance)
    items = [item_of(product) for product in basket(products, chance)]
    if oddity is Oddity.GONE:
        items.append(DISCONTINUED)
    subtotal = sum(item.quantity * item.price_cents for item in items)
    shipping = shipping_for(customer, subtotal)
    is_paid = oddity is not Oddity.UNPAID
    moment = now.isoformat(timespec="seconds")
    return {
        "channel": CHANNEL,
        "external_id": f"live-{number}-{secrets.token_hex(4)}",
        "name": f"#{number}",
        "currency": CURRENCY,
        "placed_at": moment,
        "paid_at": moment if is_paid else None,
        "payment": "paid" if is_paid else "pending",
        "risk": "high" if oddity is Oddity.RISKY else "low",
        "email": customer.email,
        "ship_to": {
            "name": customer.name,
            "phone": customer.phone,
            "address1": customer.street,
            "city": customer.city,
            "postal_code": customer.postal_code,
            "province": customer.province,
            "country": customer.country,
        },
        "lines": [_line(item) for item in items],
        "shipping": to_text(shipping, CURRENCY),
        "total": to_text(subtotal + shipping, CURRENCY),
    }


def _line(item: Item) -> dict[str, object]:
    return {
        "sku": item.sku,
        "title": item.title,
        "quantity": item.quantity,
        "unit_price": to_text(item.price_cents, CURRENCY),
    }
