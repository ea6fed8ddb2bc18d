"""What a person does about an open alert."""

from datetime import datetime

from sqlmodel import Session

from erp.alerts.models import Alert, AlertEvent, AlertStatus, EventKind


class AlertError(ValueError):
    """A command that does not fit the alert; says why."""


def acknowledge(session: Session, alert: Alert, now: datetime, *, by: str) -> None:
    """Somebody has it in hand: no reminders. Once more changes nothing."""
    _check_open(alert)
    if alert.acknowledged_at:
        return
    alert.acknowledged_at = now
    alert.acknowledged_by = by
    _note(session, alert, EventKind.ACKNOWLEDGED, now, by)


def snooze(
    session: Session, alert: Alert, until: datetime, now: datetime, *, by: str
) -> None:
    """No mails until a moment, whatever the numbers do, even if it opens anew."""
    _check_open(alert)
    if until <= now:
        raise AlertError("a snooze must end in the future")
    alert.snoozed_until = until
    _note(session, alert, EventKind.SNOOZED, now, by, until)


def wake(session: Session, alert: Alert, now: datetime, *, by: str) -> None:
    """End a snooze now."""
    _check_open(alert)
    if alert.snoozed_until and alert.snoozed_until > now:
        alert.snoozed_until = None
        _note(session, alert, EventKind.WOKEN, now, by)


def _check_open(alert: Alert) -> None:
    if alert.status is not AlertStatus.OPEN:
        raise AlertError("this alert is resolved already")


def _note(
    session: Session,
    alert: Alert,
    kind: EventKind,
    now: datetime,
    by: str,
    until: datetime | None = None,
) -> None:
    assert alert.id is not None
    session.add(
        AlertEvent(
            alert_id=alert.id,
            at=now,
            kind=kind,
            actor=by,
            numerator=alert.numerator,
            denominator=alert.denominator,
            until=until,
        )
    )
