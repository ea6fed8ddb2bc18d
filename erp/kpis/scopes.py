"""What a KPI is measured of, and over which time."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam
from sqlmodel import col

from erp.kpis.measures import Measured
from erp.kpis.models import ScopeKind

Scope = tuple[ScopeKind, str]  # with the code or SKU
Measures = dict[Scope, Measured]
OVERALL: Scope = (ScopeKind.OVERALL, "")
BEFORE_ALL = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """Moments after `since` up to `until`; without `since`, everything so far."""

    since: datetime | None
    until: datetime

    @property
    def moments(self) -> dict[str, datetime]:
        """For a statement that speaks of the window."""
        return {"since": self.since or BEFORE_ALL, "until": self.until}


# Statements are built once, and told their window each time they are asked.
SINCE: BindParameter[datetime] = bindparam("since")
UNTIL: BindParameter[datetime] = bindparam("until")


def in_window(at: Any) -> ColumnElement[bool]:
    """What has no moment lies in no window."""
    return and_(col(at) > SINCE, col(at) <= UNTIL)


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
