"""Signing in and out, and who a browser's secret belongs to.

Each call owns its transactions: a password is checked outside of them, since that
takes a while on purpose.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, func, select

from config.database import Sessions
from erp.accounts.audit import note
from erp.accounts.models import Account, AuditEntry, LoginSession, Role
from erp.accounts.passwords import hashed, is_dated, matches

MOST_FAILURES = 5  # in a row; then the account rests
REST = timedelta(minutes=15)
IDLE = timedelta(hours=12)  # a working day without a click
LONGEST = timedelta(days=14)  # then the password is asked for again, whatever happens
RENEW_EVERY = timedelta(minutes=10)  # a click does not always cost a write


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is behind a request, and the token that proves a form is theirs."""

    account_id: int
    email: str
    name: str
    role: Role
    language: str
    form_token: str
    token_hash: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: the secret goes into the cookie and nowhere else."""

    secret: str
    account_id: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A sign-in that failed; `until` says how long the account rests, if it does."""

    until: datetime | None = None


def sign_in(
    sessions: Sessions, email: str, password: str, now: datetime
) -> Opened | Refused:
    """Open a session for the right password; lock out after too many wrong ones."""
    email = email.strip().lower()
    with sessions.reading() as session:
        account = _by_email(session, email)
        until = _resting_until(session, account, email, now)
    if until:
        return Refused(until)
    usable = account is not None and account.disabled_at is None
    is_right = matches(account.password_hash if account else None, password)
    with sessions.writing() as session:
        if not (is_right and usable):
            return _refuse(session, email, now)
        assert account is not None
        return _open(session, account, password, now)


def open_session(session: Session, account_id: int, now: datetime) -> Opened:
    """A session for an account whose identity was just proved."""
    secret = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            token_hash=_hash(secret),
            account_id=account_id,
            form_token=secrets.token_urlsafe(24),
            created_at=now,
            expires_at=now + IDLE,
        )
    )
    return Opened(secret, account_id)


def recognise(session: Session, secret: str, now: datetime) -> SignedIn | None:
    """Who holds this secret; None if it is unknown, expired or the account disabled."""
    found = session.exec(
        select(LoginSession, Account)
        .join(Account, col(Account.id) == LoginSession.account_id)
        .where(
            LoginSession.token_hash == _hash(secret),
            LoginSession.expires_at > now,
            LoginSession.created_at > now - LONGEST,
            col(Account.disabled_at).is_(None),
        )
    ).first()
    if found is None:
        return None
    row, account = found
    assert account.id is not None
    return SignedIn(
        account_id=account.id,
        email=account.email,
        name=account.name,
        role=account.role,
        language=account.language,
        form_token=row.form_token,
        token_hash=row.token_hash,
        expires_at=row.expires_at,
    )


def is_due_for_renewal(who: SignedIn, now: datetime) -> bool:
    return who.expires_at < now + IDLE - RENEW_EVERY


def renew(session: Session, who: SignedIn, now: datetime) -> None:
    """Somebody is there: the idle time starts anew."""
    row = session.get(LoginSession, who.token_hash)
    if row is not None:
        row.expires_at = now + IDLE


def sign_out(session: Session, who: SignedIn, now: datetime) -> None:
    """End this browser's session."""
    session.exec(
        delete(LoginSession).where(col(LoginSession.token_hash) == who.token_hash)
    )
    note(session, now, actor=who.email, action="signed_out", subject=who.email)


def end_sessions(session: Session, account_id: int, *, but: str = "") -> None:
    """End an account's sessions everywhere, but the one with this hash."""
    session.exec(
        delete(LoginSession).where(
            col(LoginSession.account_id) == account_id,
            col(LoginSession.token_hash) != but,
        )
    )


def forget_expired(session: Session, now: datetime) -> int:
    """Remove sessions that can no longer be used; how many there were."""
    gone = session.exec(
        delete(LoginSession).where(
            (col(LoginSession.expires_at) <= now)
            | (col(LoginSession.created_at) <= now - LONGEST)
        )
    )
    return int(gone.rowcount)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _by_email(session: Session, email: str) -> Account | None:
    return session.exec(select(Account).where(Account.email == email)).first()


def _resting_until(
    session: Session, account: Account | None, email: str, now: datetime
) -> datetime | None:
    """When the next try is allowed; an address nobody has rests just the same."""
    if account is not None:
        until = account.locked_until
        return until if until and until > now else None
    failures, last = session.exec(
        select(func.count(col(AuditEntry.id)), func.max(AuditEntry.at)).where(
            AuditEntry.at > now - REST,
            AuditEntry.action == "sign_in_refused",
            AuditEntry.subject == email,
        )
    ).one()
    return last + REST if failures >= MOST_FAILURES else None


def _refuse(session: Session, email: str, now: datetime) -> Refused:
    note(session, now, actor="somebody", action="sign_in_refused", subject=email)
    session.flush()
    account = _by_email(session, email)
    if account is None:
        return Refused(_resting_until(session, None, email, now))
    account.failed_sign_ins += 1
    if account.failed_sign_ins < MOST_FAILURES:
        return Refused()
    account.failed_sign_ins = 0
    account.locked_until = now + REST
    note(session, now, actor="system", action="account_locked", subject=email)
    return Refused(account.locked_until)


def _open(
    session: Session, account: Account, password: str, now: datetime
) -> Opened | Refused:
    account = session.get_one(Account, account.id)
    if account.disabled_at is not None:
        return Refused()
    account.failed_sign_ins = 0
    account.locked_until = None
    if is_dated(account.password_hash):
        account.password_hash = hashed(password)
    note(session, now, actor=account.email, action="signed_in", subject=account.email)
    assert account.id is not None
    return open_session(session, account.id, now)
