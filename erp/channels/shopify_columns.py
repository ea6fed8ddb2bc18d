"""The columns of Shopify's order export, and what they are called here."""

import re

REQUIRED = (
    "Name",
    "Email",
    "Financial Status",
    "Currency",
    "Shipping",
    "Total",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem sku",
    "Shipping Name",
    "Shipping Address1",
    "Shipping City",
    "Shipping Zip",
    "Shipping Country",
)
READ_IF_THERE = (
    "Id",
    "Paid at",
    "Cancelled at",
    "Risk Level",
    "Fulfillment Status",
    "Taxes",
    "Discount Amount",
    "Lineitem discount",
    "Vendor",
    "Shipping Street",
    "Shipping Address2",
    "Shipping Company",
    "Shipping Province",
    "Shipping Phone",
)
IGNORED = (
    "Subtotal",
    "Fulfilled at",
    "Accepts Marketing",
    "Discount Code",
    "Shipping Method",
    "Lineitem compare at price",
    "Lineitem requires shipping",
    "Lineitem taxable",
    "Lineitem fulfillment status",
    "Notes",
    "Note Attributes",
    "Payment Method",
    "Payment Reference",
    "Payment References",
    "Payment ID",
    "Refunded Amount",
    "Outstanding Balance",
    "Employee",
    "Location",
    "Device ID",
    "Tags",
    "Source",
    "Phone",
    "Receipt Number",
    "Duties",
    "Shipping Province Name",
    "Payment Terms Name",
    "Next Payment Due At",
    "Billing Name",
    "Billing Street",
    "Billing Address1",
    "Billing Address2",
    "Billing Company",
    "Billing City",
    "Billing Zip",
    "Billing Province",
    "Billing Province Name",
    "Billing Country",
    "Billing Phone",
    *(f"Tax {number} {part}" for number in range(1, 6) for part in ("Name", "Value")),
)
PAYMENTS = {
    "pending": "pending",
    "authorized": "authorized",
    "partially_paid": "partially_paid",
    "paid": "paid",
    "partially_refunded": "partially_refunded",
    "refunded": "refunded",
    "voided": "voided",
    "expired": "voided",  # the authorization ran out
}
RISKS = {"low": "low", "medium": "medium", "high": "high"}
FULFILMENTS = {"partial": "partial", "fulfilled": "fulfilled"}
SHIP_TO = {
    "name": "Shipping Name",
    "phone": "Shipping Phone",
    "company": "Shipping Company",
    "address1": "Shipping Address1",
    "address2": "Shipping Address2",
    "city": "Shipping City",
    "postal_code": "Shipping Zip",
    "province": "Shipping Province",
    "country": "Shipping Country",
}
ORDER = {
    "external_id": "Id",
    "name": "Name",
    "currency": "Currency",
    "placed_at": "Created at",
    "paid_at": "Paid at",
    "cancelled_at": "Cancelled at",
    "payment": "Financial Status",
    "risk": "Risk Level",
    "fulfilment": "Fulfillment Status",
    "email": "Email",
    "shipping": "Shipping",
    "discount": "Discount Amount",
    "tax": "Taxes",
    "total": "Total",
}
LINE = {
    "sku": "Lineitem sku",
    "title": "Lineitem name",
    "quantity": "Lineitem quantity",
    "unit_price": "Lineitem price",
    "discount": "Lineitem discount",
    "supplier": "Vendor",
}
LINE_FIELD = re.compile(r"lines\[(\d+)\](?:\.(\w+))?")


def column_of(field: str) -> str:
    """The column a field of an order was read from."""
    if found := LINE_FIELD.fullmatch(field):
        return LINE.get(found[2] or "", "")
    return ORDER.get(field) or SHIP_TO.get(field.removeprefix("ship_to."), field)


def line_of(field: str, lines: tuple[int, ...]) -> int:
    """The row a field of an order was read from, given the rows of its lines."""
    found = LINE_FIELD.fullmatch(field)
    return lines[int(found[1])] if found else lines[0]
