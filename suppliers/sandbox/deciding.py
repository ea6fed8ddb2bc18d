"""What a supplier in the sandbox makes of an order it has just received."""

import sqlite3
from datetime import datetime

from suppliers.sandbox.messages import Ordered, SandboxSupplier, Script, Trouble
from suppliers.sandbox.plans import (
    Plan,
    Verdict,
    by_habit,
    by_script,
    half_of,
    verdict,
)


def plan_for(
    books: sqlite3.Connection,
    supplier: SandboxSupplier,
    ordered: Ordered,
    now: datetime,
    *,
    script: Script | None,
    trouble: Trouble | None,
) -> Plan:
    """Decide an order's future: trouble first, then its script, then habits."""
    wanted = ordered.units()
    decided = _troubled(wanted, trouble) or _scripted(wanted, script)
    if decided is None:
        decided = _by_stock(books, supplier, wanted)
    if script is not None:
        return by_script(script, decided)
    return by_habit(supplier, decided, now)


def _troubled(wanted: dict[str, int], trouble: Trouble | None) -> Verdict | None:
    if trouble is None:
        return None
    if trouble.kind == "reject":
        return verdict(wanted, {}, reason=trouble.reason)
    if trouble.kind == "part_accept":
        return verdict(wanted, trouble.accept or half_of(wanted))
    return None


def _scripted(wanted: dict[str, int], script: Script | None) -> Verdict | None:
    if script is None:
        return None
    if script.reject is not None:
        return verdict(wanted, {}, reason=script.reject, note=script.note)
    accepted = wanted if script.accept is None else script.accept
    return verdict(wanted, accepted, note=script.note)


def _by_stock(
    books: sqlite3.Connection, supplier: SandboxSupplier, wanted: dict[str, int]
) -> Verdict:
    if not supplier.count_stock:
        return verdict(wanted, wanted)
    stock = dict(
        books.execute(
            "SELECT sku, quantity FROM stock WHERE supplier = ?", (supplier.code,)
        )
    )
    accepted = {}
    for sku, units in wanted.items():
        in_stock = stock.get(sku, 0)
        accepted[sku] = units if in_stock is None else min(units, in_stock)
    return verdict(wanted, accepted)
