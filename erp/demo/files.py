"""The demo's trade as the files a shop and its suppliers would export."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from config.money import to_text
from erp.demo.shelf import CURRENCY, SUPPLIERS, DemoProduct
from erp.demo.trade import Fate, Item, Sale

SUPPLIER_COLUMNS = (
    "code name city state country currency handling_days order_fee shipping_first"
    " shipping_extra"
)
CATALOG_COLUMNS = (
    "sku title category weight_grams supplier_code supplier_sku unit_cost currency"
    " quantity lead_time_days"
)
OUTCOME_COLUMNS = (
    "order_name supplier_code acknowledged_at ship_by shipped_at delivered_at"
    " promised_delivery_at status review_score"
)
ORDER_COLUMNS = (  # Shopify's order export
    "Name|Email|Financial Status|Paid at|Fulfillment Status|Fulfilled at"
    "|Accepts Marketing|Currency|Subtotal|Shipping|Taxes|Total|Discount Code"
    "|Discount Amount|Shipping Method|Created at|Lineitem quantity|Lineitem name"
    "|Lineitem price|Lineitem compare at price|Lineitem sku"
    "|Lineitem requires shipping|Lineitem taxable|Lineitem fulfillment status"
    "|Shipping Name|Shipping Street|Shipping Address1|Shipping Address2"
    "|Shipping Company|Shipping City|Shipping Zip|Shipping Province"
    "|Shipping Country|Shipping Phone|Notes|Cancelled at|Payment Method"
    "|Refunded Amount|Vendor|Id|Risk Level|Source"
)
Row = Mapping[str, object]


def write_all(
    folder: Path,
    products: Sequence[DemoProduct],
    sales: Iterable[Sale],
    fates: Iterable[Fate],
) -> None:
    """The four files of a store's past."""
    folder.mkdir(parents=True, exist_ok=True)
    orders = (row for sale in sales for row in _order_rows(sale))
    _write(folder / "suppliers.csv", SUPPLIER_COLUMNS.split(), _supplier_rows())
    _write(folder / "catalog.csv", CATALOG_COLUMNS.split(), _catalog_rows(products))
    _write(folder / "orders_shopify.csv", ORDER_COLUMNS.split("|"), orders)
    _write(folder / "outcomes.csv", OUTCOME_COLUMNS.split(), map(_outcome_row, fates))


def _write(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def _supplier_rows() -> Iterator[Row]:
    for supplier in SUPPLIERS:
        yield {
            **asdict(supplier),
            "state": supplier.province,
            "currency": CURRENCY,
            "order_fee": _money(supplier.order_fee_cents),
            "shipping_first": _money(supplier.shipping_first_cents),
            "shipping_extra": _money(supplier.shipping_extra_cents),
        }


def _catalog_rows(products: Iterable[DemoProduct]) -> Iterator[Row]:
    for product in products:
        for offer in product.offers:
            yield {
                **asdict(product),
                **asdict(offer),
                "supplier_code": offer.supplier,
                "unit_cost": _money(offer.unit_cost_cents),
                "currency": CURRENCY,
            }


def _order_rows(sale: Sale) -> Iterator[Row]:
    """One row for each line; what concerns the whole order stands on the first."""
    whole = _whole_order(sale)
    for item in sale.items:
        yield {**whole, "Name": sale.name, **_line(item), "Vendor": sale.supplier}
        whole = {"Email": sale.customer.email}


def _line(item: Item) -> dict[str, object]:
    return {
        "Lineitem quantity": item.quantity,
        "Lineitem name": item.title,
        "Lineitem price": _money(item.price_cents),
        "Lineitem sku": item.sku,
        "Lineitem requires shipping": "true",
        "Lineitem taxable": "false",
        "Lineitem fulfillment status": "pending",
    }


def _whole_order(sale: Sale) -> dict[str, object]:
    to = sale.customer
    total = sale.subtotal_cents - sale.discount_cents + sale.shipping_cents
    return {
        "Email": to.email,
        "Financial Status": sale.payment,
        "Paid at": _moment(sale.paid_at),
        "Fulfillment Status": "unfulfilled",
        "Accepts Marketing": "no",
        "Currency": CURRENCY,
        "Subtotal": _money(sale.subtotal_cents - sale.discount_cents),
        "Shipping": _money(sale.shipping_cents),
        "Taxes": _money(0),
        "Total": _money(total),
        "Discount Code": sale.coupon,
        "Discount Amount": _money(sale.discount_cents) if sale.discount_cents else "",
        "Shipping Method": "Standard",
        "Created at": _moment(sale.placed_at),
        "Shipping Name": to.name,
        "Shipping Street": to.street,
        "Shipping Address1": to.street,
        "Shipping City": to.city,
        "Shipping Zip": to.postal_code,
        "Shipping Province": to.province,
        "Shipping Country": to.country,
        "Shipping Phone": to.phone,
        "Payment Method": "card",
        "Id": f"demo-{sale.number}",
        "Risk Level": sale.risk,
        "Source": "web",
    }


def _outcome_row(fate: Fate) -> Row:
    return {
        "order_name": fate.order_name,
        "supplier_code": fate.supplier,
        "acknowledged_at": _moment(fate.acknowledged_at),
        "ship_by": _moment(fate.ship_by),
        "shipped_at": _moment(fate.shipped_at),
        "delivered_at": _moment(fate.delivered_at),
        "promised_delivery_at": _moment(fate.promised_at),
        "status": "delivered",
    }


def _money(cents: int) -> str:
    return to_text(cents, CURRENCY)


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S} +0000"
