"""Readings and what stands around them, for tests of alerts."""

from sqlmodel import select, update

from config.options import Store
from erp.alerts.models import Alert, AlertEvent, Delivery
from erp.kpis.models import Kpi, Reading, ScopeKind

STORE = Store(
    name="Corner Shop",
    currency="USD",
    language="en",
    time_zone="UTC",
    base_url="https://shop.example/",
    home_country="US",
)


def read(
    sessions,
    numerator,
    denominator,
    now,
    *,
    kpi=Kpi.LATE_HAND_OVER,
    kind=ScopeKind.OVERALL,
    key="",
    covered=None,
    total=None,
):
    """Store a newest reading."""
    cases = denominator if covered is None else covered
    with sessions.writing() as session:
        session.exec(
            update(Reading)
            .where(
                Reading.kpi == kpi,
                Reading.scope_kind == kind,
                Reading.scope_key == key,
            )
            .values(is_newest=False)
        )
        session.add(
            Reading(
                kpi=kpi,
                scope_kind=kind,
                scope_key=key,
                at=now,
                window_days=30,
                numerator=numerator,
                denominator=denominator,
                covered=cases,
                total=cases if total is None else total,
            )
        )


def alerts(sessions):
    with sessions.reading() as session:
        return session.exec(select(Alert).order_by(Alert.id)).all()


def events(sessions):
    with sessions.reading() as session:
        found = session.exec(select(AlertEvent).order_by(AlertEvent.id)).all()
        return [(each.kind.value, each.reason and each.reason.value) for each in found]


def mails(sessions):
    with sessions.reading() as session:
        return session.exec(select(Delivery).order_by(Delivery.id)).all()
