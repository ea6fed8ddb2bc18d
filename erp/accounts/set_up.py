"""The first account: there is no default password, and only one owner comes of it."""

import os
import secrets
import stat
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select, text

from erp.accounts.audit import note
from erp.accounts.models import Account, Role
from erp.accounts.passwords import hashed

CODE_FILE = "setup.code"


class AlreadySetUp(Exception):
    """Somebody was faster: the first account exists."""


def set_up_code(folder: Path) -> str:
    """The one-time code that proves access to the machine; made on first use."""
    path = folder / CODE_FILE
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(
            path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR
        )
    except FileExistsError:
        return path.read_text("ascii").strip()
    code = "-".join(secrets.token_hex(2) for _ in range(5))
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(code)
    return code


def forget_code(folder: Path) -> None:
    """The code is of no more use once an owner exists."""
    (folder / CODE_FILE).unlink(missing_ok=True)


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
