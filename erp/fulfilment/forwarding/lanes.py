"""How many calls are under way at once, and how many of them to one supplier.

A call that takes long is set aside: it goes on, but another may start in its place. And
a supplier is asked more at once the more it answers. So one that hangs holds a single
thread, which nobody misses.
"""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

ASIDE_SECONDS = 0.25  # most suppliers have answered by then
ASIDE_SHARE = 3  # for each call at once, so many more that take long
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Room:
    """What suppliers may be asked further, by the calls they hold and their reach."""

    held: Counter[int] = field(default_factory=Counter)
    reach: defaultdict[int, int] = field(default_factory=lambda: defaultdict(lambda: 1))

    def of(self, supplier_id: int) -> int:
        return max(0, self.reach[supplier_id] - self.held[supplier_id])

    @property
    def full(self) -> list[int]:
        return [each for each in self.held if not self.of(each)]


class Lanes:
    """Shared by the threads that call; the rest is for the one that hands out calls."""

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self.threads = at_once * (1 + ASIDE_SHARE)
        self.room = Room()
        self._lock = threading.Lock()
        self._free = threading.Semaphore(at_once)
        self._began: dict[str, float] = {}
        self._aside: set[str] = set()

    def call(self, name: str, ask: Callable[[], A]) -> A:
        """Ask once there is a lane for it; no two calls have the same name."""
        self._enter(name)
        try:
            return ask()
        finally:
            self._leave(name)

    @property
    def idle(self) -> int:
        """Lanes that no call is in or waits for."""
        with self._lock:
            return self.at_once - self.room.held.total() + len(self._aside)

    def set_aside(self) -> frozenset[str]:
        """Make way for others beside the calls that take long; these by name."""
        limit = time.monotonic() - ASIDE_SECONDS
        with self._lock:
            slow = [each for each, began in self._began.items() if began < limit]
            for each in slow[: self.at_once * ASIDE_SHARE - len(self._aside)]:
                del self._began[each]
                self._aside.add(each)
                self._free.release()
            return frozenset(self._aside)

    def hold(self, supplier_id: int) -> None:
        """A call to it was handed out."""
        self.room.held[supplier_id] += 1

    def let_go(self, supplier_id: int, *, is_well: bool) -> None:
        """A call to it is over. One that fails has to earn its place anew."""
        room = self.room
        room.held[supplier_id] -= 1
        most = max(1, self.at_once // 2)
        further = min(room.reach[supplier_id] + 1, most)
        room.reach[supplier_id] = further if is_well else 1
        if not room.held[supplier_id]:
            del room.held[supplier_id]

    def _enter(self, name: str) -> None:
        self._free.acquire()
        with self._lock:
            self._began[name] = time.monotonic()

    def _leave(self, name: str) -> None:
        with self._lock:
            if name in self._aside:
                self._aside.remove(name)
            else:
                del self._began[name]
                self._free.release()
