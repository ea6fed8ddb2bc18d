"""Alerts and mails as pages ask for them."""

from collections.abc import Collection

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from erp.alerts.models import (
    Alert,
    AlertEvent,
    AlertStatus,
    Delivery,
    DeliveryStatus,
)
from erp.alerts.rules import Severity


def open_alerts(session: Session) -> list[Alert]:
    """All that are open, the critical ones first, then the oldest."""
    severity = case((col(Alert.severity) == Severity.CRITICAL, 0), else_=1)
    return list(
        session.exec(
            select(Alert)
            .where(col(Alert.status) == AlertStatus.OPEN)
            .order_by(severity, col(Alert.opened_at), col(Alert.id))
        )
    )


def resolved_alerts(
    session: Session, *, limit: int = 50, offset: int = 0
) -> list[Alert]:
    """Past alerts, the latest resolved first."""
    return list(
        session.exec(
            select(Alert)
            .where(col(Alert.status) == AlertStatus.RESOLVED)
            .order_by(col(Alert.resolved_at).desc(), col(Alert.id).desc())
            .limit(limit)
            .offset(offset)
        )
    )


def history(session: Session, alert_id: int) -> list[AlertEvent]:
    """What happened to an alert, oldest first."""
    return list(
        session.exec(
            select(AlertEvent)
            .where(col(AlertEvent.alert_id) == alert_id)
            .order_by(col(AlertEvent.at), col(AlertEvent.id))
        )
    )


def deliveries_about(session: Session, alert_id: int) -> list[Delivery]:
    """The mails that told of an alert, newest first."""
    bulletins = select(AlertEvent.bulletin_id).where(
        col(AlertEvent.alert_id) == alert_id, col(AlertEvent.bulletin_id).is_not(None)
    )
    return list(
        session.exec(
            select(Delivery)
            .where(col(Delivery.bulletin_id).in_(bulletins))
            .order_by(col(Delivery.created_at).desc(), col(Delivery.id).desc())
        )
    )


def alerts_told(session: Session, delivery: Delivery) -> list[Alert]:
    """The alerts a mail told of."""
    told = select(AlertEvent.alert_id).where(
        col(AlertEvent.bulletin_id) == delivery.bulletin_id
    )
    found = select(Alert).where(col(Alert.id).in_(told)).order_by(col(Alert.id))
    return list(session.exec(found))


def outbox(
    session: Session,
    *,
    statuses: Collection[DeliveryStatus] = tuple(DeliveryStatus),
    limit: int = 50,
    offset: int = 0,
) -> list[Delivery]:
    """Mails, the newest first."""
    return list(
        session.exec(
            select(Delivery)
            .where(col(Delivery.status).in_(list(statuses)))
            .order_by(col(Delivery.created_at).desc(), col(Delivery.id).desc())
            .limit(limit)
            .offset(offset)
        )
    )


def outbox_counts(session: Session) -> dict[DeliveryStatus, int]:
    """How many mails stand where."""
    query = select(col(Delivery.status), func.count()).group_by(col(Delivery.status))
    found = dict(session.exec(query).all())
    return {status: found.get(status, 0) for status in DeliveryStatus}
