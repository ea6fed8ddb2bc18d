"""Purchase orders as suppliers are asked for them."""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import Session, col, select

from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine
from erp.orders.models import Contact, Order
from suppliers.contract import PurchaseItem, PurchaseRequest, Recipient


def purchase_requests(
    session: Session, purchases: Sequence[PurchaseOrder]
) -> dict[int, PurchaseRequest]:
    """What to ask for, by purchase order id; of the customer only what ships."""
    items = _items(session, purchases)
    query = (
        select(PurchaseOrder, Order.name, Contact)
        .join(Order, col(Order.id) == col(PurchaseOrder.order_id))
        .join(Contact, col(Contact.id) == col(Order.contact_id))
        .where(col(PurchaseOrder.id).in_([purchase.id for purchase in purchases]))
    )
    return {
        purchase.id or 0: PurchaseRequest(
            reference=purchase.reference,
            order_name=order_name,
            currency=purchase.currency,
            recipient=_recipient(contact),
            items=items[purchase.id or 0],
        )
        for purchase, order_name, contact in session.exec(query)
    }


def _items(
    session: Session, purchases: Sequence[PurchaseOrder]
) -> dict[int, tuple[PurchaseItem, ...]]:
    """One item for each supplier SKU, however many order lines want it."""
    query = (
        select(PurchaseOrderLine)
        .where(
            col(PurchaseOrderLine.purchase_order_id).in_([p.id for p in purchases]),
        )
        .order_by(col(PurchaseOrderLine.id))
    )
    found: dict[int, dict[str, PurchaseItem]] = defaultdict(dict)
    for line in session.exec(query):
        known = found[line.purchase_order_id].get(line.supplier_sku)
        found[line.purchase_order_id][line.supplier_sku] = PurchaseItem(
            supplier_sku=line.supplier_sku,
            quantity=line.quantity + (known.quantity if known else 0),
            unit_cost_cents=line.unit_cost_cents,
        )
    return {purchase: tuple(items.values()) for purchase, items in found.items()}


def _recipient(contact: Contact) -> Recipient:
    return Recipient(
        name=contact.name,
        company=contact.company,
        address1=contact.address1,
        address2=contact.address2,
        city=contact.city,
        postal_code=contact.postal_code,
        province=contact.province,
        country=contact.country,
        phone=contact.phone,
    )
