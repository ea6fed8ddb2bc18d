"""API tokens: shown once, stored as a hash, revoked for good."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlmodel import Session, col, update

from erp.accounts.audit import note
from erp.accounts.models import ApiToken, Scope
from suppliers.models import Supplier

PREFIX_BYTES = 4
SECRET_BYTES = 32
TOUCH_EVERY = timedelta(minutes=1)  # a busy caller does not cost a write per call


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who calls: a token that is in use, and the supplier it speaks for, if any."""

    token_id: int
    name: str
    scope: Scope
    supplier_id: int | None
    last_used_at: datetime | None


def create_token(
    session: Session,
    name: str,
    scope: Scope,
    now: datetime,
    *,
    by: str,
    supplier: Supplier | None = None,
) -> tuple[ApiToken, str]:
    """A new token and its secret, which nobody can read again.

    One of a supplier opens that supplier's API and nothing else.
    """
    prefix = secrets.token_hex(PREFIX_BYTES)
    secret = f"erp_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    token = ApiToken(
        name=name,
        prefix=f"erp_{prefix}",
        token_hash=_hash(secret),
        scope=scope,
        supplier_id=supplier.id if supplier else None,
        created_at=now,
        created_by=by,
    )
    session.add(token)
    session.flush()
    whose = f"{supplier.code}: " if supplier else ""
    note(
        session,
        now,
        actor=by,
        action="token_created",
        subject=token.prefix,
        detail=f"{whose}{name} ({scope.value})",
    )
    return token, secret


def revoke_token(session: Session, token: ApiToken, now: datetime, *, by: str) -> None:
    """End a token's use; revoking twice changes nothing."""
    if token.revoked_at is None:
        token.revoked_at = now
        note(session, now, actor=by, action="token_revoked", subject=token.prefix)


def bearer_of(session: Session, secret: str) -> Bearer | None:
    """Whose secret this is; None if nobody's, or if it was revoked."""
    found = session.connection().execute(_BEARER, {"hash": _hash(secret)}).first()
    if found is None:
        return None
    token_id, name, scope, supplier_id, last_used_at = found
    assert token_id is not None
    return Bearer(token_id, name, scope, supplier_id, last_used_at)


def is_due_for_touch(bearer: Bearer, now: datetime) -> bool:
    used = bearer.last_used_at
    return used is None or used < now - TOUCH_EVERY


def touch(session: Session, bearer: Bearer, now: datetime) -> None:
    """Remember when the token was last used."""
    session.exec(
        update(ApiToken)
        .where(col(ApiToken.id) == bearer.token_id)
        .values(last_used_at=now)
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


# Built once: every call of the API asks it.
_BEARER = select(
    col(ApiToken.id),
    col(ApiToken.name),
    col(ApiToken.scope),
    col(ApiToken.supplier_id),
    col(ApiToken.last_used_at),
).where(
    col(ApiToken.token_hash) == bindparam("hash"), col(ApiToken.revoked_at).is_(None)
)
