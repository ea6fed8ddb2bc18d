"""The rows in which a supplier's health is kept, locked by id."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from config.upsert import dialect_of, insert_into
from suppliers.health import NEVER, Circuit, Health, Limits, ready_at
from suppliers.models import Supplier, SupplierHealth


def limits_of(supplier: Supplier) -> Limits:
    return Limits(
        supplier.calls_per_minute, supplier.burst, supplier.error_budget_percent
    )


def health_of(row: SupplierHealth) -> Health:
    return Health(
        spent_until=row.spent_until or NEVER,
        not_before=row.not_before or NEVER,
        circuit=row.circuit,
        open_until=row.open_until or NEVER,
        openings=row.openings,
        window_since=row.window_since or NEVER,
        window_calls=row.window_calls,
        window_failures=row.window_failures,
    )


def store_health(row: SupplierHealth, health: Health, limits: Limits) -> None:
    row.ready_at = _moment(ready_at(health, limits))
    row.spent_until = _moment(health.spent_until)
    row.not_before = _moment(health.not_before)
    row.circuit, row.openings = health.circuit, health.openings
    row.open_until = _moment(health.open_until)
    row.window_since = _moment(health.window_since)
    row.window_calls = health.window_calls
    row.window_failures = health.window_failures


def _moment(at: datetime) -> datetime | None:
    return None if at == NEVER else at


def locked_health(session: Session, ids: Collection[int]) -> dict[int, SupplierHealth]:
    """The rows, ours until the end of the transaction; made if there are none."""
    insert = insert_into(dialect_of(session), SupplierHealth).on_conflict_do_nothing()
    known = {row.supplier_id: row for row in session.exec(lock_health(ids))}
    missing = sorted(set(ids) - set(known))
    if not missing:
        return known
    fresh = {"circuit": Circuit.CLOSED, "openings": 0}
    fresh |= {"window_calls": 0, "window_failures": 0}
    rows = [{"supplier_id": each, **fresh} for each in missing]
    session.connection().execute(insert, rows)
    return {row.supplier_id: row for row in session.exec(lock_health(ids))}


def lock_health(ids: Collection[int]) -> SelectOfScalar[SupplierHealth]:
    query = select(SupplierHealth).where(col(SupplierHealth.supplier_id).in_(ids))
    return (
        query.order_by(col(SupplierHealth.supplier_id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
