"""Orders of a Shopify export: several rows to an order, each order taken in once."""

from erp.orders.models import Contact, Order, OrderLine
from tests.imports import FIRST, MORE, ORDERS, SECOND, WHOLE, rows, verdicts


def test_an_order_of_several_rows_becomes_one_order(bring, sessions):
    report = bring(WHOLE)
    assert verdicts(report) == (2, 0, 0, 0)
    assert (report.rows, report.problems) == (3, [])
    first, second = rows(sessions, Order)
    assert (first.external_id, first.name, first.channel) == ("id1", "#1", "shopify")
    assert (second.discount_cents, second.total_cents) == (100, 900)
    named = [(x.sku, x.quantity, x.named_supplier) for x in rows(sessions, OrderLine)]
    assert named == [("A", 1, "S1"), ("B", 2, None), ("A", 1, None)]
    assert [x.postal_code for x in rows(sessions, Contact)] == ["N1", "01310"]


def test_a_vendor_that_is_no_supplier_is_only_noted(bring):
    (note,) = bring(WHOLE).notes
    assert "'Acme' is no supplier's code" in note


def test_the_channel_and_the_home_country_can_be_named(bring, sessions):
    bring(ORDERS + SECOND.replace(",GB,", ",,"), channel="shop-2", home_country="IL")
    assert rows(sessions, Order)[0].channel == "shop-2"
    assert rows(sessions, Contact)[0].country == "IL"


def test_a_later_export_brings_the_payment(bring, sessions):
    bring(WHOLE)
    report = bring(WHOLE.replace("pending,,", "paid,2026-03-02 09:00:00 +0000,"))
    assert verdicts(report) == (0, 1, 1, 0)
    assert [order.payment for order in rows(sessions, Order)] == ["paid", "paid"]


def test_an_order_that_counts_its_line_discounts_once_more_is_understood(
    bring, sessions
):
    header = ORDERS.replace("Id,", "Id,Lineitem discount,")
    bring(header + SECOND.replace("id2,", "id2,1.00,"))
    (order,) = rows(sessions, Order)
    assert (order.discount_cents, order.total_cents) == (100, 900)


def test_rows_that_stand_there_twice_count_once(bring, sessions):
    single = FIRST.replace("35.00", "15.00")
    report = bring(ORDERS + single + single)
    assert verdicts(report) == (1, 0, 0, 0)
    assert "line 3 repeats the one above" in report.notes
    assert len(rows(sessions, OrderLine)) == 1


def test_an_order_that_comes_a_second_time_within_the_file_is_unchanged(bring):
    assert verdicts(bring(WHOLE + FIRST + MORE)) == (2, 0, 1, 0)


def test_an_order_that_contradicts_the_known_one_is_refused_with_its_line(
    bring, sessions
):
    bring(WHOLE)
    report = bring(ORDERS + SECOND.replace("Lamp,10.00,A", "Lamp,10.00,C"))
    assert verdicts(report) == (0, 0, 0, 1)
    assert str(report.problems[0]) == "line 2, lines: differ from those received before"
    assert len(rows(sessions, Order)) == 2


def test_a_byte_order_mark_other_line_ends_and_new_columns_do_no_harm(bring):
    content = WHOLE.replace("Risk Level", "Risk Level,Mood")
    content = content.replace("Low\n", "Low,\n").replace("Acme,,\n", "Acme,,,\n")
    content = content.replace("id2,\n", "id2,,fine\n").replace("\n", "\r\n")
    report = bring(b"\xef\xbb\xbf" + content.encode())
    assert verdicts(report) == (2, 0, 0, 0)
    assert report.notes[0] == "columns not used: Mood"


def test_progress_is_told_batch_by_batch(bring):
    seen = []
    bring(WHOLE, on_progress=lambda done, total: seen.append((done, total)))
    assert seen == [(3, 3)]


def test_a_report_says_in_one_line_what_happened(bring):
    bring(WHOLE)
    words = bring(WHOLE).in_words(1.25)
    assert words == (
        "orders: 0 created, 0 updated, 2 unchanged, 0 refused, from 3 rows in 1.2 s; "
        "nothing was changed"
    )
