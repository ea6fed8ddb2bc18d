"""A KPI as a card: value, what it is made of, how sure it is, its limit and trend."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlmodel import Session

from erp.fulfilment.lifecycle import ReturnStatus
from erp.kpis import queries
from erp.kpis.measures import Measured, wilson
from erp.kpis.models import Kpi, Reading, ScopeKind
from erp.kpis.policy import Rule
from erp.web.frame import charts, formatting, i18n
from erp.web.frame.charts import Point
from erp.web.frame.context import erp
from erp.web.frame.labels import label

TREND_DAYS = 30


@dataclass(frozen=True, slots=True)
class Card:
    kpi: Kpi
    scope_kind: ScopeKind
    scope_key: str
    reading: Reading | None
    value: str
    interval: str  # empty: the value is no share of cases
    coverage: str
    limit: str
    tone: str
    points: list[Point]
    rows_url: str  # the rows behind the number

    @property
    def is_money(self) -> bool:
        return self.kpi is Kpi.GROSS_MARGIN

    @property
    def is_covered(self) -> bool:
        """Whether every case is known, so that nothing need be said about it."""
        return self.reading is not None and self.reading.covered == self.reading.total

    def sparkline(self) -> Markup:
        key = f"{self.kpi}-{self.scope_kind}-{self.scope_key}"
        return charts.sparkline(self.points, title=label(self.kpi), key=key)


def gather(session: Session, scope_kind: ScopeKind, scope_key: str = "") -> list[Card]:
    """One card for each KPI of a scope, measured or not."""
    return [
        card(
            kpi,
            (scope_kind, scope_key),
            queries.newest_one(session, kpi, scope_kind, scope_key),
            queries.trend(session, kpi, scope_kind, scope_key, TREND_DAYS),
        )
        for kpi in Kpi
    ]


def card(
    kpi: Kpi,
    scope: tuple[ScopeKind, str],
    reading: Reading | None,
    trend: Sequence[Reading],
) -> Card:
    rule = erp().kpi_policy[kpi]
    measured = measured_by(reading) if reading else None
    return Card(
        kpi=kpi,
        scope_kind=scope[0],
        scope_key=scope[1],
        reading=reading,
        value=_share(reading.numerator, reading.denominator)
        if reading
        else formatting.UNKNOWN,
        interval=_interval(measured, rule) if measured else "",
        coverage=_share(reading.covered, reading.total)
        if reading
        else formatting.UNKNOWN,
        limit=of_percent(rule.warning_percent),
        tone=_tone(measured.percent if measured else None, rule),
        points=points_of(trend),
        rows_url=rows_url(kpi, scope, reading),
    )


def measured_by(reading: Reading) -> Measured:
    return Measured(
        reading.numerator, reading.denominator, reading.covered, reading.total
    )


def points_of(trend: Sequence[Reading]) -> list[Point]:
    """The readings as a chart's points; one of nothing is a gap."""
    return [
        Point(
            when=str(i18n.day(each.at).striptags()),
            value=_plain(measured_by(each).percent),
            words=_share(each.numerator, each.denominator),
        )
        for each in trend
    ]


def of_percent(percent: Decimal) -> str:
    return i18n.percent(int(percent * 1000), 100_000)


def rows_url(kpi: Kpi, scope: tuple[ScopeKind, str], reading: Reading | None) -> str:
    """The list of what a reading counted as bad, or was made of."""
    kind, key = scope
    asked: dict[str, Any] = {} if kind is ScopeKind.OVERALL else {kind.value: key}
    if reading:
        since = reading.at - timedelta(days=reading.window_days)
        asked["since"] = since.isoformat()
    late = {Kpi.LATE_HAND_OVER: "hand_over", Kpi.LATE_DELIVERY: "delivery"}
    if kpi in late:
        return url_for("purchases.index", late=late[kpi], **asked)
    if kpi is Kpi.RETURN_RATE:
        counted = [
            each.value for each in ReturnStatus if each is not ReturnStatus.REFUSED
        ]
        return url_for("returns.index", status=counted, **asked)
    return url_for("orders.index", **asked)


def _share(numerator: int, denominator: int) -> str:
    return i18n.percent(numerator, denominator)


def _interval(measured: Measured, rule: Rule) -> str:
    if rule.is_floor or not rule.confidence_percent:
        return ""
    found = wilson(
        measured.numerator,
        measured.denominator,
        confidence_percent=rule.confidence_percent,
    )
    if found is None:
        return ""
    return f"{of_percent(found.low)} – {of_percent(found.high)}"  # noqa: RUF001 - an en dash between two ends


def _tone(percent: Decimal | None, rule: Rule) -> str:
    if percent is None:
        return "secondary"
    for limit, tone in (
        (rule.critical_percent, "danger"),
        (rule.warning_percent, "warning"),
    ):
        if percent < limit if rule.is_floor else percent > limit:
            return tone
    return "success"


def _plain(percent: Decimal | None) -> float | None:
    return None if percent is None else float(percent)
