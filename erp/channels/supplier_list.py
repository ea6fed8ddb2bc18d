"""Suppliers, brought up to date from a list; connections and pauses are left alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from config.upsert import dialect_of, insert_into, table_of
from erp.channels.listing_rows import SupplierRow
from inventory.catalog import Change
from suppliers.models import Supplier

COLUMNS = {  # of the list, and where each is kept
    "name": "name",
    "city": "city",
    "province": "province",
    "country": "country",
    "handling_days": "handling_days",
    "order_fee": "order_fee_cents",
    "shipping_first": "shipping_first_cents",
    "shipping_extra": "shipping_extra_cents",
    "ships_to": "ships_to",
}


def upsert_suppliers(
    session: Session, rows: Sequence[SupplierRow], now: datetime
) -> list[Change]:
    """Store suppliers; what became of each, in the order given."""
    codes = {row.code for row in rows}
    query = select(Supplier).where(col(Supplier.code).in_(codes))
    known = {supplier.code: supplier for supplier in session.exec(query)}
    fresh = {row.code: row for row in reversed(rows) if row.code not in known}
    created = _insert(session, fresh, now) if fresh else set()
    known = {supplier.code: supplier for supplier in session.exec(query)}
    return [
        Change.CREATED
        if row.code in created and fresh[row.code] is row
        else _update(known[row.code], row)
        for row in rows
    ]


def _insert(
    session: Session, fresh: Mapping[str, SupplierRow], now: datetime
) -> set[str]:
    """Add those that nobody has added meanwhile; which they were."""
    add = insert_into(dialect_of(session), Supplier).on_conflict_do_nothing()
    added = session.connection().execute(
        add.returning(table_of(Supplier).c.code),
        [_new_row(fresh[code], now) for code in sorted(fresh)],
    )
    return set(added.scalars())


def _new_row(row: SupplierRow, now: datetime) -> dict[str, Any]:
    whole = Supplier(
        code=row.code, currency=row.currency, created_at=now, **_facts(row)
    )
    return whole.model_dump(exclude={"id"})


def _update(supplier: Supplier, row: SupplierRow) -> Change:
    """Take over what the list says; its empty columns say nothing."""
    changed = {
        name: value
        for name, value in _facts(row).items()
        if getattr(supplier, name) != value
    }
    for name, value in changed.items():
        setattr(supplier, name, value)
    return Change.UPDATED if changed else Change.UNCHANGED


def _facts(row: SupplierRow) -> dict[str, Any]:
    said = {kept: getattr(row, name) for name, kept in COLUMNS.items()}
    return {name: value for name, value in said.items() if value not in (None, "")}
