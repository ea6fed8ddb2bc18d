"""One time for every machine: the database's."""

import logging
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import monotonic

from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

AGAIN_SECONDS = 60.0  # until the database is asked for the time again
log = logging.getLogger(__name__)


class DatabaseClock:
    """Leases and due times of many machines compare only if all go by one clock.

    The machine's own may be minutes off: it only counts the seconds since we asked.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._asking = Lock()
        self._told: tuple[datetime, float] = self._ask()

    def __call__(self) -> datetime:
        told, asked_at = self._told
        now = monotonic()
        if now - asked_at > AGAIN_SECONDS and self._asking.acquire(blocking=False):
            try:
                told, asked_at = self._told = self._ask()
            except OperationalError as error:
                log.warning("the database does not tell the time: %s", error.orig)
                told, asked_at = told + timedelta(seconds=now - asked_at), now
                self._told = told, asked_at  # counting on will do
            finally:
                self._asking.release()
        return told + timedelta(seconds=monotonic() - asked_at)

    def _ask(self) -> tuple[datetime, float]:
        with self._engine.connect() as connection:
            asked_at = monotonic()
            told: datetime = connection.execute(_TIME).scalar_one()
        return told.astimezone(UTC), asked_at


_TIME = text("SELECT clock_timestamp()")
