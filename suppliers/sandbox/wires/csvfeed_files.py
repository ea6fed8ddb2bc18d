"""The CSV files of a supplier in the sandbox: read and written in their usual form."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

from config.money import to_cents, to_text
from config.spreadsheets import FORMULA_STARTS, safe_text
from suppliers.contract import ScanKind
from suppliers.sandbox.messages import Ordered, OrderedFor, OrderedItem

STOCK = ("sku", "quantity", "cost", "currency")
OF_ORDER = (
    *("supplier_reference", "status", "reason", "note"),
    *("acknowledged_at", "ship_by", "deliver_by"),
)
OF_PARCEL = ("shipment_id", "carrier", "tracking_number")
SHIPMENTS = (
    *("purchase_order", *OF_ORDER, "sku", "accepted_quantity", "quantity"),
    *(*OF_PARCEL, "shipped_at", "delivered_at"),
)
ORDER = (
    *("purchase_order", "action", "row", "rows", "order_name", "sku", "quantity"),
    *("unit_cost", "currency", "name", "company", "address1", "address2", "city"),
    *("province", "postal_code", "country", "phone", "page_url"),
)
Row = Mapping[str, Any]


def ordered_by(file: bytes) -> Ordered:
    """The order in a file. Raises ValueError if there is none, or not all of it."""
    text = StringIO(file.decode(), newline="")
    rows = [
        {name: _bare(cell) for name, cell in row.items()}
        for row in csv.DictReader(text, strict=True)
    ]
    if not rows or any(row.get("rows") != str(len(rows)) for row in rows):
        raise ValueError("rows are missing")
    first = rows[0]
    recipient = {name: first[name] for name in OrderedFor.model_fields}
    return Ordered(
        reference=first["purchase_order"],
        order_name=first["order_name"],
        currency=first["currency"],
        recipient=OrderedFor(**recipient),
        items=tuple(_item(row) for row in rows),
    )


def order_file(ordered: Ordered) -> str:
    """The file as it may be fetched again."""
    shared = ordered.recipient.model_dump() | {
        "purchase_order": ordered.reference,
        "action": "order",
        "rows": len(ordered.items),
        "order_name": ordered.order_name,
        "currency": ordered.currency,
    }
    rows = (
        {
            **{name: safe_text(str(cell)) for name, cell in shared.items()},
            "row": number,
            "sku": safe_text(item.sku),
            "quantity": item.quantity,
            "unit_cost": to_text(item.unit_cost_cents, ordered.currency),
        }
        for number, item in enumerate(ordered.items, start=1)
    )
    return _written(ORDER, rows)


def stock_file(items: Iterable[Row], separator: str) -> str:
    rows = ({**item, "cost": _cost(item)} for item in items)
    return _written(STOCK, rows, separator)


def shipment_file(states: Iterable[Row]) -> str:
    return _written(SHIPMENTS, (row for state in states for row in _rows(state)))


def _item(row: Mapping[str, str]) -> OrderedItem:
    return OrderedItem(
        sku=row["sku"],
        quantity=int(row["quantity"]),
        unit_cost_cents=to_cents(row["unit_cost"], row["currency"]),
    )


def _bare(cell: str) -> str:
    """A text without the apostrophe that kept it from being run."""
    return cell[1:] if cell.startswith("'") and cell[1:2] in FORMULA_STARTS else cell


def _cost(item: Row) -> str:
    cents = item["unit_cost_cents"]
    return "" if cents is None else to_text(cents, item["currency"] or "")


def _rows(state: Row) -> Iterator[Row]:
    """An order in a row for each item and each part of a parcel; at least one."""
    order = {name: state[name] for name in OF_ORDER}
    order["purchase_order"] = state["reference"]
    if not state["items"] and not state["parcels"]:
        yield order
    for item in state["items"]:
        yield order | item
    for parcel in state["parcels"]:
        told = {name: parcel[name] for name in OF_PARCEL} | _moments(parcel)
        for part in parcel["contents"]:
            yield order | told | part


def _moments(parcel: Row) -> dict[str, str]:
    at = {scan["kind"]: scan["at"] for scan in parcel["scans"]}
    moments = {
        "shipped_at": at.get(ScanKind.PICKED_UP, ""),
        "delivered_at": at.get(ScanKind.DELIVERED, ""),
    }
    return {name: moment for name, moment in moments.items() if moment}


def _written(columns: Sequence[str], rows: Iterable[Row], separator: str = ",") -> str:
    text = StringIO()
    writer = csv.DictWriter(text, columns, delimiter=separator, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
