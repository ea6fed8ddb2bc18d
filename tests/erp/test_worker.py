"""The scheduler really ticks, lets another take over, and notices its own death."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from config.settings import load
from erp import worker as worker_module
from erp.bootstrap import Erp, assemble
from erp.jobs.models import JobRun
from erp.jobs.runner import health, request_run
from erp.orders.lifecycle import NextStep
from erp.orders.models import Order
from erp.worker import Worker
from tests.factories import make_order


@pytest.fixture
def erp(tmp_path: Path) -> Iterator[Erp]:
    made = assemble(load(tmp_path, {"ERP_JOBS_CHECK_ORDERS": "1"}))
    yield made
    made.close()


def eventually(erp: Erp, holds: Callable[[Session], bool]) -> bool:
    """Whether something becomes true within 20 seconds."""
    for _ in range(200):
        with erp.sessions.reading() as session:
            if holds(session):
                return True
        time.sleep(0.1)
    return False


def was_checked(session: Session) -> bool:
    return (
        session.exec(
            select(Order).where(col(Order.next_step) == NextStep.CHECK)
        ).first()
        is None
    )


def test_an_order_that_waits_is_checked_without_anybody_asking(erp: Erp) -> None:
    with erp.sessions.writing() as session:
        make_order(session, channel="shop")
    scheduler = Worker(erp)
    scheduler.start()
    try:
        assert eventually(erp, was_checked)
        assert scheduler.is_alive
    finally:
        scheduler.stop()


def test_a_second_scheduler_waits_until_the_first_gives_up(erp: Erp) -> None:
    first, second = Worker(erp), Worker(erp)
    first.start()
    second.start()
    first.stop()
    second.stop()
    with erp.sessions.reading() as session:
        assert not health(session, erp.clock()).is_ticking


def test_a_run_asked_for_by_a_human_is_made(erp: Erp) -> None:
    scheduler = Worker(erp)
    scheduler.start()
    try:
        with erp.sessions.writing() as session:
            request_run(session, "retry_held", erp.clock(), by="owner@example.com")
        asked = select(JobRun).where(col(JobRun.slot).startswith("asked"))
        assert eventually(erp, lambda session: session.exec(asked).first() is not None)
    finally:
        scheduler.stop()


def test_a_scheduler_whose_heart_stopped_is_not_alive(
    erp: Erp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "LONGEST_SILENCE", 0.0)
    scheduler = Worker(erp)
    scheduler.start()
    try:
        assert not scheduler.is_alive
    finally:
        scheduler.stop()


def test_a_busy_database_does_not_make_the_scheduler_a_dead_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or one long transaction would end the program, each time anew."""
    monkeypatch.setattr(worker_module, "HEARTBEAT_SECONDS", 1)
    monkeypatch.setattr(worker_module, "LONGEST_SILENCE", 2.5)
    erp = assemble(load(tmp_path, {"ERP_DATABASE_BUSY_TIMEOUT_SECONDS": "1"}))
    scheduler = Worker(erp)
    scheduler.start()
    try:
        with erp.sessions.writing():
            until = time.monotonic() + 5
            while time.monotonic() < until:
                time.sleep(0.1)
                assert scheduler.is_alive
    finally:
        scheduler.stop()
        erp.close()
