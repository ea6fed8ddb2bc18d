"""Calls under way: how many at once, in which order, and how many to one supplier.

Suppliers take turns, and none has more than half of the lanes. A call that takes long
is set aside: it goes on, and another lane opens in its place. A supplier is handed more
the more it answers. So one that hangs holds a call or two, which nobody misses.
"""

import queue
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

from erp.fulfilment.forwarding.caller import Answer, Claimed

ASIDE_SECONDS = 0.25  # most suppliers have answered by then
ASIDE_SHARE = 4  # for each call at once, so many more that take long
TOGETHER = 4  # for each call at once, so many are claimed, and stored, in one go
Answered = tuple[Claimed, Answer]


@dataclass(frozen=True, slots=True)
class Room:
    """What suppliers may be handed further: by what they hold, and what they earned."""

    held: Counter[int] = field(default_factory=Counter)
    earned: Counter[int] = field(default_factory=Counter)
    most: int = 1

    def of(self, supplier_id: int) -> int:
        reach = min(1 + self.earned[supplier_id], self.most)
        return max(0, reach - self.held[supplier_id])

    @property
    def full(self) -> list[int]:
        return [each for each in self.held if not self.of(each)]

    def take(self, supplier_id: int) -> None:
        self.held[supplier_id] += 1

    def give_back(self, supplier_id: int, *, is_well: bool) -> None:
        """One that fails has to earn its place anew."""
        self.held[supplier_id] -= 1
        self.earned[supplier_id] += 1
        if not is_well:
            self.earned[supplier_id] = 0
        if not self.held[supplier_id]:
            del self.held[supplier_id]


class Lanes:
    """Asks what it is given, in threads of `pool`, which has `threads_for` of them."""

    def __init__(
        self, pool: Executor, at_once: int, ask: Callable[[Claimed], Answer]
    ) -> None:
        self.batch = TOGETHER * at_once
        self.room = Room(most=2 * self.batch)  # one is asked while another is stored
        self._pool, self._ask, self._at_once = pool, ask, at_once
        self._lock = threading.Lock()
        self._waiting: dict[int, deque[Claimed]] = defaultdict(deque)
        self._calling: Counter[int] = Counter()
        self._began: dict[int, float] = {}  # by lane
        self._aside: set[int] = set()
        self._opened = 0
        self._answers: queue.SimpleQueue[Answered | BaseException]
        self._answers = queue.SimpleQueue()

    @staticmethod
    def threads_for(at_once: int) -> int:
        return at_once * (1 + ASIDE_SHARE)

    def hand_out(self, claimed: Sequence[Claimed]) -> None:
        with self._lock:
            for each in claimed:
                self.room.take(each.connection.supplier_id)
                self._waiting[each.connection.supplier_id].append(each)
            self._open()

    @property
    def is_empty(self) -> bool:
        return not self.room.held

    @property
    def wants_more(self) -> bool:
        """What waits is soon asked."""
        with self._lock:
            return sum(map(len, self._waiting.values())) < self.batch // 2

    def answered(self, within: float, together: float) -> list[Answered]:
        """What was answered, and soon after the first, so that it is stored together.

        Raises what a call raised, which then ends all of it.
        """
        first = self._answer(within)
        self._set_aside()
        if first is None:
            return []
        answers, ends = [first], time.monotonic() + together
        while len(answers) < self.batch and self._is_busy():
            following = self._answer(max(0.0, ends - time.monotonic()))
            if following is None:
                break
            answers.append(following)
        return answers

    def _answer(self, within: float) -> Answered | None:
        try:
            answer = self._answers.get(timeout=within)
        except queue.Empty:
            return None
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _is_busy(self) -> bool:
        """Whether an answer may come at once."""
        with self._lock:
            return len(self._began) > 0 or not self._answers.empty()

    def _set_aside(self) -> None:
        limit = time.monotonic() - ASIDE_SECONDS
        with self._lock:
            slow = [lane for lane, began in self._began.items() if began < limit]
            for lane in slow[: self._at_once * ASIDE_SHARE - len(self._aside)]:
                del self._began[lane]
                self._aside.add(lane)
            self._open()

    def _open(self) -> None:
        """As many lanes as may be open have something to ask."""
        while len(self._began) < self._at_once:
            following = self._next()
            if following is None:
                return
            self._opened += 1
            self._began[self._opened] = time.monotonic()
            self._pool.submit(self._run, self._opened, following)

    def _next(self) -> Claimed | None:
        """Of the supplier whose turn it is; the next time it is another's."""
        most = max(1, self._at_once // 2)
        for supplier_id, waiting in self._waiting.items():
            if self._calling[supplier_id] < most:
                following = waiting.popleft()
                del self._waiting[supplier_id]
                if waiting:
                    self._waiting[supplier_id] = waiting
                self._calling[supplier_id] += 1
                return following
        return None

    def _run(self, lane: int, claimed: Claimed) -> None:
        following: Claimed | None = claimed
        try:
            while following is not None:
                answer = self._ask(following)
                following = self._after(lane, following, answer)
        except BaseException as failure:
            self._answers.put(failure)
            raise

    def _after(self, lane: int, claimed: Claimed, answer: Answer) -> Claimed | None:
        """What this lane asks next, if it stays open."""
        with self._lock:
            self._calling[claimed.connection.supplier_id] -= 1
            self._answers.put((claimed, answer))
            if lane in self._aside:
                self._aside.remove(lane)
                self._open()
                return None
            following = self._next()
            if following is None:
                del self._began[lane]
            else:
                self._began[lane] = time.monotonic()
            return following
