from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.kpis.measures import Measured
from erp.kpis.measuring import measure, thin_readings
from erp.kpis.models import Kpi, Reading, ScopeKind
from erp.kpis.policy import load_policy
from erp.kpis.queries import newest, newest_one, trend, worst
from tests.factories import NOW, make_order, make_purchase_order, make_supplier

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def policy(tmp_path):
    return load_policy(tmp_path)


def buy(sessions, *, supplier="S1", ship_by_days=-1.0, unit_cents=1000, sku="A"):
    """An overdue purchase order."""
    with sessions.writing() as session:
        order = make_order(session, ((sku, 1, unit_cents),))
        make_purchase_order(
            session,
            order,
            make_supplier(session, supplier),
            PurchaseStatus.ACCEPTED,
            ship_by=NOW + ship_by_days * DAY,
        )


def figures(reading):
    return Measured(
        reading.numerator, reading.denominator, reading.covered, reading.total
    )


def stored(sessions, kpi=Kpi.LATE_HAND_OVER, kind=ScopeKind.OVERALL, key=""):
    with sessions.reading() as session:
        return trend(session, kpi, kind, key, limit=1000)


def count(sessions, **of):
    with sessions.reading() as session:
        return len(session.exec(select(Reading).filter_by(**of)).all())


def test_readings_of_every_scope_are_stored_with_their_figures(both_sessions, policy):
    buy(both_sessions)

    assert measure(both_sessions, policy, NOW, currency="USD") == 10

    with both_sessions.reading() as session:
        found = newest(session)
    assert figures(found[Kpi.LATE_HAND_OVER, ScopeKind.SUPPLIER, "S1"]) == Measured(
        1, 1, 1, 1
    )
    assert figures(found[Kpi.GROSS_MARGIN, ScopeKind.PRODUCT, "A"]) == Measured(
        500, 1000, 1, 1
    )
    assert figures(found[Kpi.RETURN_RATE, ScopeKind.OVERALL, ""]) == Measured(
        0, 0, 0, 0
    )


def test_what_has_not_changed_is_not_stored_again(both_sessions, policy):
    buy(both_sessions)
    measure(both_sessions, policy, NOW, currency="USD")

    assert measure(both_sessions, policy, NOW + 5 * MINUTE, currency="USD") == 0

    buy(both_sessions, supplier="S2", sku="B")
    assert measure(both_sessions, policy, NOW + 10 * MINUTE, currency="USD") == 8
    with both_sessions.reading() as session:
        found = newest(session)
    assert found[Kpi.LATE_HAND_OVER, ScopeKind.OVERALL, ""].numerator == 2
    assert found[Kpi.LATE_HAND_OVER, ScopeKind.SUPPLIER, "S1"].at == NOW


def test_the_whole_store_has_a_point_every_hour_and_a_product_none(sessions, policy):
    buy(sessions)
    for hours in range(25):
        measure(sessions, policy, NOW + hours * HOUR, currency="USD")

    of = {"kpi": Kpi.LATE_HAND_OVER}
    assert count(sessions, scope_kind=ScopeKind.OVERALL, **of) == 25
    assert count(sessions, scope_kind=ScopeKind.SUPPLIER, **of) == 2
    assert count(sessions, scope_kind=ScopeKind.PRODUCT, **of) == 1


def test_a_scope_that_has_no_cases_left_says_so_once(sessions, policy):
    buy(sessions, ship_by_days=-29.5)
    measure(sessions, policy, NOW, currency="USD")

    for days in (1, 2, 3):
        measure(sessions, policy, NOW + days * DAY, currency="USD")

    readings = stored(sessions, kind=ScopeKind.PRODUCT, key="A")
    assert [figures(each) for each in readings] == [
        Measured(1, 1, 1, 1),
        Measured(0, 0, 0, 0),
    ]


def test_measuring_twice_at_one_moment_stores_once(sessions, policy):
    buy(sessions)
    measure(sessions, policy, NOW, currency="USD")
    buy(sessions)

    assert measure(sessions, policy, NOW, currency="USD") == 0


def test_a_scope_has_one_newest_reading(both_sessions):
    reading = {
        "kpi": Kpi.RETURN_RATE,
        "scope_kind": ScopeKind.OVERALL,
        "window_days": 30,
        "numerator": 5_000_000_000,
        "denominator": 9_000_000_000,
        "covered": 1,
        "total": 1,
    }
    with both_sessions.writing() as session:
        session.add(Reading(at=NOW, **reading))

    with pytest.raises(IntegrityError), both_sessions.writing() as session:
        session.add(Reading(at=NOW + MINUTE, **reading))


def test_after_two_days_only_the_last_reading_of_a_day_is_left(both_sessions, policy):
    buy(both_sessions)
    for minutes in range(0, 3 * 24 * 60, 180):
        measure(both_sessions, policy, NOW + minutes * MINUTE, currency="USD")
    later = NOW + 6 * DAY
    before = stored(both_sessions)

    with both_sessions.writing() as session:
        thinned = thin_readings(session, later)

    after = stored(both_sessions)
    assert thinned == 2 * (24 - 4)  # of late hand-over and margin
    assert [each.at for each in after] == [each.at for each in before]
    assert len({each.at.date() for each in after}) == len(after) == 4
    with both_sessions.reading() as session:
        assert newest_one(session, Kpi.LATE_HAND_OVER, ScopeKind.OVERALL)


def test_readings_younger_than_two_days_are_left_alone(sessions, policy):
    buy(sessions)
    for hours in range(24):
        measure(sessions, policy, NOW + hours * HOUR, currency="USD")

    with sessions.writing() as session:
        assert thin_readings(session, NOW + 47 * HOUR) == 0


def test_a_trend_has_the_last_reading_of_each_day_oldest_first(sessions, policy):
    buy(sessions)
    for hours in range(0, 24 * 5, 6):
        measure(sessions, policy, NOW + hours * HOUR, currency="USD")

    with sessions.reading() as session:
        found = trend(session, Kpi.GROSS_MARGIN, limit=3)

    assert [each.at.date() for each in found] == sorted(
        (NOW + days * DAY).date() for days in (3, 4, 5)
    )
    assert found[-1].at == NOW + (24 * 5 - 6) * HOUR


def test_the_worst_are_those_with_the_most_late_cases(sessions, policy):
    for supplier, late in (("S1", 1), ("S2", 3), ("S3", 2)):
        for _ in range(late):
            buy(sessions, supplier=supplier)
    buy(sessions, supplier="S4", ship_by_days=2)
    measure(sessions, policy, NOW, currency="USD")

    with sessions.reading() as session:
        found = worst(session, Kpi.LATE_HAND_OVER, ScopeKind.SUPPLIER, count=2)

    assert [each.scope_key for each in found] == ["S2", "S3"]


def test_the_worst_margins_are_those_that_miss_most_money(sessions, policy):
    for supplier, cents in (("S1", 505), ("S2", 400), ("S3", 1000)):
        buy(sessions, supplier=supplier, unit_cents=cents)
    measure(sessions, policy, NOW, currency="USD")

    with sessions.reading() as session:
        found = worst(
            session, Kpi.GROSS_MARGIN, ScopeKind.SUPPLIER, limit_basis_points=1200
        )

    assert [each.scope_key for each in found] == ["S2", "S1"]
