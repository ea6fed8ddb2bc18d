"""Transactions: eight writers lose nothing, and pages read while one writes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, select

from config.database import Sessions
from erp.accounts.models import AuditEntry
from erp.orders.models import Contact, Hold, Order
from tests.factories import make_order

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def entry(number: int) -> AuditEntry:
    return AuditEntry(at=NOW, actor="a", action="count", subject=str(number))


def test_eight_writers_lose_nothing(both_sessions: Sessions) -> None:
    def write(writer: int) -> None:
        for number in range(100):
            with both_sessions.writing() as session:
                session.exec(select(func.count(col(AuditEntry.id)))).one()
                session.add(entry(1000 * writer + number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    with both_sessions.reading() as session:
        found = session.exec(select(AuditEntry.subject)).all()
    assert len(found) == len(set(found)) == 800


def test_what_fails_half_way_leaves_nothing(both_sessions: Sessions) -> None:
    def write_and_fail() -> None:
        with both_sessions.writing() as session:
            session.add(entry(1))
            session.flush()
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        write_and_fail()
    with both_sessions.reading() as session:
        assert session.exec(select(AuditEntry)).all() == []


def test_a_page_can_be_read_while_a_writer_is_at_work(both_sessions: Sessions) -> None:
    with both_sessions.writing() as writer:
        writer.add(entry(1))
        writer.flush()
        with both_sessions.reading() as reader:
            assert reader.exec(select(AuditEntry)).all() == []


def test_statuses_the_program_does_not_know_are_refused_by_the_database(
    both_sessions: Sessions,
) -> None:
    with both_sessions.writing() as session:
        make_order(session)

    def write_nonsense() -> None:
        with both_sessions.writing() as session:
            session.connection().execute(
                text("UPDATE customer_order SET status = 'lost'")
            )

    with pytest.raises(IntegrityError):
        write_nonsense()


def test_a_row_that_points_nowhere_is_refused(both_sessions: Sessions) -> None:
    def point_nowhere() -> None:
        with both_sessions.writing() as session:
            session.add(
                Hold(order_id=404, reason="unpaid", opened_at=NOW)  # type: ignore[arg-type]
            )

    with pytest.raises(IntegrityError):
        point_nowhere()


def test_moments_come_back_as_aware_utc(both_sessions: Sessions) -> None:
    paris = datetime(2026, 3, 2, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    with both_sessions.writing() as session:
        make_order(session, placed_at=paris)
    with both_sessions.reading() as session:
        (found,) = session.exec(select(Order.placed_at)).all()
    assert found == NOW
    assert found.utcoffset() == timedelta(0)


def test_a_moment_without_a_time_zone_is_refused(sessions: Sessions) -> None:
    def write_naive() -> None:
        with sessions.writing() as session:
            make_order(session, placed_at=datetime(2026, 3, 2))  # noqa: DTZ001

    with pytest.raises(Exception, match="timezone"):
        write_naive()


def test_rows_added_together_get_their_ids_in_that_order(
    both_sessions: Sessions,
) -> None:
    with both_sessions.writing() as session:
        added = [entry(number) for number in range(3_000)]
        session.add_all(added)
        session.flush()
        told = {each.id: each.subject for each in added}
    with both_sessions.reading() as session:
        kept = session.exec(
            select(AuditEntry.id, AuditEntry.subject).order_by(col(AuditEntry.id))
        ).all()
    assert dict(kept) == told
    assert [subject for _, subject in kept] == [str(n) for n in range(3_000)]


def test_plans_follow_the_size_of_the_tables(both_sessions: Sessions) -> None:
    """A table nobody counted is taken for a small one, and read from end to end."""
    with both_sessions.writing() as session:
        session.add_all([entry(number) for number in range(500)])

    both_sessions.renew_statistics()

    with both_sessions.reading() as session:
        assert session.exec(select(func.count(col(AuditEntry.id)))).one() == 500
        if both_sessions.engine.dialect.name == "sqlite":
            query = text("SELECT stat FROM sqlite_stat1 WHERE tbl = 'audit_entry'")
            assert session.connection().execute(query).scalar_one().startswith("500")


def test_an_error_does_not_repeat_what_a_customer_told(sessions: Sessions) -> None:
    """It is logged, and shown to whoever may see the jobs."""
    with pytest.raises(IntegrityError) as failed, sessions.writing() as session:
        session.add(Contact(name="Ada Lovelace", address1="12 Analytical Street"))
    assert "Lovelace" not in str(failed.value)
