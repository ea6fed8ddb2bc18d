"""A request with a key is done once; the same key again gets the first answer again.

The claim is a row of its own transaction, so that a second request sees it at once.
The answer is stored in the transaction of the work itself: both are there, or neither.
A claim whose process died is free again when its lease has run out.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, delete

from config.database import Sessions
from config.upsert import dialect_of, insert_into, table_of
from erp.accounts.models import IdempotentRequest

LEASE = timedelta(seconds=60)  # a batch of 1,000 takes far less
KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Claim:
    """The work is ours to do. `started_at` tells our claim from a later one."""

    token_id: int
    key: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """It was done already; this was the answer."""

    status: int
    answer: bytes


@dataclass(frozen=True, slots=True)
class InFlight:
    """Somebody is at it until then, at the latest."""

    until: datetime


@dataclass(frozen=True, slots=True)
class OtherRequest:
    """The key belongs to a request that said something else."""


class ClaimLost(Exception):
    """Our lease ran out and somebody else took the work over."""


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What makes two requests the same."""
    digest = hashlib.sha256(f"{method} {path}\n".encode())
    digest.update(body)
    return digest.hexdigest()


def claim(
    sessions: Sessions, token_id: int, key: str, print_: str, now: datetime
) -> Claim | Answered | InFlight | OtherRequest:
    """Claim a request for its key, or learn what became of it."""
    with sessions.writing() as session:
        if _is_claimed_anew(session, token_id, key, print_, now):
            return Claim(token_id, key, now)
        row = session.get_one(IdempotentRequest, (token_id, key), with_for_update=True)
        if row.started_at <= now - KEPT:
            row.fingerprint, row.status, row.answer = print_, None, None
            row.lease_until = now
        if row.fingerprint != print_:
            return OtherRequest()
        if row.status is not None and row.answer is not None:
            return Answered(row.status, row.answer)
        if row.lease_until > now:
            return InFlight(row.lease_until)
        row.started_at, row.lease_until = now, now + LEASE
        return Claim(token_id, key, now)


def record(session: Session, mine: Claim, status: int, answer: bytes) -> None:
    """Keep the answer with the work it tells of.

    Raises ClaimLost if the claim is no longer ours: then the work must not stand.
    """
    changed = session.connection().execute(
        _RECORD, {**_named(mine), "said": status, "answered": answer}
    )
    if changed.rowcount != 1:
        raise ClaimLost(mine.key)


def release(session: Session, mine: Claim) -> None:
    """Nothing was done: the key may be used again."""
    session.connection().execute(_RELEASE, _named(mine))


def forget_old(session: Session, now: datetime) -> int:
    """Remove answers nobody will ask for again; how many there were."""
    gone = session.exec(
        delete(IdempotentRequest).where(col(IdempotentRequest.started_at) <= now - KEPT)
    )
    return int(gone.rowcount)


def _is_claimed_anew(
    session: Session, token_id: int, key: str, print_: str, now: datetime
) -> bool:
    """The primary key decides who is first, not a look-up."""
    row = {
        "api_token_id": token_id,
        "key": key,
        "fingerprint": print_,
        "started_at": now,
        "lease_until": now + LEASE,
    }
    added = session.connection().execute(_claims(dialect_of(session)), row)
    return added.first() is not None


def _named(mine: Claim) -> dict[str, object]:
    return {
        "its_token": mine.token_id,
        "its_key": mine.key,
        "its_start": mine.started_at,
    }


@cache
def _claims(dialect: str) -> Any:
    return (
        insert_into(dialect, IdempotentRequest)
        .on_conflict_do_nothing()
        .returning(_TABLE.c.key)
    )


# Built once: building a statement costs more than running it.
_TABLE = table_of(IdempotentRequest)
_OURS = (
    _TABLE.c.api_token_id == bindparam("its_token"),
    _TABLE.c.key == bindparam("its_key"),
    _TABLE.c.started_at == bindparam("its_start"),
    _TABLE.c.status.is_(None),  # not answered yet
)
_RECORD = (
    _TABLE.update()
    .where(*_OURS)
    .values(status=bindparam("said"), answer=bindparam("answered"))
)
_RELEASE = _TABLE.delete().where(*_OURS)
