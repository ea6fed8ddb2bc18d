"""The sandbox as a web server with CSV files, over a real line."""

from datetime import UTC, datetime, timedelta

import pytest

from suppliers.contract import ReportedStatus
from suppliers.errors import Ambiguous, Garbled, Rejected, Unavailable
from suppliers.sandbox.messages import SandboxStock
from tests.suppliers.ways import CSV_FILES, WAYS

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ITEMS = [
    SandboxStock(sku="כוס-1", quantity=5, unit_cost_cents=1250, currency="ILS"),
    SandboxStock(sku="כוס-2"),
]


@pytest.fixture
def desk(new_desk):
    return new_desk(WAYS["csvfeed"])


def client_of(desk, *, stock: str = "stock.csv", **changed):
    declared = {"place": stock, **changed.pop("declared", {})}
    return desk.client(options={**CSV_FILES, "stock": declared, **changed})


@pytest.mark.parametrize(
    ("asked", "declared"),
    [
        ("", {}),
        ("?separator=;", {}),
        ("?gzip=answer", {}),
        ("?gzip=file", {"separator": "comma"}),
        ("?encoding=utf-16&gzip=file", {}),
        ("?encoding=windows-1255", {"encoding": "windows-1255"}),
        ("?encoding=windows-1255&separator=;", {"fallback": "windows-1255"}),
    ],
)
def test_its_stock_list_is_written_as_the_address_asks(desk, asked, declared):
    desk.remote.set_stock(desk.code, ITEMS, as_of=NOON)

    client = client_of(desk, stock=f"stock.csv{asked}", declared=declared)
    reading = client.read_stock()

    assert reading.as_of == NOON
    assert [
        (row.supplier_sku, row.quantity, row.unit_cost_cents, row.currency)
        for row in reading.rows
    ] == [("כוס-1", 5, 1250, "ILS"), ("כוס-2", None, None, None)]


@pytest.mark.parametrize("asked", ["", "?etag=no", "?gzip=answer"])
def test_an_unchanged_stock_list_is_not_sent_again(desk, asked):
    desk.remote.set_stock(desk.code, ITEMS, as_of=NOON)
    client = client_of(desk, stock=f"stock.csv{asked}")
    mark = client.read_stock().mark

    assert client.read_stock(mark).is_unchanged
    desk.remote.set_stock(desk.code, ITEMS[:1], as_of=NOON + DAY)
    assert len(list(client.read_stock(mark).rows)) == 1


@pytest.mark.parametrize(
    "auth",
    [
        {"way": "bearer"},
        {"way": "basic", "username": "anyone"},
        {"way": "query"},
    ],
    ids=lambda auth: auth["way"],
)
def test_it_may_be_signed_in_to_in_three_ways(desk, request_for, auth):
    client = client_of(desk, auth=auth)

    assert client.submit(request_for("PO-1")).status is ReportedStatus.RECEIVED
    assert client.look_up("PO-1").status is ReportedStatus.RECEIVED


def test_without_a_credential_it_shows_nothing(desk):
    with pytest.raises(Unavailable, match="credentials"):
        client_of(desk, auth={"way": "none"}).read_stock()


def test_an_order_is_found_by_its_file_alone(desk, request_for):
    client = client_of(desk, shipments=None)
    recipient_runs = request_for("=1+1")
    client.submit(recipient_runs)

    assert client.look_up("=1+1").status is ReportedStatus.RECEIVED
    assert client.look_up("PO-2") is None


def test_a_lost_order_is_found_by_its_file_alone(desk, request_for):
    client = client_of(desk, shipments=None)
    desk.misbehave("lose_answer", when="after")
    with pytest.raises(Ambiguous):
        client.submit(request_for("PO-1"))

    assert client.look_up("PO-1").status is ReportedStatus.RECEIVED
    assert client.submit(request_for("PO-1")).reference == "PO-1"
    assert desk.counted("PO-1") == (1, 2)


def test_where_files_are_taken_away_a_lost_order_cannot_be_found(desk, request_for):
    client = client_of(desk, orders={"way": "upload"}, shipments=None)
    desk.misbehave("lose_answer", when="after")
    with pytest.raises(Ambiguous):
        client.submit(request_for("PO-1"))

    with pytest.raises(Rejected):
        client.look_up("PO-1")


@pytest.mark.parametrize("on", ["stock", "changes"])
def test_a_garbled_file_counts_for_nothing(desk, request_for, on):
    desk.remote.set_stock(desk.code, ITEMS, as_of=NOON)
    client = client_of(desk)
    client.submit(request_for("PO-1"))
    desk.misbehave("garble", on=on)

    with pytest.raises(Garbled):
        list(client.read_stock().rows) if on == "stock" else client.changes(None)


def test_every_parcel_of_an_order_stands_in_its_file(new_desk, request_for):
    desk = new_desk(WAYS["csvfeed"], parcels=2)
    client = client_of(desk)
    client.submit(request_for("PO-1"))
    cursor = client.changes(None).cursor
    desk.remote.set_clock(NOON + 30 * DAY)

    (report,) = client.changes(cursor).reports

    units = [sum(dict(parcel.contents).values()) for parcel in report.parcels]
    assert sorted(units) == [1, 2]
    assert {item.supplier_sku: item.accepted_quantity for item in report.items} == {
        "A-1": 2,
        "B-2": 1,
    }
