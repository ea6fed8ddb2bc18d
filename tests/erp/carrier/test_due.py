"""On PostgreSQL a row that becomes due has its job, in the same transaction."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlmodel import Session

from config.database import Sessions, connect
from erp.carrier.due import STEPS, WORK
from erp.carrier.installing import install
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.jobs.pipeline import JOBS
from erp.migrations.tables import metadata
from erp.migrations.upgrading import upgrade
from erp.orders.lifecycle import NextStep
from tests.factories import make_order, make_purchase_order, make_supplier
from tests.running import until

SOON = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    made = connect(postgres_url)
    upgrade(made)
    install(made)
    yield made
    made.dispose()


@pytest.fixture
def sessions(engine: Engine) -> Sessions:
    return Sessions(engine)


def waiting(sessions: Sessions) -> list[tuple[str, int, datetime | None]]:
    """What waits: the step, the row, and from when on."""
    with sessions.reading() as session:
        asked = text(
            "SELECT task_name, (args ->> 'key')::int, scheduled_at "
            "FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
        )
        return [tuple(row) for row in session.connection().execute(asked)]


def purchase_in(session: Session, status: PurchaseStatus) -> PurchaseOrder:
    order = make_order(session, next_step=None)
    purchase = make_purchase_order(session, order, make_supplier(session), status)
    session.flush()
    return purchase


def test_every_step_is_a_job_and_every_column_is_there() -> None:
    assert {job.name for job in JOBS} >= STEPS
    for due in WORK:
        columns = metadata.tables[due.table].columns
        assert due.column in columns
        assert due.at is None or due.at in columns
        known = {str(each) for each in columns[due.column].type.kind}
        assert known >= due.steps.keys()


def test_an_order_that_comes_in_waits_for_its_check(sessions: Sessions) -> None:
    with sessions.writing() as session:
        key = make_order(session, next_step=NextStep.CHECK).id
    assert waiting(sessions) == [("check_orders", key, None)]


def test_each_of_many_orders_has_a_job(sessions: Sessions) -> None:
    with sessions.writing() as session:
        keys = [make_order(session, next_step=NextStep.ROUTE).id for _ in range(3)]
    assert waiting(sessions) == [("route_orders", key, None) for key in keys]


def test_work_that_is_rolled_back_leaves_no_job(sessions: Sessions) -> None:
    def fail(session: Session) -> None:
        make_order(session, next_step=NextStep.CHECK)
        raise RuntimeError("the order was bad")

    with pytest.raises(RuntimeError), sessions.writing() as session:
        fail(session)
    assert waiting(sessions) == []


def test_one_job_waits_for_a_row_however_often_it_becomes_due(
    sessions: Sessions,
) -> None:
    with sessions.writing() as session:
        order = make_order(session, next_step=NextStep.CHECK)
        key = order.id
        for step in (None, NextStep.CHECK, None, NextStep.CHECK):
            order.next_step = step
            session.flush()
    assert waiting(sessions) == [("check_orders", key, None)]


def test_the_next_step_has_a_job_of_its_own(sessions: Sessions) -> None:
    with sessions.writing() as session:
        order = make_order(session, next_step=NextStep.CHECK)
        key = order.id
        session.flush()
        order.next_step = NextStep.ROUTE
    assert [step for step, *_ in waiting(sessions)] == ["check_orders", "route_orders"]
    assert {row for _, row, _ in waiting(sessions)} == {key}


def test_what_changes_nothing_about_the_work_adds_no_job(sessions: Sessions) -> None:
    with sessions.writing() as session:
        order = make_order(session, next_step=NextStep.CHECK)
        session.flush()
        done_at_once = text("DELETE FROM procrastinate_jobs")
        session.connection().execute(done_at_once)
        order.name = "#another"
    assert waiting(sessions) == []


@pytest.mark.parametrize(
    ("status", "step"),
    [
        (PurchaseStatus.QUEUED, "forward_purchases"),
        (PurchaseStatus.UNKNOWN, "reconcile_purchases"),
        (PurchaseStatus.CANCELLING, "cancel_purchases"),
    ],
)
def test_a_purchase_order_waits_until_it_is_due(
    sessions: Sessions, status: PurchaseStatus, step: str
) -> None:
    with sessions.writing() as session:
        purchase = purchase_in(session, PurchaseStatus.SENT)
        session.flush()
        purchase.status, purchase.due_at = status, SOON
        key = purchase.id
    (job,) = [each for each in waiting(sessions) if each[0] == step]
    assert job == (step, key, SOON)


def test_what_waits_for_somebody_else_has_no_job(sessions: Sessions) -> None:
    with sessions.writing() as session:
        purchase = purchase_in(session, PurchaseStatus.SENT)
        session.flush()
        purchase.status, purchase.due_at = PurchaseStatus.CANCELLING, None
    assert [each for each in waiting(sessions) if each[0] == "cancel_purchases"] == []


def test_work_that_becomes_due_earlier_is_not_kept_waiting(sessions: Sessions) -> None:
    with sessions.writing() as session:
        purchase = purchase_in(session, PurchaseStatus.QUEUED)
        purchase.due_at = SOON + timedelta(days=1)
        session.flush()
        purchase.due_at = SOON
        session.flush()
        purchase.due_at = datetime(2026, 1, 1, tzinfo=UTC)
        key = purchase.id
    forwards = [each for each in waiting(sessions) if each[0] == "forward_purchases"]
    assert ("forward_purchases", key, None) in forwards
    assert ("forward_purchases", key, SOON) in forwards


def test_two_transactions_that_add_the_same_job_both_succeed(
    sessions: Sessions, engine: Engine
) -> None:
    """The second waits for the first, leaves that job to it, and adds its others."""
    add = text(
        "SELECT erp_hand_over((SELECT array_agg(erp_job('check_orders', key, NULL)) "
        "FROM unnest(CAST(:keys AS bigint[])) AS key))"
    )

    def second() -> None:
        with engine.begin() as connection:
            connection.execute(add, {"keys": [1, 2]})

    with engine.connect() as first, ThreadPoolExecutor(1) as pool:
        first.execute(add, {"keys": [2]})
        other = pool.submit(second)
        until(lambda: others_wait(engine))
        first.commit()
        other.result()
    assert sorted(row for _, row, _ in waiting(sessions)) == [1, 2]


def others_wait(engine: Engine) -> bool:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with engine.connect() as connection:
        return connection.execute(text(asked)).scalar_one() > 0


def test_installing_again_changes_nothing(sessions: Sessions, engine: Engine) -> None:
    with sessions.writing() as session:
        make_order(session, next_step=NextStep.CHECK)
    install(engine)
    assert len(waiting(sessions)) == 1


def test_older_triggers_are_replaced(sessions: Sessions, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("DROP TRIGGER erp_customer_order_due ON customer_order")
        )
        connection.execute(text("COMMENT ON FUNCTION erp_hand_over IS 'older'"))
    install(engine)
    with sessions.writing() as session:
        make_order(session, next_step=NextStep.CHECK)
    assert len(waiting(sessions)) == 1
