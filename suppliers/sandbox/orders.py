"""Orders in the sandbox's books: posted, received once, cancelled."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from suppliers.contract import RejectReason, ReportedStatus, ScanKind
from suppliers.sandbox.books import stamp
from suppliers.sandbox.messages import Ordered, SandboxSupplier
from suppliers.sandbox.plans import Plan

TOO_LATE = (  # whatever of these is seen, an order is no longer cancelled
    ReportedStatus.REJECTED,
    ReportedStatus.CANCELLED,
    *(kind for kind in ScanKind if kind is not ScanKind.LABEL_CREATED),
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that will be seen of an order."""

    at: datetime
    kind: ReportedStatus | ScanKind
    shipment_id: str | None = None
    reason: RejectReason | None = None
    note: str = ""


def log_attempt(
    books: sqlite3.Connection, supplier: str, reference: str, now: datetime
) -> None:
    """Remember that an order was posted, whatever becomes of it."""
    books.execute(
        "INSERT INTO attempt (supplier, reference, at) VALUES (?, ?, ?)",
        (supplier, reference, stamp(now)),
    )


def find_purchase(
    books: sqlite3.Connection, supplier: str, reference: str
) -> tuple[int, str] | None:
    """The first order under a reference: its number and what it asked for."""
    row: tuple[int, str] | None = books.execute(
        "SELECT id, body FROM purchase WHERE supplier = ? AND reference = ?"
        " ORDER BY id LIMIT 1",
        (supplier, reference),
    ).fetchone()
    return row


def receive(
    books: sqlite3.Connection,
    supplier: SandboxSupplier,
    ordered: Ordered,
    plan: Plan,
    now: datetime,
) -> int:
    """Write a new order and its future into the books."""
    purchase_id = books.execute(
        "INSERT INTO purchase (supplier, reference, order_name, body, received_at,"
        " ship_by, deliver_by, refuses_cancel) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            supplier.code,
            ordered.reference,
            ordered.order_name,
            ordered.model_dump_json(),
            stamp(now),
            plan.ship_by and stamp(plan.ship_by),
            plan.deliver_by and stamp(plan.deliver_by),
            plan.refuses_cancel,
        ),
    ).lastrowid
    assert purchase_id is not None
    accepted = plan.verdict.accepted
    books.executemany(
        "INSERT INTO line VALUES (?, ?, ?, ?)",
        [(purchase_id, s, n, accepted[s]) for s, n in ordered.units().items()],
    )
    scans = _write_parcels(books, supplier.code, purchase_id, plan)
    happenings = [*_milestones(plan, now), *scans]
    _write_happenings(books, supplier.code, purchase_id, happenings, now)
    if supplier.count_stock:
        _move_stock(books, supplier.code, purchase_id, by=-1)
    return purchase_id


def cancel(
    books: sqlite3.Connection,
    supplier: SandboxSupplier,
    purchase_id: int,
    now: datetime,
) -> None:
    """Cancel unless it is too late or refused; what was still to come is off."""
    if _is_beyond_cancelling(books, purchase_id, now):
        return
    books.execute(
        "DELETE FROM event"
        " WHERE purchase_id = ? AND published IS NULL AND visible_at > ?",
        (purchase_id, stamp(now)),
    )
    if supplier.count_stock:
        _move_stock(books, supplier.code, purchase_id, by=1)
    cancelled = Happening(
        now,
        ReportedStatus.CANCELLED,
        reason=RejectReason.OTHER,
        note="cancelled on request",
    )
    _write_happenings(books, supplier.code, purchase_id, [cancelled], now)


def _milestones(plan: Plan, now: datetime) -> Iterable[Happening]:
    yield Happening(now, ReportedStatus.RECEIVED)
    if plan.acknowledged_at is not None:
        said = plan.verdict
        yield Happening(
            plan.acknowledged_at, said.status, reason=said.reason, note=said.note
        )
    if plan.cancelled_at is not None:
        yield Happening(
            plan.cancelled_at, ReportedStatus.CANCELLED, reason=RejectReason.OTHER
        )


def _write_parcels(
    books: sqlite3.Connection, supplier: str, purchase_id: int, plan: Plan
) -> Iterable[Happening]:
    for number, parcel in enumerate(plan.parcels, start=1):
        shipment_id = f"{supplier}-{purchase_id}-{number}"
        tracking_number = parcel.tracking_number or f"SB{purchase_id:09}{number:02}"
        contents = [{"sku": s, "quantity": n} for s, n in parcel.contents.items()]
        books.execute(
            "INSERT INTO parcel VALUES (?, ?, ?, ?, ?)",
            (
                shipment_id,
                purchase_id,
                parcel.carrier,
                tracking_number,
                json.dumps(contents),
            ),
        )
        for kind, at in parcel.scans:
            yield Happening(at, kind, shipment_id=shipment_id)


def _write_happenings(
    books: sqlite3.Connection,
    supplier: str,
    purchase_id: int,
    happenings: Iterable[Happening],
    now: datetime,
) -> None:
    """What lies before receipt keeps its moment, but is seen from receipt on."""
    rows = [
        (
            supplier,
            purchase_id,
            stamp(max(each.at, now)),
            stamp(each.at),
            each.kind.value,
            each.shipment_id,
            each.reason,
            each.note,
        )
        for each in happenings
    ]
    books.executemany(
        "INSERT INTO event (supplier, purchase_id, visible_at, at, kind, shipment_id,"
        " reason, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def _is_beyond_cancelling(
    books: sqlite3.Connection, purchase_id: int, now: datetime
) -> bool:
    refuses = books.execute(
        "SELECT refuses_cancel FROM purchase WHERE id = ?", (purchase_id,)
    ).fetchone()[0]
    seen = books.execute(
        "SELECT kind FROM event"
        " WHERE purchase_id = ? AND (published IS NOT NULL OR visible_at <= ?)",
        (purchase_id, stamp(now)),
    )
    return bool(refuses) or any(kind in TOO_LATE for (kind,) in seen)


def _move_stock(
    books: sqlite3.Connection, supplier: str, purchase_id: int, *, by: int
) -> None:
    """Take accepted units out of the stock (-1) or put them back (+1)."""
    books.execute(
        "UPDATE stock SET quantity = quantity + ? * ("
        " SELECT accepted_quantity FROM line WHERE purchase_id = ? AND sku = stock.sku)"
        " WHERE supplier = ? AND sku IN (SELECT sku FROM line WHERE purchase_id = ?)",
        (by, purchase_id, supplier, purchase_id),
    )
