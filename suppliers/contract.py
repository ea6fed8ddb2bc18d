"""What crosses the line between us and a supplier: a protocol and its frozen messages.

A supplier always answers with the *whole* state of a purchase order as it knows it, so
a report may repeat, arrive late or out of order: whoever applies it takes the furthest
point and adds up the parcels. Money is integer minor units, moments are aware UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Duplicates(StrEnum):
    """How a dialect keeps one purchase order from becoming two at the supplier."""

    NATIVE_KEY = "native_key"  # our key sent along; the first answer comes again
    UNIQUE_REF_CONFLICT = "unique_ref_conflict"  # a second one is refused by name
    LOOKUP_BY_REF = "lookup_by_ref"  # no guard, but it can be asked by our reference
    LIST_SCAN = "list_scan"  # its list must be read; never resent blindly
    NONE = "none"  # it cannot tell; never resent blindly


class Follows(StrEnum):
    """How we learn what became of a purchase order."""

    CHANGES = "changes"  # one list of what changed since a cursor
    EACH = "each"  # every open purchase order is looked up by itself
    TOLD = "told"  # it tells us: through its interface, its page, or by mail


class RejectReason(StrEnum):
    """Why a supplier says no: the words of Shopify's fulfilment order rejection."""

    INCORRECT_ADDRESS = "incorrect_address"
    INCORRECT_PRODUCT_INFO = "incorrect_product_info"
    INELIGIBLE_PRODUCT = "ineligible_product"
    INTERNATIONAL_SHIPPING_UNAVAILABLE = "international_shipping_unavailable"
    INVALID_CONTACT_INFORMATION = "invalid_contact_information"
    INVALID_SKU = "invalid_sku"
    INVENTORY_OUT_OF_STOCK = "inventory_out_of_stock"
    MERCHANT_BLOCKED_OR_SUSPENDED = "merchant_blocked_or_suspended"
    MISSING_CUSTOMS_INFO = "missing_customs_info"
    ORDER_TOO_LARGE = "order_too_large"
    PACKAGE_PREFERENCE_NOT_SET = "package_preference_not_set"
    PAYMENT_DECLINED = "payment_declined"
    UNDELIVERABLE_DESTINATION = "undeliverable_destination"
    OTHER = "other"


class ReportedStatus(StrEnum):
    """Where the supplier says a purchase order stands; parcels are told apart."""

    RECEIVED = "received"  # taken in, not yet answered
    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class ScanKind(StrEnum):
    """A carrier's event on a parcel, in the order a parcel meets them."""

    LABEL_CREATED = "label_created"  # not shipped: nobody has seen the parcel yet
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    PICKUP_READY = "pickup_ready"
    DELIVERED = "delivered"
    EXCEPTION = "exception"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Recipient:
    """What shipping needs of the customer, and nothing more."""

    name: str
    address1: str
    city: str
    postal_code: str
    country: str  # ISO 3166-1 alpha-2
    address2: str = ""
    province: str = ""
    company: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class PurchaseItem:
    supplier_sku: str
    quantity: int
    unit_cost_cents: int


@dataclass(frozen=True, slots=True)
class PurchaseRequest:
    """One purchase order. `reference` is ours, unique, and the idempotency key."""

    reference: str
    order_name: str  # the customer's order number, for the packing slip
    currency: str
    recipient: Recipient
    items: tuple[PurchaseItem, ...]  # one item per supplier SKU
    page_url: str = ""  # where it can be answered without an account, if anywhere


@dataclass(frozen=True, slots=True)
class ItemReport:
    supplier_sku: str
    accepted_quantity: int


@dataclass(frozen=True, slots=True)
class ScanReport:
    kind: ScanKind
    at: datetime
    place: str = ""


@dataclass(frozen=True, slots=True)
class ParcelReport:
    """One parcel; its identity is the supplier's shipment id, never the line."""

    shipment_id: str
    carrier: str
    tracking_number: str
    contents: tuple[tuple[str, int], ...]  # (supplier SKU, quantity)
    scans: tuple[ScanReport, ...] = ()
    holds_rest: bool = False  # its contents are not told: all that is in no parcel yet


@dataclass(frozen=True, slots=True)
class PurchaseReport:
    """All a supplier knows of one purchase order at the moment it was asked."""

    reference: str
    supplier_reference: str
    status: ReportedStatus
    acknowledged_at: datetime | None = None
    ship_by: datetime | None = None
    deliver_by: datetime | None = None
    reason: RejectReason | None = None  # of a rejection or a cancellation
    note: str = ""
    items: tuple[ItemReport, ...] = ()  # empty: nothing said line by line
    parcels: tuple[ParcelReport, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """What a supplier wrote in words: kept for a human, whatever we read from it."""

    letter_id: str  # by which it is known again
    reference: str  # ours, if it names one
    sender: str
    subject: str
    text: str
    received_at: datetime
    is_understood: bool  # reports say all that we looked for in it
    is_returned: bool = False  # our own mail came back: the supplier never got it


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Purchase orders that changed since a cursor; ask again at once while `more`."""

    reports: tuple[PurchaseReport, ...]
    cursor: str
    more: bool
    letters: tuple[Letter, ...] = ()


@dataclass(frozen=True, slots=True)
class StockRow:
    """One line of a supplier's feed; what it does not say is None, never zero."""

    supplier_sku: str
    quantity: int | None
    unit_cost_cents: int | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class StockReading:
    """A feed as it is read: `as_of` is the supplier's own moment if it names one.

    `mark` says which state of the feed this is; handed in with the next reading, it
    spares us the rows if nothing changed (`is_unchanged`, and no rows).
    """

    as_of: datetime | None
    rows: Iterator[StockRow]
    mark: str = ""
    is_unchanged: bool = False


class SupplierClient(Protocol):
    """One supplier over one dialect. Any call may raise a `SupplierError`."""

    duplicates: Duplicates
    follows: Follows

    def submit(self, request: PurchaseRequest) -> PurchaseReport:
        """Place a purchase order; safe to repeat as far as `duplicates` promises.

        Raises Rejected if the supplier says no, Unavailable or RateLimited if surely
        nothing was placed, Ambiguous if it cannot be known.
        """
        ...

    def look_up(self, reference: str) -> PurchaseReport | None:
        """The purchase order under our reference; None if the supplier has none.

        Raises Rejected if it never answers such a question.
        """
        ...

    def changes(self, cursor: str | None) -> ChangePage:
        """What changed since the cursor, oldest first; None starts at the beginning.

        Asked only of one that follows by `CHANGES`; others raise Rejected.
        """
        ...

    def read_stock(self, mark: str = "") -> StockReading:
        """The supplier's whole stock and cost list, streamed; `mark` is the last one's.

        Raises Rejected if it has no such list.
        """
        ...

    def cancel(self, reference: str) -> PurchaseReport | None:
        """Ask to cancel; the report says whether it was (it may have shipped).

        None: it was asked, and will answer in its own time. Safe to repeat.
        """
        ...

    def close(self) -> None: ...
