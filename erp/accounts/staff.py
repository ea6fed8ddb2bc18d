"""The people of the back office: who is added, what they may do, who leaves.

There is always an owner who can sign in: the last one is neither demoted nor disabled.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from erp.accounts.audit import note
from erp.accounts.models import Account, Role
from erp.accounts.passwords import matches
from erp.accounts.sign_in import end_sessions


class StaffError(ValueError):
    """A change that cannot be made."""


class EmailTaken(StaffError):
    """Another account signs in with this address."""


class LastOwner(StaffError):
    """Without this owner nobody could manage the accounts."""


def add_account(
    session: Session,
    now: datetime,
    *,
    name: str,
    email: str,
    role: Role,
    password_hash: str,
    by: str,
) -> Account:
    """A new account. Raises EmailTaken if the address is in use."""
    if session.exec(select(Account.id).where(Account.email == email)).first():
        raise EmailTaken(email)
    account = Account(
        name=name, email=email, role=role, password_hash=password_hash, created_at=now
    )
    session.add(account)
    session.flush()
    note(
        session,
        now,
        actor=by,
        action="account_added",
        subject=email,
        detail=role.value,
    )
    return account


def change_account(
    session: Session,
    account: Account,
    now: datetime,
    *,
    name: str,
    role: Role,
    gets_alerts: bool,
    by: str,
) -> None:
    """Another name, role or wish for alerts. Raises LastOwner."""
    if role is not account.role:
        if account.role is Role.OWNER:
            _keep_an_owner(session, account)
        note(
            session,
            now,
            actor=by,
            action="role_changed",
            subject=account.email,
            detail=f"{account.role.value} → {role.value}",
        )
    account.name, account.role, account.gets_alerts = name, role, gets_alerts


def disable(session: Session, account: Account, now: datetime, *, by: str) -> None:
    """The account signs in no more, and is out at once. Raises LastOwner."""
    if account.disabled_at is not None:
        return
    if account.role is Role.OWNER:
        _keep_an_owner(session, account)
    assert account.id is not None
    account.disabled_at = now
    end_sessions(session, account.id)
    note(session, now, actor=by, action="account_disabled", subject=account.email)


def enable(session: Session, account: Account, now: datetime, *, by: str) -> None:
    """The account may sign in again, and no longer rests."""
    account.disabled_at = account.locked_until = None
    account.failed_sign_ins = 0
    note(session, now, actor=by, action="account_enabled", subject=account.email)


def set_password(
    session: Session,
    account: Account,
    now: datetime,
    *,
    password_hash: str,
    by: str,
    keep: str = "",
) -> None:
    """A new password; every session but the one with the hash `keep` ends."""
    assert account.id is not None
    account.password_hash = password_hash
    account.failed_sign_ins, account.locked_until = 0, None
    end_sessions(session, account.id, but=keep)
    note(session, now, actor=by, action="password_changed", subject=account.email)


def is_password_of(account: Account, password: str) -> bool:
    return matches(account.password_hash, password)


def _keep_an_owner(session: Session, leaving: Account) -> None:
    """Raises LastOwner if no other owner could sign in."""
    owners = session.exec(
        select(Account.id)
        .where(Account.role == Role.OWNER, col(Account.disabled_at).is_(None))
        .order_by(col(Account.id))
        .with_for_update()
    ).all()
    if set(owners) <= {leaving.id}:
        raise LastOwner(leaving.email)
