"""Calls under way at the same time: in which order, and how many to one supplier."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from erp.fulfilment.forwarding.caller import Answer, Claimed
from erp.fulfilment.forwarding.lanes import Lanes, Room
from suppliers.contract import (
    PurchaseReport,
    PurchaseRequest,
    Recipient,
    ReportedStatus,
)
from suppliers.registry import Connection

ANYBODY = Recipient("Ada", "Street 1", "London", "N1", "GB")
PATIENCE = 20.0


def claims(supplier_id: int, count: int) -> list[Claimed]:
    to = Connection(supplier_id, "rest", f"S{supplier_id}", "https://s.test", "t")
    return [
        Claimed(
            attempt=1,
            connection=to,
            request=PurchaseRequest(f"{supplier_id}-{n}", "#1", "USD", ANYBODY, ()),
            start_by=datetime.max.replace(tzinfo=UTC),
        )
        for n in range(count)
    ]


def taken(claimed: Claimed) -> Answer:
    reference = claimed.request.reference
    return PurchaseReport(reference, "theirs", ReportedStatus.RECEIVED)


@contextmanager
def lanes(at_once: int, ask: Callable[[Claimed], Answer]) -> Iterator[Lanes]:
    with ThreadPoolExecutor(Lanes.threads_for(at_once)) as pool:
        yield Lanes(pool, at_once, ask)


def references(found: Lanes, count: int) -> list[str]:
    """The next so many that are answered."""
    heard: list[str] = []
    give_up_at = time.monotonic() + PATIENCE
    while len(heard) < count:
        assert time.monotonic() < give_up_at, f"only {heard}"
        for claimed, _ in found.answered(0.05, 0.01):
            found.room.give_back(claimed.connection.supplier_id, is_well=True)
            heard.append(claimed.request.reference)
    return heard


def test_everything_is_asked_once() -> None:
    with lanes(4, taken) as found:
        found.hand_out(claims(1, 30) + claims(2, 30))
        heard = references(found, 60)

    assert len(set(heard)) == 60
    assert found.is_empty


def test_one_supplier_has_no_more_than_half_of_the_lanes() -> None:
    calls, most, pause = threading.Semaphore(2), [], threading.Event()

    def count(claimed: Claimed) -> Answer:
        most.append(calls.acquire(blocking=False))
        pause.wait(0.001)
        calls.release()
        return taken(claimed)

    with lanes(4, count) as found:
        found.hand_out(claims(1, 40))
        references(found, 40)

    assert all(most)


def test_suppliers_take_turns() -> None:
    asked: list[int] = []

    def note(claimed: Claimed) -> Answer:
        asked.append(claimed.connection.supplier_id)
        return taken(claimed)

    with lanes(1, note) as found:
        found.hand_out(claims(1, 20) + claims(2, 3))
        references(found, 23)

    assert asked[:6].count(2) >= 2


def test_those_that_hang_keep_nobody_waiting() -> None:
    """As many as there are lanes hang, and more are behind them."""
    over = threading.Event()

    def hang(claimed: Claimed) -> Answer:
        if claimed.connection.supplier_id < 9:
            assert over.wait(PATIENCE)
        return taken(claimed)

    with lanes(2, hang) as found:
        for supplier_id in range(1, 6):
            found.hand_out(claims(supplier_id, 2))
        found.hand_out(claims(9, 5))
        heard = references(found, 5)
        over.set()
        references(found, 10)

    assert {each[0] for each in heard} == {"9"}


def test_what_nobody_foresaw_ends_all_of_it() -> None:
    class Death(BaseException):
        """As of a process that is told to end."""

    def die(_: Claimed) -> Answer:
        raise Death

    with lanes(2, die) as found:
        found.hand_out(claims(1, 1))
        with pytest.raises(Death):
            references(found, 1)


def test_a_supplier_earns_what_it_is_handed() -> None:
    room = Room(most=3)
    assert room.of(1) == 1
    for _ in range(5):
        room.take(1)
        room.give_back(1, is_well=True)
    assert room.of(1) == 3

    room.take(1)
    room.give_back(1, is_well=False)

    assert room.of(1) == 1
    room.take(1)
    assert room.full == [1]
