"""Mails go out one by one: claim, leave the transaction, send, record.

A mail arrives at least once: if our process dies between the server's yes and our note
of it, the lease runs out and the mail goes again under the same Message-ID, by which a
mail program shows it once. A server that is away never uses a delivery up: it waits,
with growing pauses, for as long as that takes. Only the server's no to this very mail
does: a permanent one said REFUSALS_BELIEVED times, or `max_attempts` of any kind.
"""

import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, and_, bindparam, or_, update
from sqlmodel import Session, col, select

from config.database import Sessions
from config.options import Mail
from erp.accounts import audit
from erp.alerts.mail import MailDown, Mailer, MailRefused, build
from erp.alerts.models import Delivery, DeliveryStatus

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # several answers of a server at its slowest
REFUSALS_BELIEVED = 3  # servers have said a permanent no for a passing reason
AT_ONCE = 10  # due deliveries looked at for one to claim


def send_one(
    sessions: Sessions, mailer: Mailer, clock: Callable[[], datetime], mail: Mail
) -> bool:
    """Send one mail that is due. False if none is, or if the server is away."""
    delivery = _claim(sessions, clock())
    if delivery is None:
        return False
    try:
        message = build(delivery, mail.sender, clock())
        mailer.send(message, f"delivery-{delivery.id:06d}")
    except MailDown as error:
        _put_back(sessions, delivery, str(error), mail, clock())
        return False
    except MailRefused as error:
        _note_refusal(sessions, delivery, error, mail, clock())
        return True
    _note_sent(sessions, delivery, clock())
    return True


def anything_due(session: Session, now: datetime) -> bool:
    """Whether a mail waits to go out."""
    found = session.connection().execute(_ANY, {"now": now})
    return found.first() is not None


def queue_again(
    session: Session, delivery: Delivery, now: datetime, *, by: str
) -> bool:
    """Queue a mail that was given up or has gone out; false if it waits anyway."""
    if delivery.status not in (DeliveryStatus.FAILED, DeliveryStatus.SENT):
        return False
    delivery.status = DeliveryStatus.QUEUED
    delivery.due_at = now
    delivery.attempts = 0
    delivery.refusals = 0
    delivery.lease_until = None
    audit.note(
        session,
        now,
        actor=by,
        action="mail_queued_again",
        subject=delivery.recipient,
        detail=delivery.subject,
    )
    return True


def pause_seconds(attempts: int, mail: Mail, luck: float) -> float:
    """How long to wait after so many attempts: doubling, up to a ceiling, with jitter.

    `luck` from 0 to 1 spreads it between half of that and the whole.
    """
    doubled = mail.first_retry_seconds * 2.0 ** min(attempts - 1, 30)
    return min(doubled, mail.longest_retry_seconds) * (0.5 + luck / 2)


def _claim(sessions: Sessions, now: datetime) -> Delivery | None:
    """A due delivery, ours until its lease runs out."""
    with sessions.writing() as session:
        moments = {"now": now, "until": now + LEASE}
        for delivery_id in session.exec(_OLDEST, params=moments).all():
            result: CursorResult[Any] = session.connection().execute(
                _TAKE, moments | {"delivery": delivery_id}
            )
            if result.rowcount:
                return session.get(Delivery, delivery_id)
    return None


def _note_sent(sessions: Sessions, delivery: Delivery, now: datetime) -> None:
    _record(sessions, delivery, status=DeliveryStatus.SENT, sent_at=now, last_error="")
    log.info("mailed delivery=%s recipient=%s", delivery.id, delivery.recipient)


def _note_refusal(
    sessions: Sessions, delivery: Delivery, no: MailRefused, mail: Mail, now: datetime
) -> None:
    refusals = delivery.refusals + 1
    allowed = REFUSALS_BELIEVED if no.is_permanent else mail.max_attempts
    if refusals < allowed:
        _put_back(sessions, delivery, str(no), mail, now, refusals=refusals)
        return
    log.error("gave up delivery=%s: %s", delivery.id, no)
    _record(
        sessions,
        delivery,
        status=DeliveryStatus.FAILED,
        last_error=str(no),
        refusals=refusals,
    )


def _put_back(
    sessions: Sessions,
    delivery: Delivery,
    why: str,
    mail: Mail,
    now: datetime,
    **also: int,
) -> None:
    seconds = pause_seconds(delivery.attempts, mail, random.random())
    log.warning("not mailed delivery=%s: %s", delivery.id, why)
    _record(
        sessions,
        delivery,
        status=DeliveryStatus.QUEUED,
        due_at=now + timedelta(seconds=seconds),
        last_error=why,
        **also,
    )


def _record(sessions: Sessions, delivery: Delivery, **values: object) -> None:
    """Write the outcome, unless the lease ran out and another process took over."""
    with sessions.writing() as session:
        session.connection().execute(
            update(Delivery)
            .where(
                col(Delivery.id) == delivery.id,
                col(Delivery.status) == DeliveryStatus.SENDING,
                col(Delivery.lease_until) == delivery.lease_until,
            )
            .values(lease_until=None, **values)
        )


# Built once: they are asked at every tick, and mostly nothing is due.
_DUE = or_(
    and_(
        col(Delivery.status) == DeliveryStatus.QUEUED,
        col(Delivery.due_at) <= bindparam("now"),
    ),
    and_(
        col(Delivery.status) == DeliveryStatus.SENDING,
        col(Delivery.lease_until) <= bindparam("now"),
    ),
)
_ANY = select(Delivery.id).where(_DUE).limit(1)
_OLDEST = (
    select(Delivery.id)
    .where(_DUE)
    .order_by(col(Delivery.due_at), col(Delivery.id))
    .limit(AT_ONCE)
)
_TAKE = (
    update(Delivery)
    .where(col(Delivery.id) == bindparam("delivery"), _DUE)
    .values(
        status=DeliveryStatus.SENDING,
        lease_until=bindparam("until"),
        attempts=Delivery.attempts + 1,
    )
)
