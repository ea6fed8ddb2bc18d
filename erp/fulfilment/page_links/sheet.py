"""What the page of one purchase order shows its supplier, and nothing more.

Of the customer there is what shipping needs, for as long as it is needed; of money
there are the supplier's own costs.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from erp.fulfilment.answering.taking import is_theirs
from erp.fulfilment.attachments.keeping import attachments_of
from erp.fulfilment.attachments.models import Attachment
from erp.fulfilment.forwarding.requests import is_blank, purchase_requests
from erp.fulfilment.lifecycle import ACCEPTANCES, DEAD, UNANSWERED, PurchaseStatus
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine, Shipment
from erp.fulfilment.overview.sheets import Parcel, PurchaseSheet, find_purchase
from erp.fulfilment.page_links.links import OpenLink
from erp.orders.models import OrderLine
from suppliers.contract import Recipient

P = PurchaseStatus


@dataclass(frozen=True, slots=True)
class PageItem:
    """One of the supplier's SKUs, however many order lines want it."""

    supplier_sku: str
    sku: str  # ours
    title: str
    quantity: int
    accepted: int  # all of them until it says otherwise
    packed: int
    unit_cost_cents: int

    @property
    def left(self) -> int:
        """Units that are still to be packed."""
        return max(self.accepted - self.packed, 0)


@dataclass(frozen=True, slots=True)
class PageParcel:
    shipment: Shipment
    contents: tuple[tuple[PageItem, int], ...]


@dataclass(frozen=True, slots=True)
class PageSheet:
    """One purchase order as its supplier sees it."""

    purchase: PurchaseOrder
    order_name: str
    cost_cents: int
    supplier_name: str
    their_number: str  # its own name for it; empty: it gave it none
    items: tuple[PageItem, ...]
    parcels: tuple[PageParcel, ...]
    files: Sequence[Attachment]
    recipient: Recipient | None  # None: no parcel needs it any more

    @property
    def is_ended(self) -> bool:
        return self.purchase.status in DEAD

    @property
    def is_over(self) -> bool:
        """Nothing is left to be answered."""
        return self.is_ended or self.purchase.status in (P.DELIVERED, P.CLOSED)

    @property
    def is_answered(self) -> bool:
        return self.purchase.acknowledged_at is not None

    @property
    def waits_for_answer(self) -> bool:
        waits = UNANSWERED | {P.NEEDS_ATTENTION}
        return self.purchase.status in waits and not self.is_answered

    @property
    def is_to_be_cancelled(self) -> bool:
        return self.purchase.status is P.CANCELLING

    @property
    def may_give_up(self) -> bool:
        """Whether it may take back some of what it accepted."""
        return self.purchase.status in ACCEPTANCES and any(
            item.left for item in self.items
        )

    @property
    def may_reject(self) -> bool:
        has_shipped = any(each.shipment.shipped_at for each in self.parcels)
        stands = self.waits_for_answer or self.purchase.status in ACCEPTANCES
        return stands and not has_shipped

    @property
    def may_pack(self) -> bool:
        return not self.is_over and any(item.left for item in self.items)


def page_of(session: Session, link: OpenLink, now: datetime) -> PageSheet | None:
    """What a link opens; None while the purchase order is not the supplier's yet."""
    found = find_purchase(session, link.reference, now)
    if found is None or not is_theirs(found.purchase, link.supplier_id):
        return None
    return sheet_of(
        found,
        files=attachments_of(session, link.purchase_order_id),
        recipient=_recipient(session, found.purchase, link),
    )


def sheet_of(
    found: PurchaseSheet,
    *,
    files: Sequence[Attachment] = (),
    recipient: Recipient | None = None,
) -> PageSheet:
    """The purchase order in the terms in which its supplier answers."""
    items = _items(found)
    by_sku = {item.supplier_sku: item for item in items}
    return PageSheet(
        purchase=found.purchase,
        order_name=found.row.order_name,
        cost_cents=found.row.cost_cents,
        supplier_name=found.supplier.name,
        their_number=found.their_number,
        items=items,
        parcels=tuple(
            PageParcel(each.shipment, _contents(each, by_sku)) for each in found.parcels
        ),
        files=files,
        recipient=recipient,
    )


def _recipient(
    session: Session, purchase: PurchaseOrder, link: OpenLink
) -> Recipient | None:
    if purchase.status in DEAD | {P.DELIVERED, P.CLOSED}:
        return None
    key = link.purchase_order_id
    recipient = purchase_requests(session, [key])[key].recipient
    return None if is_blank(recipient) else recipient


def _items(found: PurchaseSheet) -> tuple[PageItem, ...]:
    ordered, accepted, packed = Counter[str](), Counter[str](), Counter[str]()
    first: dict[str, tuple[PurchaseOrderLine, OrderLine]] = {}
    for ours, theirs in found.lines:
        sku, said = ours.supplier_sku, ours.accepted_quantity
        first.setdefault(sku, (ours, theirs))
        ordered[sku] += ours.quantity
        accepted[sku] += ours.quantity if said is None else said
    for parcel in found.parcels:
        packed.update(_summed(parcel.contents))
    return tuple(
        PageItem(
            supplier_sku=sku,
            sku=theirs.sku,
            title=theirs.title,
            quantity=ordered[sku],
            accepted=accepted[sku],
            packed=packed[sku],
            unit_cost_cents=ours.unit_cost_cents,
        )
        for sku, (ours, theirs) in first.items()
    )


def _contents(
    parcel: Parcel, by_sku: Mapping[str, PageItem]
) -> tuple[tuple[PageItem, int], ...]:
    summed = _summed(parcel.contents)
    return tuple((by_sku[sku], units) for sku, units in summed.items())


def _summed(contents: Sequence[tuple[str, int]]) -> Counter[str]:
    """Units by SKU: a parcel may hold those of several order lines."""
    summed = Counter[str]()
    for sku, units in contents:
        summed[sku] += units
    return summed
