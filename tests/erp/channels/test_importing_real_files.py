"""Real files come in whole, once, from two sides at once, and past a full disk."""

import csv
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import func, select

from config.database import Sessions, connect, metadata
from erp.channels.importing import import_orders
from erp.orders.models import Order, OrderLine
from inventory.models import DailyDemand
from tests.imports import counts, import_olist, rows, verdicts


def test_the_real_files_come_in_whole_and_a_second_time_change_nothing(
    sessions, olist, now
):
    first = import_olist(sessions, olist, now)
    assert [verdicts(report) for report in first] == [
        (72, 0, 0, 0),
        (2627, 0, 0, 0),
        (2949, 0, 0, 0),
    ]
    after_first = counts(sessions)
    second = import_olist(sessions, olist, now)
    assert [verdicts(report) for report in second] == [
        (0, 0, 72, 0),
        (0, 0, 2627, 0),
        (0, 0, 2949, 0),
    ]
    assert all(report.changed_nothing and not report.problems for report in second)
    assert counts(sessions) == after_first


def test_the_sums_of_the_real_orders_equal_the_file(sessions, olist, now):
    import_olist(sessions, olist, now)
    with (olist / "orders_shopify.csv").open(newline="", encoding="utf-8") as source:
        lines = list(csv.DictReader(source))
    stored = rows(sessions, Order)
    for column, field in {
        "Total": "total_cents",
        "Subtotal": "subtotal_cents",
        "Shipping": "shipping_cents",
    }.items():
        told = sum(Decimal(line[column] or 0) for line in lines)
        assert sum(getattr(order, field) for order in stored) == told * 100, column
    sold, asked = Counter(), Counter()
    for line in lines:
        asked[line["Lineitem sku"], line["Vendor"]] += int(line["Lineitem quantity"])
    for line in rows(sessions, OrderLine):
        sold[line.sku, line.named_supplier] += line.quantity
        assert line.product_id is not None
    assert sold == asked
    assert sum(day.units for day in rows(sessions, DailyDemand)) == sum(asked.values())


def test_two_imports_at_once_do_one_anothers_work_but_never_twice(
    both_sessions, olist, now
):
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(import_olist, both_sessions, olist, now) for _ in range(2)]
        reports = [each.result() for each in both]
    created = [sum(report[i].created for report in reports) for i in range(3)]
    assert created == [72, 2627, 2949]
    assert not any(report.problems for pair in reports for report in pair)
    stored = counts(both_sessions)
    assert (stored["Order"], stored["Contact"], stored["OrderLine"]) == (
        2949,
        2949,
        3048,
    )
    assert stored["Offer"] == 2627
    with both_sessions.reading() as session:
        assert session.exec(select(func.sum(DailyDemand.units))).one() == 3311


def test_a_full_disk_keeps_whole_batches_and_the_import_goes_on_afterwards(
    tmp_path, olist, now
):
    engine = connect(f"sqlite:///{tmp_path / 'small.db'}")
    metadata.create_all(engine)
    sessions = Sessions(engine)
    path = olist / "orders_shopify.csv"
    with engine.connect() as connection:
        empty = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    limit = {"pages": empty + 250}

    @event.listens_for(engine, "begin")
    def keep_small(connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count = {limit['pages']}")

    with pytest.raises(OperationalError, match="full"):
        import_orders(sessions, path, now)
    kept = counts(sessions)
    assert 0 < kept["Order"] < 2949
    assert kept["Order"] == kept["Contact"]
    limit["pages"] = 1_000_000
    report = import_orders(sessions, path, now)
    assert (report.unchanged, report.created) == (kept["Order"], 2949 - kept["Order"])
    assert counts(sessions)["OrderLine"] == 3048
    engine.dispose()
