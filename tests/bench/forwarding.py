"""How many orders a second go to one quick supplier, with all that is written down.

The floor is the same client, with as many calls at once, against the same server, in
the same process: it asks, and writes nothing down.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from erp.fulfilment.forwarding.sending import forward_due
from tests.bench.asked import THREADS, Asked, asked
from tests.bench.measured import Measured
from tests.bench.quick_supplier import quick_supplier

ROUNDS = 5
ORDERS = 800  # a round
AT_ONCE = THREADS // 2  # as many as one supplier gets
SHARE = 0.6


def measure(folder: Path) -> Iterator[Measured]:
    with quick_supplier() as url, asked(folder) as store:
        store.add_supplier("Q", f"{url}/s/Q")
        _forwarded(store)  # warms up
        pairs = [(_forwarded(store), _bare(store)) for _ in range(ROUNDS)]
    ours, floor = zip(*pairs, strict=True)
    yield Measured(
        "orders forwarded a second",
        "",
        ours,
        floor=floor,
        more_is_better=True,
        notes=[f"floor: the same client without bookkeeping, {AT_ONCE} calls at once"],
    )
    shares = [100 * mine / bare for mine, bare in pairs]
    yield Measured("its share of the floor", "%", shares, 100 * SHARE, (), True)


def _forwarded(store: Asked) -> float:
    store.queue(["Q"], ORDERS)
    began = time.perf_counter()
    sent = forward_due(store.sessions, store.caller)
    assert sent == ORDERS, f"only {sent} were sent"
    return ORDERS / (time.perf_counter() - began)


def _bare(store: Asked) -> float:
    connection, requests = store.requests("Q")
    submit = store.caller.clients.client_for(connection).submit
    requests = requests[-ORDERS:]
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(submit, requests))
    return ORDERS / (time.perf_counter() - began)
