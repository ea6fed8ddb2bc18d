"""What a KPI is measured of, and over which time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, true
from sqlmodel import col

from erp.kpis.measures import Measured
from erp.kpis.models import ScopeKind

Scope = tuple[ScopeKind, str]  # with the code or SKU
Measures = dict[Scope, Measured]
OVERALL: Scope = (ScopeKind.OVERALL, "")


@dataclass(frozen=True, slots=True)
class Window:
    """Moments after `since` up to `until`; without `since`, everything so far."""

    since: datetime | None
    until: datetime

    def holds(self, at: Any) -> ColumnElement[bool]:
        return and_(self.is_after_start(at), col(at) <= self.until)

    def is_after_start(self, at: Any) -> ColumnElement[bool]:
        return true() if self.since is None else col(at) > self.since


def scopes_of(
    supplier: str | None = None,
    channel: str | None = None,
    product: str | None = None,
) -> list[Scope]:
    """The scopes a case belongs to: the whole, and each that is named."""
    named = (
        (ScopeKind.SUPPLIER, supplier),
        (ScopeKind.CHANNEL, channel),
        (ScopeKind.PRODUCT, product),
    )
    return [OVERALL, *((kind, key) for kind, key in named if key is not None)]
