"""A file that is unchanged costs one short call, and is never taken for another."""

from datetime import UTC, datetime

import pytest

from suppliers.errors import Garbled, Unavailable

MORNING = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
MODIFIED = "Mon, 02 Mar 2026 06:30:00 GMT"
STOCK = {"place": "stock.csv"}
LINES = "sku,quantity\nA,1\n"


def test_the_list_is_as_of_the_moment_it_was_modified(server, new_client):
    server.say("/erp/stock.csv", LINES, last_modified=MODIFIED)

    assert new_client(stock=STOCK).read_stock().as_of == MORNING


@pytest.mark.parametrize(
    "said", ["last night", "", "Fri, 31 Dec 9999 23:59:59 -2300", "0001-01-01T00+09"]
)
def test_a_list_that_says_no_moment_has_none(server, new_client, said):
    server.say("/erp/stock.csv", LINES, last_modified=said)

    assert new_client(stock=STOCK).read_stock().as_of is None


def test_a_declared_header_says_as_of_when_the_list_is(server, new_client):
    server.say("/erp/stock.csv", LINES, x_made_at="2026-03-02T08:30:00+02:00")
    client = new_client(stock={**STOCK, "as_of_header": "X-Made-At"})

    assert client.read_stock().as_of == MORNING


def test_a_column_says_as_of_when_the_list_is_by_its_newest_row(server, new_client):
    body = "sku;quantity;changed\nA;1;01.03.2026 10:00\nB;1;02.03.2026 08:30\nC;1;\n"
    server.say("/erp/stock.csv", body, last_modified=MODIFIED)
    declared = {
        "columns": {"as_of": "changed"},
        "moments": "%d.%m.%Y %H:%M",
        "time_zone": "Asia/Jerusalem",
    }
    reading = new_client(stock={**STOCK, **declared}).read_stock()

    assert reading.as_of == MORNING
    assert [row.supplier_sku for row in reading.rows] == ["A", "B", "C"]


def test_a_column_of_moments_that_cannot_be_read_is_refused(server, new_client):
    server.say("/erp/stock.csv", "sku,quantity,at\nA,1,0000-00-00\n")

    with pytest.raises(Garbled, match="line 2: 'at' is no moment"):
        new_client(stock={**STOCK, "columns": {"as_of": "at"}}).read_stock()


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ({"etag": '"7"'}, {"if-none-match": '"7"'}),
        ({"etag": 'W/"7"'}, {"if-none-match": 'W/"7"'}),
        ({"last_modified": MODIFIED}, {"if-modified-since": MODIFIED}),
        (
            {"etag": '"7"', "last_modified": MODIFIED},
            {"if-none-match": '"7"', "if-modified-since": MODIFIED},
        ),
    ],
    ids=["tag", "weak tag", "moment", "both"],
)
def test_an_unchanged_list_is_not_read_again(server, new_client, said, asked):
    server.say("/erp/stock.csv", LINES, **said)
    client = new_client(stock=STOCK)
    first = client.read_stock()
    server.say("/erp/stock.csv", status=304)

    again = client.read_stock(first.mark)

    assert again.is_unchanged
    assert list(again.rows) == []
    assert again.mark == first.mark
    assert again.as_of == first.as_of
    assert asked.items() <= dict(server.asked[-1].headers).items()


def test_an_unchanged_list_keeps_the_moment_that_its_rows_told(server, new_client):
    body = "sku,quantity,at\nA,1,2026-03-02T06:30:00Z\n"
    server.say("/erp/stock.csv", body, etag='"7"')
    client = new_client(stock={**STOCK, "columns": {"as_of": "at"}})
    mark = client.read_stock().mark
    server.say("/erp/stock.csv", status=304, last_modified="Mon, 02 Mar 2026 07:00:00")

    assert client.read_stock(mark).as_of == MORNING


@pytest.mark.parametrize(
    "other",
    [
        {"place": "other.csv"},
        {"place": "stock.csv", "decimal": "comma"},
        {"place": "stock.csv", "columns": {"cost": "price"}},
    ],
    ids=["address", "decimal sign", "column"],
)
def test_a_mark_of_another_declaration_is_as_good_as_none(server, new_client, other):
    server.say("/erp/stock.csv", LINES, etag='"7"')
    mark = new_client(stock=STOCK).read_stock().mark
    server.say(f"/erp/{other['place']}", "sku,quantity,price\nA,1,2\n", etag='"7"')

    assert not new_client(stock=other).read_stock(mark).is_unchanged
    assert "if-none-match" not in server.asked[-1].headers


@pytest.mark.parametrize("mark", ["", "{", "[]", "7", '{"declared":1,"what":2}', "x"])
def test_a_mark_that_is_none_means_the_whole_list(server, new_client, mark):
    server.say("/erp/stock.csv", LINES)

    assert len(list(new_client(stock=STOCK).read_stock(mark).rows)) == 1


def test_unchanged_is_not_believed_if_nobody_asked(server, new_client):
    server.say("/erp/stock.csv", status=304)

    with pytest.raises(Unavailable, match="304"):
        new_client(stock=STOCK).read_stock()
