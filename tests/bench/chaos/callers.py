"""Those who call us meanwhile: a shop that sells, and a supplier that pulls."""

import random
import threading
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import httpx

from tests.journeys.stocked import order_of

PATIENCE_SECONDS = 10.0
PAUSE_SECONDS = 0.2
BATCH = 5  # orders in one call
PAGE = 20


class Caller(threading.Thread, ABC):
    """Calls again and again, whatever becomes of it, until it is stopped."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(name=type(self).__name__, daemon=True)
        self.failure: BaseException | None = None
        self._is_over = threading.Event()
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
            timeout=PATIENCE_SECONDS,
        )

    def run(self) -> None:
        try:
            while not self._is_over.wait(PAUSE_SECONDS):
                with suppress(httpx.HTTPError):  # it is being killed, or starts
                    self.call()
        except BaseException as failure:
            self.failure = failure
            raise

    def stop(self) -> None:
        self._is_over.set()
        if self.ident is not None:
            self.join()

    def close(self) -> None:
        self.stop()
        self._client.close()

    @abstractmethod
    def call(self) -> None: ...


class Shop(Caller):
    """Sends each order until it hears that it was taken."""

    def __init__(self, url: str, token: str, orders: Sequence[tuple[str, ...]]) -> None:
        super().__init__(url, token)
        self.taken = 0
        self.allowed = 0
        self._orders = orders
        self._sending: list[dict[str, Any]] = []

    def call(self) -> None:
        if not self._sending:
            ends = min(self.allowed, len(self._orders), self.taken + BATCH)
            self._sending = [
                order_of(number + 1, *self._orders[number])
                for number in range(self.taken, ends)
            ]
        if self._sending:
            answer = self._client.post("/api/v1/orders", json=self._sending)
            answer.raise_for_status()
            assert answer.json()["refused"] == 0, answer.text
            self.taken += len(self._sending)
            self._sending = []


class Puller(Caller):
    """Reads its list by its cursor, acknowledges, and says everything several times."""

    def __init__(self, url: str, token: str, seed: str) -> None:
        super().__init__(url, token)
        self.listed: Counter[str] = Counter()
        self.numbers: dict[str, int] = {}
        self.repeats = 0
        self._cursor = 0
        self._chance = random.Random(f"portal {seed}")

    def call(self) -> None:
        page = self.read(self._cursor)
        for sheet in page["purchase_orders"]:
            self.listed[sheet["reference"]] += 1
            self.numbers[sheet["reference"]] = sheet["number"]
        self._cursor = page["next"]
        for sheet in page["purchase_orders"]:
            self._acknowledge(sheet["reference"])
        if self.listed and self._chance.random() < 0.3:
            self.repeats += 1
            self._acknowledge(self._chance.choice(list(self.listed)))

    def read(self, after: int) -> dict[str, Any]:
        query = {"after": after, "limit": PAGE}
        answer = self._client.get("/supplier/v1/purchase-orders", params=query)
        page: dict[str, Any] = answer.raise_for_status().json()
        return page

    def read_all(self) -> dict[str, int]:
        """The whole list from its beginning: number by reference."""
        found: dict[str, int] = {}
        after, more = 0, True
        while more:
            page = self.read(after)
            rows = page["purchase_orders"]
            found |= {each["reference"]: each["number"] for each in rows}
            after, more = page["next"], page["more"]
        return found

    def _acknowledge(self, reference: str) -> None:
        """With its key, without one, or twice over."""
        key = {"Idempotency-Key": f"ack-{reference}"}
        path = f"/supplier/v1/purchase-orders/{reference}/acknowledge"
        for headers in self._chance.choice(((key,), ({},), (key, key, {}))):
            self._client.post(path, json={}, headers=headers)
