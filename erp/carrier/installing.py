"""Brings procrastinate's tables and our triggers to the newest state, on PostgreSQL."""

import hashlib
from importlib import metadata
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection, Engine

from erp.carrier.due import triggers

MARKED = "erp_hand_over"  # the function whose comment says what is here


def install(engine: Engine) -> None:
    """Nothing happens if all is there already, as it nearly always is."""
    wanted = state()
    with engine.begin() as connection:
        if installed(connection) == wanted:
            return
        # To look is cheap; what it takes to apply is a part of every start otherwise.
        from erp.carrier.applying import apply  # noqa: PLC0415  (see above)

        apply(connection, wanted)


def state() -> str:
    """What is to be there, in one word: procrastinate's version and our triggers."""
    ours = hashlib.sha256(triggers().encode()).hexdigest()[:16]
    return f"{metadata.version('procrastinate')} {ours}"


def installed(connection: Connection) -> str | None:
    """What is there."""
    asked = text("SELECT obj_description(to_regproc(:marked), 'pg_proc')")
    found: Any = connection.execute(asked, {"marked": MARKED}).scalar()
    return found and str(found)
