"""What the sandbox's books say to those who ask, as of a moment.

An order's state is the sum of what has been seen of it by then. The list of changes
numbers each happening when it first can be seen, in the order of (moment, row), and
keeps that number: whatever the clock does, none is skipped and none comes for ever.
"""

import json
import sqlite3
from datetime import datetime
from typing import Any

from suppliers.contract import ReportedStatus
from suppliers.sandbox.books import stamp, supplier_codes

SEEN = "(published IS NOT NULL OR visible_at <= ?)"
VERDICTS = (
    ReportedStatus.ACCEPTED,
    ReportedStatus.PARTLY_ACCEPTED,
    ReportedStatus.REJECTED,
)


def report(
    books: sqlite3.Connection, purchase_id: int, now: datetime
) -> dict[str, Any]:
    """The whole state of one order."""
    supplier, reference, ship_by, deliver_by = books.execute(
        "SELECT supplier, reference, ship_by, deliver_by FROM purchase WHERE id = ?",
        (purchase_id,),
    ).fetchone()
    state: dict[str, Any] = {
        "reference": reference,
        "supplier_reference": f"{supplier}-{purchase_id}",
        "status": ReportedStatus.RECEIVED,
        "acknowledged_at": None,
        "ship_by": ship_by,
        "deliver_by": deliver_by,
        "reason": None,
        "note": "",
        "items": [],
        "parcels": [],
    }
    scans: dict[str, list[dict[str, str]]] = {}
    for at, kind, shipment_id, reason, note in books.execute(
        "SELECT at, kind, shipment_id, reason, note FROM event"
        f" WHERE purchase_id = ? AND {SEEN} ORDER BY visible_at, id",
        (purchase_id, stamp(now)),
    ):
        if shipment_id is not None:
            scan = {"kind": kind, "at": at, "place": ""}
            scans.setdefault(shipment_id, []).append(scan)
            continue
        state |= {"status": kind, "reason": reason, "note": note}
        if kind in VERDICTS:
            state |= {"acknowledged_at": at, "items": _items(books, purchase_id)}
    if scans:
        state["parcels"] = _parcels(books, purchase_id, scans)
    return state


def changes(
    books: sqlite3.Connection,
    supplier: str,
    after: int,
    *,
    limit: int,
    now: datetime,
) -> tuple[list[dict[str, Any]], int, bool]:
    """The orders changed after a number, the number reached, and whether more wait."""
    rows = books.execute(
        "SELECT published, purchase_id FROM event"
        " WHERE supplier = ? AND published > ? ORDER BY published LIMIT ?",
        (supplier, after, limit + 1),
    ).fetchall()
    page = rows[:limit]
    orders = dict.fromkeys(purchase_id for _, purchase_id in page)
    reached = page[-1][0] if page else after
    return [report(books, each, now) for each in orders], reached, len(rows) > limit


def waiting(books: sqlite3.Connection, supplier: str, now: datetime) -> list[int]:
    """What can be seen but has no number yet, in the order it came to pass."""
    rows = books.execute(
        "SELECT id FROM event WHERE supplier = ? AND published IS NULL"
        " AND visible_at <= ? ORDER BY visible_at, id",
        (supplier, stamp(now)),
    )
    return [row[0] for row in rows]


def publish(books: sqlite3.Connection, supplier: str, events: list[int]) -> None:
    """Number these happenings for the list of changes."""
    last = books.execute(
        "SELECT coalesce(max(published), 0) FROM event"
        " WHERE supplier = ? AND published IS NOT NULL",
        (supplier,),
    ).fetchone()[0]
    books.executemany(
        "UPDATE event SET published = ? WHERE id = ?",
        list(enumerate(events, start=last + 1)),
    )


def summary(books: sqlite3.Connection) -> dict[str, Any]:
    """Per supplier, how often each reference was posted and how often ordered.

    Over a wire where an order is placed in two steps, a draft is no order yet.
    """
    suppliers: dict[str, Any] = {
        code: {"references": {}, "orders": 0, "posts": 0, "duplicates": [], "drafts": 0}
        for code in supplier_codes(books)
    }
    for code, drafts in books.execute(
        "SELECT supplier, count(*) FROM draft"
        " WHERE purchase_id IS NULL AND NOT is_cancelled GROUP BY 1"
    ):
        suppliers[code]["drafts"] = drafts
    for code, reference, posts in books.execute(
        "SELECT supplier, reference, count(*) FROM attempt GROUP BY 1, 2 ORDER BY 1, 2"
    ):
        entry = suppliers[code]
        entry["posts"] += posts
        counted = {"orders": 0, "posts": posts, "order_name": None}
        entry["references"][reference] = counted
    for code, reference, orders, name in books.execute(
        "SELECT supplier, reference, count(*), min(order_name) FROM purchase"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    ):
        entry = suppliers[code]
        entry["orders"] += orders
        entry["references"][reference] |= {"orders": orders, "order_name": name}
        if orders > 1:
            entry["duplicates"].append(reference)
    return suppliers


def _items(books: sqlite3.Connection, purchase_id: int) -> list[dict[str, Any]]:
    lines = books.execute(
        "SELECT sku, accepted_quantity FROM line WHERE purchase_id = ? ORDER BY sku",
        (purchase_id,),
    )
    return [{"sku": sku, "accepted_quantity": units} for sku, units in lines]


def _parcels(
    books: sqlite3.Connection,
    purchase_id: int,
    scans: dict[str, list[dict[str, str]]],
) -> list[dict[str, Any]]:
    rows = books.execute(
        "SELECT shipment_id, carrier, tracking_number, contents FROM parcel"
        " WHERE purchase_id = ? ORDER BY shipment_id",
        (purchase_id,),
    )
    return [
        {
            "shipment_id": shipment_id,
            "carrier": carrier,
            "tracking_number": tracking_number,
            "contents": json.loads(contents),
            "scans": scans[shipment_id],
        }
        for shipment_id, carrier, tracking_number, contents in rows
        if shipment_id in scans
    ]
