"""Suppliers who want several purchase orders at once, at certain times of the day."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from sqlalchemy import ColumnElement, and_, func

from config.upsert import table_of
from suppliers.contract import PurchaseReport, PurchaseRequest
from suppliers.dialects.email.batching import last_departure
from suppliers.dialects.email.options import Options
from suppliers.errors import Rejected
from suppliers.models import Supplier
from suppliers.options import fitting

KIND = "email"  # the one dialect that can gather
_SUPPLIER = table_of(Supplier)
Each = Mapping[str, PurchaseReport | Rejected]  # by our reference


@runtime_checkable
class Gathers(Protocol):
    """A client that places many purchase orders by one call."""

    def submit_together(self, requests: Sequence[PurchaseRequest]) -> Each:
        """As `submit`, for all of them; what is raised is true of each.

        One that cannot be placed at all is answered by itself, and spoils no other's.
        """
        ...


def is_gathering() -> ColumnElement[bool]:
    """Whether a supplier's purchase orders wait for each other."""
    times = func.coalesce(_SUPPLIER.c.options["batch_at"].as_string(), "")
    return and_(_SUPPLIER.c.kind == KIND, times != "")


def departed_at(supplier: Supplier, now: datetime) -> datetime | None:
    """Up to which moment its purchase orders were gathered; None: never yet.

    One whose options do not fit says so itself, once it is called.
    """
    try:
        options = fitting(Options, supplier.options)
    except ValueError:
        return now
    return last_departure(options.batch_times, options.time_zone, now)
