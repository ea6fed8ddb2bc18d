"""Units ordered of each product, per day and channel; written with every order."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from sqlmodel import Session

from config.upsert import dialect_of, insert_into, table_of
from inventory.models import DailyDemand

Sold = tuple[int, date, str, int]  # product, day, channel, units


def record_demand(session: Session, sold: Iterable[Sold]) -> None:
    """Add units to the days they were ordered on, in one statement.

    Rows are written in the order of their key: two writers then wait for one another
    instead of each for the other.
    """
    units: dict[tuple[int, date, str], int] = {}
    for product_id, day, channel, quantity in sold:
        key = (product_id, day, channel)
        units[key] = units.get(key, 0) + quantity
    if not units:
        return
    session.connection().execute(
        _add_units(dialect_of(session)),
        [
            {"product_id": product, "day": day, "channel": channel, "units": total}
            for (product, day, channel), total in sorted(units.items())
        ],
    )


@cache
def _add_units(dialect: str) -> Any:
    add = insert_into(dialect, DailyDemand)
    return add.on_conflict_do_update(
        index_elements=["product_id", "day", "channel"],
        set_={"units": table_of(DailyDemand).c.units + add.excluded.units},
    )
