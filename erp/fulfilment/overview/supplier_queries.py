"""What the pages ask about suppliers: how each stands, and whose orders must wait."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from erp.fulfilment.lifecycle import AWAITED, PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.overview.purchase_lists import DOUBTFUL, WAITING
from inventory.models import Offer
from suppliers.models import Supplier, SupplierHealth, SupplierOutage

LIST_LIMIT = 500  # suppliers on one page; a store with more searches


class SupplierState(StrEnum):
    CONNECTED = "connected"
    FAILING = "failing"  # its last answers could not be read
    RESTING = "resting"  # too much failed: for a while nobody calls it
    PAUSED = "paused"
    UNCONNECTED = "unconnected"  # we cannot reach it: its orders wait


@dataclass(frozen=True, slots=True)
class SupplierFilter:
    search: str = ""
    state: SupplierState | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """Since when and why nobody calls it, and when one call will see if it is back."""

    outage: SupplierOutage
    next_probe_at: datetime | None


@dataclass(frozen=True, slots=True)
class SupplierRow:
    supplier: Supplier
    state: SupplierState
    rest: Rest | None
    waiting: int  # purchase orders not with it yet
    open: int  # with it, and not delivered
    doubtful: int  # that a human must look at


def list_suppliers(session: Session, wanted: SupplierFilter) -> list[SupplierRow]:
    """The suppliers that match, by code."""
    query = select(Supplier).where(*_matches(wanted)).order_by(col(Supplier.code))
    found = session.scalars(query.limit(LIST_LIMIT)).all()
    numbers, rests = _numbers(session), resting_suppliers(session)
    return [_row(supplier, numbers, rests) for supplier in found]


def supplier_by_code(session: Session, code: str) -> Supplier | None:
    return session.scalars(select(Supplier).where(col(Supplier.code) == code)).first()


def find_supplier(session: Session, code: str) -> SupplierRow | None:
    """One supplier with its numbers, which take in all that it was asked."""
    supplier = supplier_by_code(session, code)
    if supplier is None:
        return None
    return _row(supplier, _numbers(session), resting_suppliers(session))


def supplier_codes(session: Session) -> list[tuple[str, str]]:
    """Code and name of every supplier, for a filter."""
    query = select(col(Supplier.code), col(Supplier.name)).order_by(col(Supplier.code))
    return [(code, name) for code, name in session.execute(query)]


def supplier_ids(session: Session) -> list[tuple[int, str, str]]:
    """Id, code and name of every supplier, by code."""
    query = select(col(Supplier.id), col(Supplier.code), col(Supplier.name))
    found = session.execute(query.order_by(col(Supplier.code)))
    return [(supplier_id or 0, code, name) for supplier_id, code, name in found]


def stuck_suppliers(session: Session) -> list[SupplierRow]:
    """Suppliers that keep purchase orders waiting: not connected, paused, resting."""
    rests = resting_suppliers(session)
    query = (
        select(Supplier)
        .where(
            or_(
                col(Supplier.kind).is_(None),
                col(Supplier.is_paused),
                col(Supplier.id).in_(rests),
            )
        )
        .order_by(col(Supplier.code))
    )
    found = session.scalars(query).all()
    numbers = _numbers(session) if found else {}
    rows = [_row(supplier, numbers, rests) for supplier in found]
    return sorted((row for row in rows if row.waiting), key=lambda row: -row.waiting)


def count_offers(session: Session, supplier: Supplier) -> int:
    query = select(func.count()).where(col(Offer.supplier_id) == supplier.id)
    return session.scalars(query).one()


def resting_suppliers(session: Session) -> dict[int, Rest]:
    """Those whose circuit is open, by id."""
    query = (
        select(SupplierOutage, col(SupplierHealth.ready_at))
        .outerjoin(
            SupplierHealth,
            col(SupplierHealth.supplier_id) == col(SupplierOutage.supplier_id),
        )
        .where(col(SupplierOutage.ended_at).is_(None))
    )
    found = session.execute(query)
    return {outage.supplier_id: Rest(outage, at) for outage, at in found}


def state_of(supplier: Supplier, *, is_resting: bool) -> SupplierState:
    if supplier.is_paused:
        return SupplierState.PAUSED
    if supplier.kind is None:
        return SupplierState.UNCONNECTED
    if is_resting:
        return SupplierState.RESTING
    return SupplierState.FAILING if supplier.last_error else SupplierState.CONNECTED


def _matches(wanted: SupplierFilter) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = []
    if wanted.search:
        words = (col(Supplier.code), col(Supplier.name), col(Supplier.city))
        tests.append(or_(*(w.icontains(wanted.search, autoescape=True) for w in words)))
    if wanted.state:
        tests += _in_state(wanted.state)
    return tests


def _in_state(state: SupplierState) -> list[ColumnElement[bool]]:
    paused, kind = col(Supplier.is_paused), col(Supplier.kind)
    if state is SupplierState.PAUSED:
        return [paused.is_(True)]
    if state is SupplierState.UNCONNECTED:
        return [paused.is_(False), kind.is_(None)]
    open_ones = select(col(SupplierOutage.supplier_id)).where(
        col(SupplierOutage.ended_at).is_(None)
    )
    rests = col(Supplier.id).in_(open_ones)
    if state is SupplierState.RESTING:
        return [paused.is_(False), kind.is_not(None), rests]
    fails = col(Supplier.last_error) != ""
    wanted = fails if state is SupplierState.FAILING else ~fails
    return [paused.is_(False), kind.is_not(None), ~rests, wanted]


def _numbers(session: Session) -> dict[tuple[int, PurchaseStatus], int]:
    """Live purchase orders by supplier and status: few, whatever the history."""
    supplier, status = col(PurchaseOrder.supplier_id), col(PurchaseOrder.status)
    live = (*WAITING, *DOUBTFUL, *AWAITED)
    query = select(supplier, status, func.count()).where(status.in_(live))
    found: Any = session.execute(query.group_by(supplier, status))
    return {(supplier_id, status): number for supplier_id, status, number in found}


def _row(
    supplier: Supplier,
    numbers: dict[tuple[int, PurchaseStatus], int],
    rests: dict[int, Rest],
) -> SupplierRow:
    rest = rests.get(supplier.id or 0)

    def total(statuses: Any) -> int:
        return sum(numbers.get((supplier.id or 0, each), 0) for each in statuses)

    return SupplierRow(
        supplier=supplier,
        state=state_of(supplier, is_resting=rest is not None),
        rest=rest,
        waiting=total(WAITING),
        open=total(AWAITED),
        doubtful=total(DOUBTFUL),
    )
