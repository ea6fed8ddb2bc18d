"""What we say to suppliers: amounts are decimal texts, moments end in Z."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from erp.fulfilment.invoicing.lifecycle import Difference, InvoiceStatus
from erp.fulfilment.lifecycle import PurchaseStatus
from suppliers.contract import RejectReason, ScanKind

SAID = ConfigDict(extra="forbid")


class ItemState(BaseModel):
    model_config = SAID

    supplier_sku: str
    quantity: int  # asked for
    accepted_quantity: int | None  # null: not answered line by line
    shipped_quantity: int  # in parcels that met a carrier
    unit_cost: str


class ParcelItem(BaseModel):
    model_config = SAID

    supplier_sku: str
    quantity: int


class ParcelState(BaseModel):
    model_config = SAID

    shipment_id: str
    carrier: str
    tracking_number: str
    status: ScanKind
    shipped_at: datetime | None
    delivered_at: datetime | None
    items: list[ParcelItem]


class PurchaseOrderState(BaseModel):
    """Where a purchase order stands. `cancelling`: we ask you to cancel it."""

    model_config = SAID

    reference: str
    number: int | None  # in your list; null: it is not on it
    order_name: str  # for the packing slip
    status: PurchaseStatus
    supplier_reference: str
    handed_over_at: datetime | None
    acknowledged_at: datetime | None
    ship_by: datetime | None
    deliver_by: datetime | None
    reason: RejectReason | None
    currency: str
    items: list[ItemState]
    parcels: list[ParcelState]


class RecipientSheet(BaseModel):
    """Where it is to be shipped."""

    model_config = SAID

    name: str
    company: str
    address1: str
    address2: str
    city: str
    postal_code: str
    province: str
    country: str
    phone: str


class PurchaseOrderSheet(PurchaseOrderState):
    """A purchase order with its recipient, while something is to be shipped."""

    recipient: RecipientSheet | None


class PurchaseOrderList(BaseModel):
    """`next` is where to go on; ask again at once while there is `more`."""

    model_config = SAID

    purchase_orders: list[PurchaseOrderSheet]
    next: int
    more: bool


class InvoiceAnswer(BaseModel):
    """Where an invoice stands. `differs`: somebody will look at it."""

    model_config = SAID

    number: str
    status: InvoiceStatus
    differences: list[Difference]


class StockAnswer(BaseModel):
    """What became of a list of stock; `known` are offers of yours it renewed."""

    model_config = SAID

    items: int
    known: int
    changed: int
    outdated: int  # we know something newer
    foreign_costs: int  # not taken: we buy it in another currency
    unknown_skus: list[str]
