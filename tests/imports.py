"""What tests of imports share: small files, and looks at what was stored."""

from sqlmodel import func, select

from erp.channels.importing import import_catalog, import_orders, import_suppliers
from erp.orders.models import Contact, Order, OrderLine
from inventory.models import Offer, Product
from suppliers.models import Supplier

COUNTED = (Supplier, Product, Offer, Order, OrderLine, Contact)
ORDERS = """\
Name,Email,Financial Status,Paid at,Currency,Shipping,Taxes,Total,Discount Amount,\
Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Name,\
Shipping Address1,Shipping City,Shipping Zip,Shipping Country,Vendor,Id,Risk Level
"""
FIRST = (
    "#1,ada@x.com,paid,2026-03-01 10:00:00 +0000,USD,5.00,0.00,35.00,,"
    "2026-03-01 09:00:00 +0000,1,Lamp,10.00,A,Ada,12 Analytical St,London,N1,GB,"
    "S1,id1,Low\n"
)
MORE = "#1,ada@x.com,,,,,,,,2026-03-01 09:00:00 +0000,2,Desk,10.00,B,,,,,,Acme,,\n"
SECOND = (
    "#2,bob@x.com,pending,,USD,0.00,0.00,9.00,1.00,"
    "2026-03-01 09:00:00 +0000,1,Lamp,10.00,A,Bob,1 Low Rd,Leeds,'01310,GB,,id2,\n"
)
WHOLE = ORDERS + FIRST + MORE + SECOND


def counts(sessions):
    with sessions.reading() as session:
        return {
            model.__name__: session.exec(select(func.count()).select_from(model)).one()
            for model in COUNTED
        }


def rows(sessions, model):
    with sessions.reading() as session:
        return list(session.exec(select(model)))


def verdicts(report):
    return report.created, report.updated, report.unchanged, report.refused


def import_olist(sessions, folder, now):
    return (
        import_suppliers(
            sessions, folder / "suppliers.csv", now, currency="BRL", country="BR"
        ),
        import_catalog(sessions, folder / "catalog.csv", now),
        import_orders(sessions, folder / "orders_shopify.csv", now),
    )
