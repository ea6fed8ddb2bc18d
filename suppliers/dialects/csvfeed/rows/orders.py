"""Purchase orders as a CSV file: one row for each item. Pure.

It serves a file of one purchase order and a file of many alike. A text that a
spreadsheet would run as a formula gets an apostrophe, unless only a program reads it.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import StringIO

from config.money import to_text
from config.spreadsheets import safe_text
from suppliers.contract import PurchaseItem, PurchaseRequest
from suppliers.dialects.csvfeed.options import DecimalSign, OrderFile
from suppliers.dialects.csvfeed.rows.order_fields import OrderField

ORDER = "order"
CANCEL = "cancel"
NUMERIC = frozenset(
    {OrderField.ROW, OrderField.ROWS, OrderField.QUANTITY, OrderField.UNIT_COST}
)
OF_RECIPIENT = (
    *(OrderField.NAME, OrderField.COMPANY, OrderField.ADDRESS1, OrderField.ADDRESS2),
    *(OrderField.CITY, OrderField.PROVINCE, OrderField.POSTAL_CODE),
    *(OrderField.COUNTRY, OrderField.PHONE),
)
Cells = Mapping[OrderField, str]


def purchase_order_lines(
    declared: OrderFile,
    requests: Iterable[PurchaseRequest],
    cancelled: Iterable[str] = (),
) -> Iterator[str]:
    """The file line by line: its header, what is ordered, what is to be cancelled."""
    write = _writer(declared)
    yield write([column.header for column in declared.columns])
    for request in requests:
        for cells in _rows(declared, request):
            yield write(_cells(declared, cells))
    for reference in cancelled:
        off = {OrderField.REFERENCE: reference, OrderField.ACTION: CANCEL}
        yield write(_cells(declared, off))


def purchase_orders_file(
    declared: OrderFile,
    requests: Iterable[PurchaseRequest],
    cancelled: Iterable[str] = (),
) -> bytes:
    """The whole file as it is sent.

    Raises UnicodeEncodeError if its encoding lacks a character: none is replaced.
    """
    lines = purchase_order_lines(declared, requests, cancelled)
    return "".join(lines).encode(declared.encoding)


def _rows(declared: OrderFile, request: PurchaseRequest) -> Iterator[Cells]:
    recipient = request.recipient
    shared = {field: getattr(recipient, field.value) for field in OF_RECIPIENT} | {
        OrderField.REFERENCE: request.reference,
        OrderField.ACTION: ORDER,
        OrderField.ROWS: str(len(request.items)),
        OrderField.ORDER_NAME: request.order_name,
        OrderField.CURRENCY: request.currency,
        OrderField.PAGE_URL: request.page_url,
    }
    for row, item in enumerate(request.items, start=1):
        yield shared | {
            OrderField.ROW: str(row),
            OrderField.SKU: item.supplier_sku,
            OrderField.QUANTITY: str(item.quantity),
            OrderField.UNIT_COST: _cost(declared, request, item),
        }


def _cost(declared: OrderFile, request: PurchaseRequest, item: PurchaseItem) -> str:
    text = to_text(item.unit_cost_cents, request.currency)
    return text.replace(".", ",") if declared.decimal is DecimalSign.COMMA else text


def _cells(declared: OrderFile, cells: Cells) -> list[str]:
    return [
        _cell(declared, column.field, cells.get(column.field, ""))
        for column in declared.columns
    ]


def _cell(declared: OrderFile, field: OrderField, text: str) -> str:
    if field in NUMERIC or not declared.is_formula_safe:
        return text
    return safe_text(text)


def _writer(declared: OrderFile) -> Callable[[Iterable[str]], str]:
    buffer = StringIO()
    writer = csv.writer(buffer, delimiter=declared.separator.character)

    def write(cells: Iterable[str]) -> str:
        writer.writerow(cells)
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    return write


def holds_whole(declared: OrderFile, file: bytes, reference: str) -> bool:
    """Whether a file that comes back to us is all of this purchase order."""
    headers = {column.field: column.header for column in declared.columns}
    wanted = _cell(declared, OrderField.REFERENCE, reference)
    try:
        text = StringIO(file.decode(declared.encoding), newline="")
        reader = csv.DictReader(
            text, delimiter=declared.separator.character, strict=True
        )
        rows = list(reader)
    except (UnicodeDecodeError, csv.Error):
        return False
    told = [row.get(headers[OrderField.REFERENCE]) for row in rows]
    counts = {row.get(headers.get(OrderField.ROWS, "")) for row in rows}
    counted = OrderField.ROWS not in headers or counts == {str(len(rows))}
    is_ended = text.getvalue().endswith("\n")
    return bool(rows) and counted and is_ended and set(told) == {wanted}
