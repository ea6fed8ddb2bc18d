"""The list a supplier reads: its purchase orders, each once, in the order of numbers.

A purchase order gets its number when its supplier next reads the list, not when it is
handed over: only what is committed is numbered, by one reader at a time, so that no
number ever appears behind one that was read before.

What a supplier got in another way before it began to pull is not put on its list: it
has that, and would ship it once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, bindparam
from sqlmodel import Session, col, exists, func, or_, select

from config.upsert import table_of
from erp.fulfilment.answering.taking import is_theirs
from erp.fulfilment.forwarding.requests import purchase_requests
from erp.fulfilment.lifecycle import AWAITED, PurchaseStatus
from erp.fulfilment.models import Attempt, PurchaseOrder
from erp.fulfilment.tracking.dossiers import Line, Parcel, lines_of, parcels_of
from suppliers.contract import PurchaseItem, PurchaseRequest
from suppliers.models import Supplier
from suppliers.registry import NEVER_CALLED

AT_ONCE = 5_000  # numbered by one reading; the next one goes on
TO_SHIP = (
    PurchaseStatus.SENT,
    PurchaseStatus.ACCEPTED,
    PurchaseStatus.PARTLY_ACCEPTED,
)


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A purchase order as its supplier sees it."""

    purchase: PurchaseOrder
    request: PurchaseRequest  # what was asked for
    lines: Sequence[Line]
    parcels: Sequence[Parcel]


def anything_new(session: Session, supplier_id: int) -> bool:
    """Whether something was handed over since the list was last read."""
    return session.exec(_new(supplier_id).limit(1)).first() is not None


def number_new(session: Session, supplier_id: int) -> int:
    """Put what was handed over on the list; how many purchase orders that were.

    The supplier's row is locked, and nothing is waited for while it is: what another
    transaction holds gets its number next time.
    """
    theirs = select(Supplier.id).where(col(Supplier.id) == supplier_id)
    session.exec(theirs.with_for_update(key_share=True)).one()
    newest = _new(supplier_id).limit(AT_ONCE)
    lock = newest.with_for_update(of=PurchaseOrder, skip_locked=True)
    ids = session.exec(lock).all()
    last = session.exec(
        select(func.max(col(PurchaseOrder.supplier_number))).where(
            col(PurchaseOrder.supplier_id) == supplier_id
        )
    ).one()
    rows = [
        {"purchase": each, "number": number}
        for number, each in enumerate(ids, start=(last or 0) + 1)
    ]
    if rows:
        session.connection().execute(_NUMBER, rows)
    return len(rows)


def list_after(
    session: Session, supplier_id: int, number: int, limit: int
) -> list[HandedOver]:
    """The supplier's purchase orders after a number, in the order of numbers."""
    query = (
        select(PurchaseOrder)
        .where(
            col(PurchaseOrder.supplier_id) == supplier_id,
            col(PurchaseOrder.supplier_number) > number,
        )
        .order_by(col(PurchaseOrder.supplier_number))
        .limit(limit)
        .execution_options(populate_existing=True)  # numbers are written past objects
    )
    return _handed_over(session, session.exec(query).all())


def find(session: Session, supplier_id: int, reference: str) -> HandedOver | None:
    """One purchase order that this supplier was handed; None if it was not."""
    query = select(PurchaseOrder).where(col(PurchaseOrder.reference) == reference)
    purchase = session.exec(query).first()
    if purchase is None or not is_theirs(purchase, supplier_id):
        return None
    return _handed_over(session, [purchase])[0]


def to_ship(session: Session, supplier_id: int) -> list[PurchaseRequest]:
    """What the supplier still has to ship, with the units it stands for."""
    open_ones = _in_status(session, supplier_id, TO_SHIP, _came_this_way())
    found = _handed_over(session, open_ones)
    return [replace(each.request, items=_standing(each)) for each in found]


def to_cancel(session: Session, supplier_id: int) -> list[str]:
    """References of what we ask the supplier to cancel."""
    asked = (PurchaseStatus.CANCELLING,)
    return [each.reference for each in _in_status(session, supplier_id, asked)]


def _new(supplier_id: int) -> Any:
    """What ended before it was ever listed needs no number: nobody will act on it."""
    listed = sorted(AWAITED | {PurchaseStatus.NEEDS_ATTENTION})
    return (
        select(PurchaseOrder.id)
        .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
        .where(
            col(PurchaseOrder.status).in_(listed),
            col(PurchaseOrder.supplier_id) == supplier_id,
            col(PurchaseOrder.supplier_number).is_(None),
            col(PurchaseOrder.sent_at).is_not(None),
            _came_this_way(),
        )
        .order_by(col(PurchaseOrder.sent_at), col(PurchaseOrder.id))
    )


def _came_this_way() -> ColumnElement[bool]:
    """Nobody called a supplier that pulls, unless that was before it began to."""
    since = col(Supplier.connected_at)
    kind = col(Supplier.kind)
    is_of_it = col(Attempt.purchase_order_id) == col(PurchaseOrder.id)
    return or_(
        kind.is_(None),
        kind.not_in(NEVER_CALLED),
        since.is_(None),
        exists().where(is_of_it, col(Attempt.started_at) >= since),
    )


def _in_status(
    session: Session,
    supplier_id: int,
    statuses: Sequence[PurchaseStatus],
    *tests: ColumnElement[bool],
) -> Sequence[PurchaseOrder]:
    query = (
        select(PurchaseOrder)
        .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
        .where(
            col(PurchaseOrder.status).in_(statuses),
            col(PurchaseOrder.supplier_id) == supplier_id,
            col(PurchaseOrder.sent_at).is_not(None),
            *tests,
        )
    )
    return session.exec(query.order_by(col(PurchaseOrder.id))).all()


def _handed_over(
    session: Session, purchases: Sequence[PurchaseOrder]
) -> list[HandedOver]:
    ids = [each.id or 0 for each in purchases]
    requests = purchase_requests(session, ids)
    lines, parcels = lines_of(session, ids), parcels_of(session, ids)
    return [
        HandedOver(
            purchase=each,
            request=requests[each.id or 0],
            lines=lines[each.id],
            parcels=tuple(parcels[each.id].values()),
        )
        for each in purchases
    ]


def _standing(handed: HandedOver) -> tuple[PurchaseItem, ...]:
    units: dict[str, int] = {}
    for line in handed.lines:
        sku = line.supplier_sku
        units[sku] = units.get(sku, 0) + line.accepted_units
    return tuple(
        replace(item, quantity=units[item.supplier_sku])
        for item in handed.request.items
        if units[item.supplier_sku]
    )


_PURCHASE = table_of(PurchaseOrder)
_NUMBER = (
    _PURCHASE.update()
    .where(_PURCHASE.c.id == bindparam("purchase"))
    .values(supplier_number=bindparam("number"))
)
