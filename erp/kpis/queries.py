"""Readings as pages and alerts ask for them."""

from collections.abc import Collection

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from erp.kpis.models import Kpi, Reading, ScopeKind


def newest(
    session: Session, kinds: Collection[ScopeKind] = tuple(ScopeKind)
) -> dict[tuple[Kpi, ScopeKind, str], Reading]:
    """The newest reading of every KPI and scope of these kinds."""
    found = session.exec(
        select(Reading)
        .where(
            col(Reading.is_newest),
            col(Reading.kpi).in_(list(Kpi)),
            col(Reading.scope_kind).in_(list(kinds)),
        )
        .order_by(col(Reading.kpi), col(Reading.scope_kind), col(Reading.scope_key))
    )
    return {(each.kpi, each.scope_kind, each.scope_key): each for each in found}


def newest_one(
    session: Session, kpi: Kpi, scope_kind: ScopeKind, scope_key: str = ""
) -> Reading | None:
    """The newest reading of one scope, if it was ever measured."""
    return session.exec(
        select(Reading).where(
            col(Reading.is_newest),
            col(Reading.kpi) == kpi,
            col(Reading.scope_kind) == scope_kind,
            col(Reading.scope_key) == scope_key,
        )
    ).first()


def trend(
    session: Session,
    kpi: Kpi,
    scope_kind: ScopeKind = ScopeKind.OVERALL,
    scope_key: str = "",
    limit: int = 30,
) -> list[Reading]:
    """The last reading of each of the newest `limit` days with one, oldest first."""
    found = session.exec(
        select(Reading)
        .where(
            col(Reading.kpi) == kpi,
            col(Reading.scope_kind) == scope_kind,
            col(Reading.scope_key) == scope_key,
            col(Reading.closes_day),
        )
        .order_by(col(Reading.at).desc())
        .limit(limit)
    ).all()
    return list(reversed(found))


def worst(
    session: Session,
    kpi: Kpi,
    scope_kind: ScopeKind,
    *,
    limit_basis_points: int | None = None,
    count: int = 3,
) -> list[Reading]:
    """The scopes of one kind that weigh most on a KPI, the heaviest first.

    By bad cases; given a limit to stay above (a margin's), by the amount that is
    missing to it. Those that add nothing bad are left out.
    """
    weight = _weight(limit_basis_points)
    return list(
        session.exec(
            select(Reading)
            .where(
                col(Reading.is_newest),
                col(Reading.kpi) == kpi,
                col(Reading.scope_kind) == scope_kind,
                col(Reading.denominator) > 0,
                weight > 0,
            )
            .order_by(weight.desc(), col(Reading.scope_key))
            .limit(count)
        )
    )


def _weight(limit_basis_points: int | None) -> ColumnElement[int]:
    if limit_basis_points is None:
        return col(Reading.numerator) + 0
    wanted = limit_basis_points * col(Reading.denominator)
    return wanted - 10_000 * col(Reading.numerator)
