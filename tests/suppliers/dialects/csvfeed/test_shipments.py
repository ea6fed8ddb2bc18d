"""What a supplier's file says of our purchase orders."""

from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest

from suppliers.contract import (
    ItemReport,
    ParcelReport,
    RejectReason,
    ReportedStatus,
    ScanKind,
    ScanReport,
)
from suppliers.errors import Garbled, Unavailable

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FILE = "/erp/shipments.csv"
SHIPMENTS = {"place": "shipments.csv"}


@pytest.fixture
def told(server, new_client):
    """The reports of a file with this body, under this declaration."""

    def read(body: str, **declared):
        server.say(FILE, body)
        client = new_client(shipments={**SHIPMENTS, **declared})
        return client.changes(None).reports

    return read


def test_a_line_of_tracking_is_a_parcel(told):
    (report,) = told(
        "purchase_order,sku,quantity,carrier,tracking_number,shipped_at,delivered_at\n"
        "PO-1,A-1,2,Post,T-1,2026-03-02T14:00:00+02:00,2026-03-03T12:00:00Z\n"
    )

    assert report.status is ReportedStatus.RECEIVED  # nobody said that it was accepted
    assert report.parcels == (
        ParcelReport(
            shipment_id="T-1",
            carrier="Post",
            tracking_number="T-1",
            contents=(("A-1", 2),),
            scans=(
                ScanReport(ScanKind.PICKED_UP, NOON),
                ScanReport(ScanKind.DELIVERED, NOON + timedelta(days=1)),
            ),
        ),
    )


def test_rows_of_one_order_may_be_scattered_and_repeated(told):
    header = "purchase_order,sku,quantity,tracking_number\n"
    rows = "PO-1,A,1,T-1\nPO-2,A,1,T-9\nPO-1,B,2,T-1\nPO-1,A,1,T-1\nPO-1,A,4,T-2\n"
    first, second = told(header + rows)

    assert (first.reference, second.reference) == ("PO-1", "PO-2")
    assert [(each.shipment_id, each.contents) for each in first.parcels] == [
        ("T-1", (("A", 1), ("B", 2))),
        ("T-2", (("A", 4),)),
    ]


def test_a_parcel_without_a_number_is_the_same_in_every_reading(told):
    header = "purchase_order,sku,quantity,shipped_at\n"
    (report,) = told(f"{header}PO-1,A,1,2026-03-02\n")

    assert report.parcels[0].shipment_id == "PO-1-parcel"
    assert report.parcels[0].scans[0].at == NOON.replace(hour=0)


def test_a_row_that_names_no_parcel_says_nothing_of_one(told):
    (report,) = told("purchase_order,sku,quantity,status\nPO-1,A,1,Accepted\n")

    assert report.status is ReportedStatus.ACCEPTED
    assert report.parcels == ()
    assert report.items == ()


def test_moments_are_read_in_their_declared_form_and_zone(told):
    (report,) = told(
        "Auftrag;Sendung;Datum\nPO-1;T-1;02.03.2026 13:00\n",
        columns={
            "purchase_order": "Auftrag",
            "tracking_number": "Sendung",
            "shipped_at": "Datum",
        },
        moments="%d.%m.%Y %H:%M",
        time_zone="Europe/Berlin",
    )

    assert report.parcels[0].scans == (ScanReport(ScanKind.PICKED_UP, NOON),)


def test_shipped_may_mean_no_more_than_a_label(told):
    body = "purchase_order,tracking_number,shipped_at\nPO-1,T-1,2026-03-02T12:00Z\n"
    (report,) = told(body, shipped_means="label_created")

    assert report.parcels[0].scans[0].kind is ScanKind.LABEL_CREATED


@pytest.mark.parametrize(
    ("rows", "status", "items"),
    [
        (["A,accepted", "B,accepted"], ReportedStatus.ACCEPTED, ()),
        (["A,accepted", "B,rejected"], ReportedStatus.ACCEPTED, {"B": 0}),
        ([",accepted", "B,rejected"], ReportedStatus.ACCEPTED, {"B": 0}),
        (["A,received", "B,rejected"], ReportedStatus.RECEIVED, {"B": 0}),
        (["A,", "B,cancelled"], ReportedStatus.CANCELLED, {"B": 0}),
        (["A,rejected", "B,rejected"], ReportedStatus.REJECTED, {"A": 0, "B": 0}),
        (["A,rejected", "B,cancelled"], ReportedStatus.CANCELLED, {"A": 0, "B": 0}),
        (["A,received", "B,accepted"], ReportedStatus.ACCEPTED, ()),
        ([",accepted", ",cancelled"], ReportedStatus.CANCELLED, ()),
        (["A,accepted", "A,cancelled"], ReportedStatus.CANCELLED, {"A": 0}),
        ([",cancelled", "A,rejected"], ReportedStatus.CANCELLED, ()),
        (["A,", "B,"], ReportedStatus.RECEIVED, ()),
    ],
    ids=[
        *("all", "some", "all but one", "one off unanswered", "one off alone"),
        *("none", "all off", "not all answered", "later for all"),
        *("later for one", "all off and one named", "nothing said"),
    ],
)
def test_the_status_of_an_order_is_made_of_its_rows(told, rows, status, items):
    body = "".join(f"PO-1,{row}\n" for row in rows)
    (report,) = told(f"purchase_order,sku,status\n{body}")

    assert report.status is status
    assert {each.supplier_sku: each.accepted_quantity for each in report.items} == dict(
        items
    )


def test_a_part_acceptance_is_told_if_all_its_units_are_known(told):
    header = "purchase_order,sku,status,accepted_quantity\n"
    (known,) = told(f"{header}PO-1,A,accepted,2\nPO-1,B,rejected,1\n")
    (unknown,) = told(f"{header}PO-1,A,accepted,\nPO-1,B,partly_accepted,1\n")

    assert known.status is ReportedStatus.PARTLY_ACCEPTED
    assert known.items == (ItemReport("A", 2), ItemReport("B", 0))
    assert unknown.status is ReportedStatus.ACCEPTED
    assert unknown.items == (ItemReport("B", 1),)


def test_a_sku_comes_back_as_it_was_before_it_was_made_safe(told):
    (report,) = told("purchase_order,sku,quantity,tracking_number\nPO-1,'-B,1,T\n")

    assert report.parcels[0].contents == (("-B", 1),)


def test_words_are_as_declared(told):
    (report,) = told(
        "purchase_order,status,reason\nPO-1,ABGELEHNT,ausverkauft\n",
        statuses={"Abgelehnt": "rejected"},
        reasons={"Ausverkauft": "inventory_out_of_stock"},
    )

    assert report.status is ReportedStatus.REJECTED
    assert report.reason is RejectReason.INVENTORY_OUT_OF_STOCK
    assert report.note == ""


def test_a_word_nobody_declared_is_kept_as_a_note_and_decides_nothing(told):
    (report,) = told("purchase_order,status,reason\nPO-1,Backorder,supplier strike\n")

    assert report.status is ReportedStatus.RECEIVED
    assert report.reason is RejectReason.OTHER
    assert report.note == "Backorder; supplier strike"


def test_accepted_units_and_promises_are_told(told):
    (report,) = told(
        "purchase_order,status,sku,accepted_quantity,ship_by,supplier_reference\n"
        "PO-1,partly_accepted,A,2,2026-03-02T12:00Z,S-77\n"
        "PO-1,partly_accepted,B,0,,\n"
    )

    assert report.items == (ItemReport("A", 2), ItemReport("B", 0))
    assert report.ship_by == NOON
    assert report.supplier_reference == "S-77"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",A,1,T,", "line 3: 'purchase_order' is empty"),
        ("PO-1,A,some,T,", "line 3: 'quantity' is no whole number"),
        ("PO-1,A,1.5,T,", "line 3: 'quantity' is no whole number"),
        ("PO-1,A,1,T,yesterday", "line 3: 'shipped_at' is no moment"),
        ("PO-1,A,1,T,0001-01-01", "line 3: 'shipped_at' is no moment"),
        ("PO-1,A,1,T", "line 3: has 4 columns instead of 5"),
        ("P\0,A,1,T,", "line 3: 'purchase_order' is no text we can keep"),
        (f"{'x' * 201},A,1,T,", "line 3: 'purchase_order' is no text we can keep"),
    ],
    ids=["no order", "word", "part", "no date", "nil date", "short", "nul", "long"],
)
def test_one_row_that_cannot_be_read_makes_all_of_them_count_for_nothing(
    told, row, words
):
    header = "purchase_order,sku,quantity,tracking_number,shipped_at"

    with pytest.raises(Garbled, match=words):
        told(f"{header}\nPO-1,A,1,T-1,2026-03-02\n{row}\n")


def file_of(count: int) -> str:
    rows = "".join(f"PO-{number},T-{number}\n" for number in range(count))
    return f"purchase_order,tracking_number\n{rows}"


def test_a_long_file_is_told_in_pages_and_fetched_once(server, new_client):
    server.say(FILE, file_of(250))
    client = new_client(shipments=SHIPMENTS)
    found, cursor, more = [], None, True

    while more:
        page = client.changes(cursor)
        cursor, more = page.cursor, page.more
        found.append([report.reference for report in page.reports])

    assert [len(page) for page in found] == [100, 100, 50]
    assert [*chain(*found)] == [f"PO-{number}" for number in range(250)]
    assert len(server.asked) == 1


def test_pages_go_on_after_a_restart(server, new_client):
    server.say(FILE, file_of(250), etag='"1"')
    cursor = new_client(shipments=SHIPMENTS).changes(None).cursor

    page = new_client(shipments=SHIPMENTS).changes(cursor)

    assert page.reports[0].reference == "PO-100"
    assert page.more


def test_a_file_that_changed_between_pages_is_told_from_its_beginning(
    server, new_client
):
    server.say(FILE, file_of(250))
    cursor = new_client(shipments=SHIPMENTS).changes(None).cursor
    server.say(FILE, file_of(120))

    page = new_client(shipments=SHIPMENTS).changes(cursor)

    assert page.reports[0].reference == "PO-0"
    assert page.more


def test_an_unchanged_file_costs_one_short_call(server, new_client):
    server.say(FILE, file_of(3), etag='"1"')
    client = new_client(shipments=SHIPMENTS)
    cursor = client.changes(None).cursor
    server.say(FILE, status=304)

    page = client.changes(cursor)

    assert (page.reports, page.cursor, page.more) == ((), cursor, False)
    assert server.asked[-1].headers["if-none-match"] == '"1"'


def test_the_same_file_from_a_server_without_tags_is_told_once(server, new_client):
    server.say(FILE, file_of(3))
    client = new_client(shipments=SHIPMENTS)
    cursor = client.changes(None).cursor

    assert client.changes(cursor).reports == ()
    server.say(FILE, file_of(4))
    assert len(client.changes(cursor).reports) == 4


def test_an_order_is_looked_up_in_the_file_first(server, new_client):
    server.say(FILE, "purchase_order,status\nPO-1,accepted\n")
    client = new_client(shipments=SHIPMENTS, orders={"way": "upload"})

    assert client.look_up("PO-1").status is ReportedStatus.ACCEPTED


def test_a_file_that_is_not_there_yet_says_nothing_of_an_order(server, new_client):
    upload = {"way": "upload", "files_stay": True}
    client = new_client(shipments=SHIPMENTS, orders=upload)

    assert client.look_up("PO-1") is None
    with pytest.raises(Unavailable, match="404"):
        client.changes(None)


def test_a_file_that_cannot_be_had_leaves_an_order_unknown(server, new_client):
    server.say(FILE, status=500)
    client = new_client(shipments=SHIPMENTS, orders={"way": "pickup"})

    with pytest.raises(Unavailable):
        client.look_up("PO-1")
