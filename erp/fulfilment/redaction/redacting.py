"""Takes addresses away, a batch in each transaction; whatever is lost is done again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from config.database import Sessions
from config.options import Settings
from erp.accounts import audit
from erp.fulfilment.redaction.blanking import redact_orders
from erp.fulfilment.redaction.finding import (
    contacts_due_again,
    locked_orders,
    oldest_contacts,
    over_with,
)
from erp.fulfilment.redaction.letters import blank_old_letters, blank_old_reports
from erp.orders.models import Order

BATCH = 100  # orders, each with some dozens of rows: well under a second of writing
LETTERS = 500

Find = Callable[[Session, int], Sequence[int]]  # contacts beyond an id


@dataclass(frozen=True, slots=True)
class PrivacyRules:
    """How long what is kept; None: for good."""

    contacts: timedelta | None
    letters: timedelta | None
    outbox: Path
    batch: int = BATCH

    @staticmethod
    def of(settings: Settings) -> "PrivacyRules":
        privacy = settings.privacy
        return PrivacyRules(
            contacts=_days(privacy.contact_days),
            letters=_days(privacy.letters_days),
            outbox=settings.outbox,
        )


def redact_due(sessions: Sessions, rules: PrivacyRules, now: datetime) -> int:
    """Take away what has been kept long enough; how many rows of it there were."""
    done = _walk(
        sessions,
        lambda session, after: contacts_due_again(session, now, after, rules.batch),
        rules,
        now,
    )
    if rules.contacts is not None:
        before = now - rules.contacts
        done += _walk(
            sessions,
            lambda session, after: oldest_contacts(session, before, after, rules.batch),
            rules,
            now,
            quiet_since=before,
        )
    if rules.letters is not None:
        done += _blank_words(sessions, now - rules.letters, now)
    return done


def redact_order(
    session: Session, order: Order, outbox: Path, now: datetime, *, by: str
) -> bool:
    """Take one customer's address away at once; false while the order needs it."""
    orders = locked_orders(session, [order.id or 0])
    if not orders:
        return False
    redact_orders(session, orders, outbox, now, by=by)
    audit.note(session, now, actor=by, action="contact_redacted", subject=order.name)
    return True


def _walk(
    sessions: Sessions,
    find: Find,
    rules: PrivacyRules,
    now: datetime,
    *,
    quiet_since: datetime | None = None,
) -> int:
    """Through all that are found, once: those that are not over are passed by."""
    done, after = 0, 0
    while True:
        with sessions.reading() as session:
            contacts = find(session, after)
            over = over_with(session, contacts, quiet_since) if contacts else []
        if not contacts:
            return done
        after = contacts[-1]
        if over:
            with sessions.writing() as session:
                orders = locked_orders(session, over)
                redact_orders(session, orders, rules.outbox, now, by="system")
            done += len(orders)


def _blank_words(sessions: Sessions, before: datetime, now: datetime) -> int:
    done = 0
    while True:
        with sessions.writing() as session:
            found = blank_old_letters(session, before, now, LETTERS)
            found += blank_old_reports(session, before, LETTERS)
        if not found:
            return done
        done += found


def _days(days: int) -> timedelta | None:
    return timedelta(days=days) if days > 0 else None
