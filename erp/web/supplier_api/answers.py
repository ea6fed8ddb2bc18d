"""A purchase order as its supplier may see it: of the customer, what ships it."""

from collections.abc import Iterable
from dataclasses import asdict

from config.money import to_text
from erp.fulfilment.answering.listing import HandedOver
from erp.fulfilment.forwarding.requests import is_blank
from erp.fulfilment.lifecycle import DEAD, PurchaseStatus
from erp.fulfilment.tracking.dossiers import Line, Parcel
from erp.web.supplier_api.said import (
    ItemState,
    ParcelItem,
    ParcelState,
    PurchaseOrderSheet,
    PurchaseOrderState,
    RecipientSheet,
)
from suppliers.contract import PurchaseItem

P = PurchaseStatus
SHIPS_NO_MORE = DEAD | {P.DELIVERED, P.CLOSED}
OURS_ALONE = {  # how we deal with it is no business of the supplier's
    P.UNKNOWN: P.SENT,
    P.CLOSED: P.DELIVERED,
}


def sheet_of(handed: HandedOver) -> PurchaseOrderSheet:
    recipient, shown = handed.request.recipient, None
    if handed.purchase.status not in SHIPS_NO_MORE and not is_blank(recipient):
        shown = RecipientSheet(**asdict(recipient))
    return PurchaseOrderSheet(**dict(state_of(handed)), recipient=shown)


def state_of(handed: HandedOver) -> PurchaseOrderState:
    """All but the recipient: such answers may be kept to be given again."""
    purchase = handed.purchase
    return PurchaseOrderState(
        reference=purchase.reference,
        number=purchase.supplier_number,
        order_name=handed.request.order_name,
        status=_status(handed),
        supplier_reference=purchase.supplier_reference or "",
        handed_over_at=purchase.sent_at,
        acknowledged_at=purchase.acknowledged_at,
        ship_by=purchase.ship_by,
        deliver_by=purchase.deliver_by,
        reason=purchase.reason,
        currency=purchase.currency,
        items=[_item(each, handed, purchase.currency) for each in handed.request.items],
        parcels=[_parcel(each, handed.lines) for each in handed.parcels],
    )


def _status(handed: HandedOver) -> PurchaseStatus:
    status = handed.purchase.status
    if status is P.NEEDS_ATTENTION:
        return P.ACCEPTED if handed.purchase.acknowledged_at else P.SENT
    return OURS_ALONE.get(status, status)


def _item(item: PurchaseItem, handed: HandedOver, currency: str) -> ItemState:
    lines = [each for each in handed.lines if each.supplier_sku == item.supplier_sku]
    accepted = [each.accepted_quantity for each in lines]
    said = [each for each in accepted if each is not None]
    return ItemState(
        supplier_sku=item.supplier_sku,
        quantity=item.quantity,
        accepted_quantity=sum(said) if len(said) == len(accepted) else None,
        shipped_quantity=sum(
            each.contents.get(line.id, 0)
            for each in handed.parcels
            if each.shipped_at
            for line in lines
        ),
        unit_cost=to_text(item.unit_cost_cents, currency),
    )


def _parcel(parcel: Parcel, lines: Iterable[Line]) -> ParcelState:
    units: dict[str, int] = {}
    for line in lines:
        held = parcel.contents.get(line.id, 0)
        if held:
            units[line.supplier_sku] = units.get(line.supplier_sku, 0) + held
    return ParcelState(
        shipment_id=parcel.shipment_id,
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        status=parcel.status,
        shipped_at=parcel.shipped_at,
        delivered_at=parcel.delivered_at,
        items=[
            ParcelItem(supplier_sku=sku, quantity=each) for sku, each in units.items()
        ],
    )
