"""The smallest folder there is: one order of one lamp, handed over a day late."""

from pathlib import Path

import pytest

SUPPLIERS = "code,name,city,state,handling_days\nS1,One,Lagos,LA,3\n"
CATALOG = (
    "sku,title,category,weight_grams,supplier_code,supplier_sku,unit_cost,currency,"
    "quantity,lead_time_days\nA,Lamp,light,300,S1,S1-A,4.00,USD,50,3\n"
)
ORDERS = (
    "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,"
    "Shipping Name,Shipping Address1,Shipping City,Shipping Zip,Shipping Country,"
    "Vendor,Id\n"
    "#1,ada@example.com,paid,2017-03-01 10:30:00 +0000,USD,10.00,2.00,0.00,12.00,"
    "2017-03-01 10:00:00 +0000,1,Lamp,10.00,A,Ada,1 Mill Road,Lagos,100001,NG,S1,1\n"
)
OUTCOMES = (
    "order_name,supplier_code,acknowledged_at,ship_by,shipped_at,delivered_at,"
    "promised_delivery_at,status,review_score\n"
    "#1,S1,2017-03-01 10:30:00 +0000,2017-03-04 10:30:00 +0000,"
    "2017-03-05 10:30:00 +0000,2017-03-07 10:30:00 +0000,"
    "2017-03-20 00:00:00 +0000,delivered,5\n"
)
FILES = {
    "suppliers.csv": SUPPLIERS,
    "catalog.csv": CATALOG,
    "orders_shopify.csv": ORDERS,
    "outcomes.csv": OUTCOMES,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One order of one lamp, handed over a day late."""
    recorded = tmp_path / "recorded"
    recorded.mkdir()
    for name, text in FILES.items():
        (recorded / name).write_text(text, encoding="utf-8")
    return recorded
