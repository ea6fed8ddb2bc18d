"""The first account: there is no default password, and only one owner comes of it."""

import secrets
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select, text

from config.secrets import kept_in
from erp.accounts.audit import note
from erp.accounts.models import Account, Role
from erp.accounts.passwords import hashed

CODE_FILE = "setup.code"


class AlreadySetUp(Exception):
    """Somebody was faster: the first account exists."""


def set_up_code(folder: Path) -> str:
    """The one-time code that proves access to the machine; made on first use."""
    return kept_in(folder / CODE_FILE, _new_code).decode("ascii").strip()


def forget_code(folder: Path) -> None:
    """The code is of no more use once an owner exists."""
    (folder / CODE_FILE).unlink(missing_ok=True)


def _new_code() -> bytes:
    return "-".join(secrets.token_hex(2) for _ in range(5)).encode("ascii")


def create_owner(
    session: Session, now: datetime, *, name: str, email: str, password_hash: str
) -> Account:
    """The first account. Raises AlreadySetUp if there is one, even by a whisker."""
    if session.get_bind().dialect.name == "postgresql":
        session.exec(text("LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE"))  # type: ignore[call-overload]  # not typed for text
    if session.exec(select(Account.id).limit(1)).first() is not None:
        raise AlreadySetUp
    owner = Account(
        email=email.strip().lower(),
        name=name.strip(),
        role=Role.OWNER,
        password_hash=password_hash,
        gets_alerts=True,
        created_at=now,
    )
    session.add(owner)
    session.flush()
    note(session, now, actor=owner.email, action="set_up", subject=owner.email)
    return owner


def owner_of(
    session: Session, now: datetime, *, name: str, email: str, password: str
) -> Account:
    """The first account from a plain password, for the command line and the demo."""
    return create_owner(
        session, now, name=name, email=email, password_hash=hashed(password)
    )
