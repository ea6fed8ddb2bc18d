"""The scheduler: it only ticks. What is owed stands in the tables, never in here.

On PostgreSQL each process also takes up jobs as they come; the ticks of the one that
leads then find whatever has no job, so that nothing depends on the jobs alone.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC
from typing import Protocol

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from erp.bootstrap import Erp, utc_now
from erp.jobs.pipeline import JOBS, Job
from erp.jobs.runner import LEASE, is_asked, lead, resign, take_requests, tick

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 5  # four fit into a lease
REQUESTS_SECONDS = 1
LONGEST_SILENCE = 30.0  # seconds without a heartbeat: the scheduler thread is dead


class Peers(Protocol):
    """Takes up jobs that wait for any machine."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Worker:
    """Ticks the jobs while it leads; `is_alive` tells whether it still does."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._holder = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"
        self._leads_until = 0.0
        self._last_beat = time.monotonic()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(len(JOBS) + 2)},
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": None,
            },
        )
        self._scheduler.add_listener(_report, EVENT_JOB_ERROR | EVENT_JOB_MISSED)
        self._peers = _peers(erp)

    def start(self) -> None:
        """Begin to tick; the first heartbeat comes before the first job."""
        self._beat()
        self._every(HEARTBEAT_SECONDS, "heartbeat", self._beat)
        self._every(REQUESTS_SECONDS, "requests", self._serve_requests)
        for job in JOBS:
            self._every(job.every(self._erp), job.name, self._ticker(job))
        self._scheduler.start()
        if self._peers is not None:
            self._peers.start()

    def stop(self) -> None:
        """Let running jobs end, then give the leadership up."""
        if self._peers is not None:
            self._peers.stop()
        self._scheduler.shutdown(wait=True)
        with self._erp.sessions.writing() as session:
            resign(session, self._holder, self._erp.clock())

    @property
    def is_alive(self) -> bool:
        """False once the scheduler's thread is dead, whatever it says of itself."""
        return time.monotonic() - self._last_beat < LONGEST_SILENCE

    def _every(self, seconds: int, name: str, run: Callable[[], None]) -> None:
        first = utc_now()  # by this machine's clock, as the scheduler itself goes
        self._scheduler.add_job(
            run, IntervalTrigger(seconds=seconds), id=name, next_run_time=first
        )

    def _beat(self) -> None:
        """A database that is busy or away does not make the thread a dead one."""
        self._last_beat = asked_at = time.monotonic()
        with self._erp.sessions.writing() as session:
            leads = lead(session, self._holder, self._erp.clock())
        self._leads_until = asked_at + LEASE.total_seconds() if leads else 0.0

    def _leads(self) -> bool:
        return time.monotonic() < self._leads_until

    def _serve_requests(self) -> None:
        if not self._leads():
            return
        with self._erp.sessions.reading() as session:
            if not is_asked(session):
                return
        with self._erp.sessions.writing() as session:
            asked = take_requests(session)
        for job in asked:
            tick(self._erp, job, asked=True)

    def _ticker(self, job: Job) -> Callable[[], None]:
        def run() -> None:
            if self._leads():
                tick(self._erp, job)

        return run


def _peers(erp: Erp) -> Peers | None:
    """None where the one process finds all work by itself."""
    if erp.sessions.engine.dialect.name != "postgresql":
        return None
    # SQLite has no use for it, and starts a fifth of a second sooner without.
    from erp.carrier.peers import Peers  # noqa: PLC0415  (see above)

    jobs = {job.name: job for job in JOBS}

    def run_step(step: str, slot: str) -> None:
        tick(erp, jobs[step], slot=slot)

    return Peers(erp.settings.database_url, run_step)


def _report(event: JobEvent) -> None:
    log.error("scheduler job=%s code=%s", event.job_id, event.code)
