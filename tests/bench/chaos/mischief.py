"""Suppliers that fall over and stand up again with their books, and misbehave."""

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from suppliers.sandbox.process import start
from suppliers.sandbox.remote import SandboxRemote
from tests.bench.chaos.traders import Trader, at_the_sandbox

# A call is given up after two seconds, and its order believed absent only later: a
# supplier may hang, but what it takes it takes within a second.
HANGS = {"kind": "hang", "seconds": 3}
PAUSE_SECONDS = (0.1, 0.6)  # between two troubles
MOST_WAITING = 12  # troubles at one sandbox, so that they are had while asked for
LONGEST_FALL = 1.0
AT_ANY: tuple[dict[str, Any], ...] = (
    {"kind": "lose_answer"},
    {"kind": "fail"},
    {"kind": "rate_limit", "retry_after": 1},
    {"kind": "garble"},
    {"kind": "slow", "seconds": 0.5},
    HANGS,
)
AT_ORDERS: tuple[dict[str, Any], ...] = (
    *AT_ANY,
    {"kind": "lose_answer", "when": "before"},
    {"kind": "fail", "when": "after", "status": 502},
    {"kind": "fail", "status": 504},
    {"kind": "slow", "seconds": 0.5, "when": "before"},
    HANGS | {"when": "before"},
)
IN_BODIES = tuple(
    {"kind": "soft_error", "when": when, "is_raw": is_raw}
    for when in ("before", "after")
    for is_raw in (True, False)
)
OF_ITS_OWN = {"bigbuy": IN_BODIES, "printful": (*IN_BODIES, {"kind": "fall_back"})}
QUESTIONS = ("look_up", "changes")


class Place:
    """A sandbox in a process of its own."""

    def __init__(self, folder: Path, traders: Sequence[Trader]) -> None:
        self.traders = traders
        self.falls = 0
        self._folder = folder
        self._process = start(folder)
        self._met: Counter[str] = Counter()
        self.remote = SandboxRemote(self._process.url)
        for trader in traders:
            account, stock = at_the_sandbox(trader)
            self.remote.add_suppliers([account])
            self.remote.set_stock(trader.code, stock)

    @property
    def url(self) -> str:
        return self._process.url

    def fall(self, seconds: float) -> None:
        """Killed in the midst of its calls; back after a while, on the same port."""
        met = self.met()
        self._process.kill()
        self._met = met
        time.sleep(seconds)
        self._process = start(self._folder, self._process.port)
        self.falls += 1

    def met(self) -> Counter[str]:
        """Calls that ran into trouble, by its kind, before and after its falls."""
        return self._met + Counter(self.remote.troubles()[1])

    def books(self) -> dict[str, Counter[str]]:
        """By supplier, how many orders it holds under each of our references."""
        return {
            code: Counter(
                {name: each["orders"] for name, each in entry["references"].items()}
            )
            for code, entry in self.remote.books()["suppliers"].items()
        }

    def close(self) -> None:
        self.remote.close()
        self._process.stop()


class Troublemaker(threading.Thread):
    """Asks for one trouble after the other, until it is stopped."""

    def __init__(self, places: Sequence[Place], seed: str) -> None:
        super().__init__(name="mischief", daemon=True)
        self._places = places
        self._chance = random.Random(f"mischief {seed}")
        self._is_over = threading.Event()

    def run(self) -> None:
        while not self._is_over.wait(self._chance.uniform(*PAUSE_SECONDS)):
            with suppress(httpx.HTTPError):  # it has fallen, and will be back
                self._ask(self._chance.choice(self._places))

    def stop(self) -> None:
        self._is_over.set()
        self.join()
        for place in self._places:
            place.remote.behave()

    def _ask(self, place: Place) -> None:
        waiting, _ = place.remote.troubles()
        if waiting < MOST_WAITING:
            trader = self._chance.choice(place.traders)
            place.remote.misbehave(trader.code, **self._trouble(trader))

    def _trouble(self, trader: Trader) -> dict[str, Any]:
        fate = self._chance.random()
        if fate < 0.05:
            return {"kind": "down", "seconds": 1}
        if fate < 0.3:
            on = self._chance.choice(QUESTIONS)
            return self._chance.choice(AT_ANY) | {"on": on}
        own: tuple[dict[str, Any], ...] = OF_ITS_OWN.get(trader.kind, ())
        if own and fate < 0.45:
            return self._chance.choice(AT_ANY) | {"on": "prepare"}
        return self._chance.choice(AT_ORDERS + own) | {"on": "submit"}
