"""Files as they really come: whatever wrote them, they are read right or refused."""
# ruff: noqa: RUF001  Hebrew letters are no look-alikes

import gzip
import re
import tracemalloc

import pytest

from suppliers.errors import Garbled, Unavailable

LINES = "sku,quantity,cost\r\nA-1,5,1.20\r\nB-2,0,\r\n"
READ = [("A-1", 5, 120, None), ("B-2", 0, None, None)]


@pytest.mark.parametrize(
    "body",
    [
        LINES.encode(),
        LINES.replace("\r\n", "\n").encode(),
        LINES.replace("\r\n", "\r").encode(),
        LINES.rstrip().encode(),
        LINES.encode("utf-8-sig"),
        LINES.encode("utf-16"),
        b"\xfe\xff" + LINES.encode("utf-16-be"),
        LINES.encode("utf-32"),
        LINES.replace(",", ";").encode(),
        LINES.replace(",", "\t").encode(),
        LINES.replace(",", "|").encode(),
        ("sep=;\r\n" + LINES.replace(",", ";")).encode(),
        LINES.replace("\r\n", "\r\n\r\n").encode(),
        LINES.replace("A-1", '"A-1"').replace("B-2", '="B-2"').encode(),
        LINES.replace("sku", " SKU ").replace("cost", "\u200fCost\u00a0").encode(),
        gzip.compress(LINES.encode()),
        gzip.compress(LINES[:20].encode()) + gzip.compress(LINES[20:].encode()),
        gzip.compress(LINES.encode("utf-16")),
    ],
    ids=[
        *("plain", "unix", "old mac", "no last line end", "utf-8 mark", "utf-16"),
        *("utf-16 be", "utf-32", "semicolon", "tab", "pipe", "excel's own line"),
        *("empty lines", "kept as text", "odd header", "gzip", "gzip in parts"),
        "gzip of utf-16",
    ],
)
def test_a_file_shows_by_itself_how_it_is_written(stock_of, body):
    assert stock_of(body) == READ


def test_a_packed_answer_is_unpacked_once(stock_of):
    packed = gzip.compress(LINES.encode())

    assert stock_of(packed, content_encoding="gzip") == READ


def test_values_keep_their_separators_quotes_and_line_ends(stock_of):
    body = 'name,sku,quantity\n"Mug, 12"" wide\nblue","A,1",5\n"Cup","B\n2",1\n'

    assert stock_of(body) == [("A,1", 5, None, None), ("B\n2", 1, None, None)]


def test_a_quotation_mark_may_be_a_character_like_any_other(stock_of):
    body = 'name;sku;quantity\n"12 inch;A-1;5\n'

    assert stock_of(body, {"quotes": False}) == [("A-1", 5, None, None)]


def test_a_hebrew_file_with_hebrew_columns(stock_of):
    body = 'מק"ט;כמות;מחיר\r\nכוס-1;5;12,50\r\nכוס-2;אזל;\r\n'
    declared = {
        "encoding": "windows-1255",
        "quotes": False,
        "decimal": "comma",
        "currency": "ILS",
        "columns": {"sku": 'מק"ט', "quantity": "כמות", "cost": "מחיר"},
        "quantity_words": {"אזל": 0},
    }

    assert stock_of(body.encode("windows-1255"), declared) == [
        ("כוס-1", 5, 1250, "ILS"),
        ("כוס-2", 0, None, "ILS"),
    ]


def test_what_is_not_utf_8_needs_a_declared_fallback(stock_of):
    body = "sku;quantity\r\nCafé-1;5\r\n".encode("windows-1252")

    with pytest.raises(Garbled, match="not UTF-8"):
        stock_of(body)
    fallen_back = stock_of(body, {"fallback": "windows-1252"})
    assert fallen_back == [("Café-1", 5, None, None)]


def test_a_fallback_is_not_used_for_what_is_utf_8(stock_of):
    body = "sku;quantity\r\nCafé-1;5\r\n".encode()

    assert stock_of(body, {"fallback": "windows-1252"})[0][0] == "Café-1"


def test_a_character_that_its_encoding_lacks_is_refused(stock_of):
    body = b"sku,quantity\nA-1,5\nB\x81,1\n"

    with pytest.raises(Garbled, match="not windows-1252"):
        stock_of(body, {"encoding": "windows-1252"})


def test_a_file_without_a_header_has_its_columns_by_number(stock_of):
    declared = {
        "has_header": False,
        "separator": "semicolon",
        "columns": {"sku": "2", "quantity": "3", "cost": ""},
    }

    assert stock_of("Mug;A-1;5\nCup;B-2;0\n", declared) == [
        ("A-1", 5, None, None),
        ("B-2", 0, None, None),
    ]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "it is empty"),
        (b"\r\n\r\n", "it is empty"),
        (gzip.compress(b""), "it is empty"),
        (b"\xef\xbb\xbf", "it is empty"),
        (b"<!DOCTYPE html>\n<html>Please sign in</html>", "line 1: it is a web page"),
        (b"\xef\xbb\xbf  <html>,</html>", "line 1: it is a web page"),
        (b"sku,price\nA,1\n", "line 1: there is no column 'quantity'"),
        (b"sku,quantity,SKU\nA,1,B\n", "line 1: there are two columns 'sku'"),
        (b"sku,quantity\nA,1\nB\n", "line 3: has 1 columns instead of 2"),
        (b"sku,quantity\nA,1\nB,2,3\n", "line 3: has 3 columns instead of 2"),
        (b'sku,quantity\n"A\nA",1\nB,2,3\n', "line 4: has 3 columns instead of 2"),
        (b'sku,quantity\nA,1\n"B,2\n', "line 3: a value breaks off"),
        (b'sku,quantity\nA,1\n"B"x,2\n', "line 3: a value breaks off"),
        (b"sku,quantity\nA,1\n,2\n", "line 3: 'sku' names no SKU"),
        (b"sku,quantity\nA\x00,1\n", "line 2: 'sku' names no SKU"),
        (b"sku,quantity\n" + b"A" * 201 + b",1\n", "line 2: 'sku' names no SKU"),
        (b"sku,quantity\n" + b"A" * (1 << 20), "line 2: is too long"),
        (b"PK\x03\x04\x00\x00\xff\xff", "it is not UTF-8"),
        (gzip.compress(LINES.encode())[:-4], "its packing is broken"),
        (gzip.compress(LINES.encode())[:15], "its packing is broken"),
        (b"\x1f\x8bno", "its packing is broken"),
        (gzip.compress(LINES.encode()) + b"more", "its packing is broken"),
    ],
    ids=[
        *("nothing", "empty lines", "packed nothing", "only a mark", "web page"),
        *("web page with a mark", "no column", "two columns", "short", "long"),
        *("long behind line ends", "open quote", "stray quote", "no sku", "nul"),
        *("long sku", "endless line", "workbook", "cut checksum", "cut"),
        *("not packed", "trailer"),
    ],
)
def test_what_is_no_whole_table_is_refused_with_its_line(stock_of, body, words):
    with pytest.raises(Garbled, match=re.escape(words)):
        stock_of(body)


def test_a_half_line_is_not_believed_if_nobody_told_the_length(stock_of):
    whole = b"sku,quantity\nA,1\nB,250\n"

    assert len(stock_of(whole, no_length="1")) == 2
    with pytest.raises(Garbled, match="line 3: it breaks off here"):
        stock_of(whole[:-2], no_length="1")


def test_words_never_repeat_what_stands_in_the_file(stock_of):
    with pytest.raises(Garbled) as raised:
        stock_of(b"sku,quantity\nsecret\n")

    assert "secret" not in str(raised.value)


def test_a_bomb_is_not_unpacked(stock_of):
    bomb = gzip.compress(b"sku,quantity\n" + b"A,1\n" * 600_000)

    with pytest.raises(Garbled, match="larger than we take once it is unpacked"):
        stock_of(bomb, {"largest_unpacked_mib": 1})


def test_a_file_that_is_too_large_is_not_fetched(stock_of):
    with pytest.raises(Garbled, match="too large"):
        stock_of(b"sku,quantity\n" + b"A,1\n" * 300_000, {"largest_mib": 1})


@pytest.mark.parametrize("packing", ["br", "gzip", "deflate"])
def test_a_packing_that_is_none_is_refused(stock_of, packing):
    with pytest.raises(Garbled, match="packed in a way"):
        stock_of(LINES, content_encoding=packing)


@pytest.mark.parametrize("status", [204, 206, 301, 304, 404, 500])
def test_an_answer_that_is_no_file_is_none(server, new_client, status):
    server.say("/erp/stock.csv", "", status=status)

    with pytest.raises(Unavailable):
        new_client(stock={"place": "stock.csv"}).read_stock()


def test_a_large_feed_is_never_in_memory_as_a_whole(server, new_client):
    rows = "".join(f"SKU-{number},{number % 50},1.00\n" for number in range(20_000))
    server.say("/erp/stock.csv", gzip.compress(f"sku,quantity,cost\n{rows}".encode()))
    client = new_client(stock={"place": "stock.csv"})

    tracemalloc.start()
    try:
        count = sum(1 for _ in client.read_stock().rows)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert count == 20_000
    assert most < 1024 * 1024  # as rows in a list it takes more than twice that
