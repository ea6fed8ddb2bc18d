"""Purchase orders as suppliers are asked for them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import BindParameter, bindparam, select
from sqlmodel import Session, col

from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine
from erp.orders.models import Contact, Order
from suppliers.contract import PurchaseItem, PurchaseRequest, Recipient

# What shipping needs of a customer, and nothing more.
RECIPIENT = (
    "name",
    "company",
    "address1",
    "address2",
    "city",
    "postal_code",
    "province",
    "country",
    "phone",
)

WHERE = tuple(name for name in RECIPIENT if name != "country")
NO_PAGES: Mapping[int, str] = MappingProxyType({})


def purchase_requests(
    session: Session, purchase_ids: Sequence[int], pages: Mapping[int, str] = NO_PAGES
) -> dict[int, PurchaseRequest]:
    """What to ask for, by purchase order id; of the customer only what ships.

    `pages` are the addresses where some of them can be answered.
    """
    items = _items(session, purchase_ids)
    return {
        purchase_id: PurchaseRequest(
            reference=reference,
            order_name=order_name,
            currency=currency,
            recipient=Recipient(**dict(zip(RECIPIENT, address, strict=True))),
            items=items[purchase_id],
            page_url=pages.get(purchase_id, ""),
        )
        for purchase_id, reference, order_name, currency, *address in session.execute(
            _ASKED, {"ids": purchase_ids}
        )
    }


def is_blank(recipient: Recipient) -> bool:
    """The customer's address was taken away: nobody ships there any more."""
    return not any(getattr(recipient, name) for name in WHERE)


def _items(
    session: Session, purchase_ids: Sequence[int]
) -> dict[int, tuple[PurchaseItem, ...]]:
    """One item for each supplier SKU, however many order lines want it."""
    found: dict[int, dict[str, PurchaseItem]] = defaultdict(dict)
    lines = session.execute(_LINES, {"ids": purchase_ids})
    for purchase_id, sku, quantity, unit_cost_cents in lines:
        known = found[purchase_id].get(sku)
        found[purchase_id][sku] = PurchaseItem(
            supplier_sku=sku,
            quantity=quantity + (known.quantity if known else 0),
            unit_cost_cents=unit_cost_cents,
        )
    return {purchase: tuple(items.values()) for purchase, items in found.items()}


_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_ASKED = (
    select(
        col(PurchaseOrder.id),
        col(PurchaseOrder.reference),
        col(Order.name),
        col(PurchaseOrder.currency),
        *(getattr(Contact, name) for name in RECIPIENT),
    )
    .join(Order, col(Order.id) == col(PurchaseOrder.order_id))
    .join(Contact, col(Contact.id) == col(Order.contact_id))
    .where(col(PurchaseOrder.id).in_(_IDS))
)
_LINES = (
    select(
        col(PurchaseOrderLine.purchase_order_id),
        col(PurchaseOrderLine.supplier_sku),
        col(PurchaseOrderLine.quantity),
        col(PurchaseOrderLine.unit_cost_cents),
    )
    .where(col(PurchaseOrderLine.purchase_order_id).in_(_IDS))
    .order_by(col(PurchaseOrderLine.id))
)
