"""Whatever a server sends, it is read or refused: nothing else can happen."""

import gzip

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suppliers.contract import PurchaseReport, StockRow
from suppliers.errors import Garbled

CELLS = st.text(alphabet='abAB019.,;:+-"= \t\r\n\x00\u00a0\u05d0<>T%', max_size=40)
NUMBERS = st.from_regex(r"[-]?[0-9]{1,40}([., '][0-9]{3}){0,20}", fullmatch=True)
MOMENTS = st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}[Z+0-9:]*)?")
ROWS = st.lists(st.lists(CELLS | NUMBERS | MOMENTS, min_size=1, max_size=6), max_size=6)
anything = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def file_of(header: str, rows: list[list[str]]) -> bytes:
    return "\n".join([header, *(",".join(row) for row in rows), ""]).encode()


@anything
@given(body=st.binary(max_size=300))
def test_any_bytes_are_no_stock_list_or_one(server, new_client, body):
    server.say("/erp/stock.csv", body)
    client = new_client(stock={"place": "stock.csv", "fallback": "iso-8859-1"})

    with pytest.raises(Garbled):
        list(client.read_stock().rows)


@anything
@given(rows=ROWS, packed=st.booleans())
def test_any_rows_are_stock_or_refused(server, new_client, rows, packed):
    body = file_of("sku,quantity,cost,currency,at", rows)
    server.say("/erp/stock.csv", gzip.compress(body) if packed else body)
    client = new_client(stock={"place": "stock.csv", "columns": {"as_of": "at"}})

    try:
        found = list(client.read_stock().rows)
    except Garbled:
        return
    assert all(isinstance(row, StockRow) for row in found)
    assert all(row.quantity is None or row.quantity >= 0 for row in found)


@anything
@given(rows=ROWS)
def test_any_rows_are_reports_or_refused(server, new_client, rows):
    header = "purchase_order,sku,quantity,tracking_number,shipped_at,status"
    server.say("/erp/shipments.csv", file_of(header, rows))
    client = new_client(shipments={"place": "shipments.csv"})

    try:
        found = client.changes(None).reports
    except Garbled:
        return
    assert all(isinstance(report, PurchaseReport) for report in found)
