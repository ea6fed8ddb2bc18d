"""The audit trail: who did what to what. Rows are only ever added."""

from datetime import datetime

from sqlmodel import Session

from erp.accounts.models import AuditEntry

LONGEST_SUBJECT = 254  # an e-mail address may be this long


def note(
    session: Session,
    now: datetime,
    *,
    actor: str,
    action: str,
    subject: str,
    detail: str = "",
) -> None:
    """Add one entry; `action` is a past participle such as `token_created`."""
    session.add(
        AuditEntry(
            at=now,
            actor=actor,
            action=action,
            subject=subject[:LONGEST_SUBJECT],
            detail=detail,
        )
    )
