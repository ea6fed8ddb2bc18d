"""Whether suppliers that hang slow the others down: 200 of them, five of which hang.

Every call to one that hangs ends with its time-out. What counts is how long the other
195 need until they have all their orders, against the same with all 200 well.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func
from sqlmodel import col, select

from erp.fulfilment.forwarding.sending import forward_due
from erp.fulfilment.models import Attempt, AttemptOutcome, PurchaseOrder
from suppliers.models import Supplier
from tests.bench.asked import Asked, asked
from tests.bench.measured import Measured
from tests.bench.quick_supplier import quick_supplier

ROUNDS = 3
SUPPLIERS = 200
HANGING = 5
ORDERS = 8  # of each supplier
CALL_SECONDS = 3.0  # instead of thirty, so that a round does not last minutes
SLOWED_PERCENT = 10


def measure(folder: Path) -> Iterator[Measured]:
    rounds = [(_round(folder, n, 0), _round(folder, n, HANGING)) for n in range(ROUNDS)]
    well, hanging = zip(*rounds, strict=True)
    yield Measured(
        f"195 suppliers have their orders, while {HANGING} hang",
        "s",
        hanging,
        floor=well,
        notes=["floor: the same with all 200 well"],
    )
    slowed = [100 * (mine / bare - 1) for bare, mine in rounds]
    yield Measured("slowed by", "%", slowed, SLOWED_PERCENT)


def _round(folder: Path, number: int, hanging: int) -> float:
    """Seconds from the first call to the last answer, of those that never hang."""
    codes = [f"S{index:03}" for index in range(SUPPLIERS)]
    with _store(folder / f"{number}-{hanging}") as (store, url):
        for index, code in enumerate(codes):
            kind = "hangs" if index < hanging else "s"
            store.add_supplier(code, f"{url}/{kind}/{code}")
        store.queue(codes, ORDERS)
        forward_due(store.sessions, store.caller)
        return _took(store, codes[HANGING:]).total_seconds()


@contextmanager
def _store(folder: Path) -> Iterator[tuple[Asked, str]]:
    folder.mkdir(parents=True)
    with quick_supplier() as url, asked(folder, call_seconds=CALL_SECONDS) as store:
        yield store, url


def _took(store: Asked, codes: list[str]) -> timedelta:
    query = (
        select(func.min(Attempt.started_at), func.max(Attempt.ended_at), func.count())
        .join(PurchaseOrder, col(PurchaseOrder.id) == col(Attempt.purchase_order_id))
        .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
        .where(
            col(Supplier.code).in_(codes),
            col(Attempt.outcome) == AttemptOutcome.PLACED,
        )
    )
    with store.sessions.reading() as session:
        first, last, count = session.exec(query).one()
    assert count == ORDERS * len(codes), f"only {count} were placed"
    return last - first
