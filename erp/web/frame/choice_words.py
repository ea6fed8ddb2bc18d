"""Words for what a list can be narrowed to and sorted by, and for routing's reasons."""

from enum import StrEnum

from erp.alerts.models import EventKind
from erp.fulfilment.overview.search import Lateness, PurchaseSort
from erp.fulfilment.overview.supplier_queries import SupplierState
from erp.fulfilment.sourcing.candidates import Why
from erp.orders.lifecycle import WAIVABLE, HoldReason
from erp.orders.search import OrderSort
from erp.web.frame.words import N_, _
from inventory.queries import ProductGap

CHOICES: tuple[tuple[StrEnum, str], ...] = (
    (OrderSort.NEWEST, N_("Newest first")),
    (OrderSort.OLDEST, N_("Oldest first")),
    (OrderSort.LARGEST, N_("Largest first")),
    (OrderSort.SMALLEST, N_("Smallest first")),
    (PurchaseSort.NEWEST, N_("Newest first")),
    (PurchaseSort.OLDEST, N_("Oldest first")),
    (Lateness.NOW, N_("Late now")),
    (Lateness.HAND_OVER, N_("Handed over late")),
    (Lateness.DELIVERY, N_("Delivered late")),
    (SupplierState.CONNECTED, N_("Connected")),
    (SupplierState.FAILING, N_("Not answering")),
    (SupplierState.RESTING, N_("Not called now")),
    (SupplierState.PAUSED, N_("Paused")),
    (SupplierState.UNCONNECTED, N_("No connection")),
    (ProductGap.NO_OFFER, N_("No offer")),
    (ProductGap.COST_UNKNOWN, N_("Cost unknown")),
    (ProductGap.STALE, N_("Not read lately")),
    (EventKind.OPENED, N_("Opened")),
    (EventKind.WORSENED, N_("Got worse")),
    (EventKind.REMINDED, N_("Reminded")),
    (EventKind.RESOLVED, N_("Resolved")),
    (EventKind.ACKNOWLEDGED, N_("Acknowledged")),
    (EventKind.SNOOZED, N_("Snoozed")),
    (EventKind.WOKEN, N_("Snooze ended")),
    (Why.CHOSEN, N_("Chosen")),
    (Why.SPLIT, N_("Chosen for a part")),
    (Why.USABLE, N_("Usable, but the order is held")),
    (Why.DEARER, N_("Dearer")),
    (Why.TIED, N_("As cheap, but not first")),
    (Why.TAKEN, N_("Its stock goes to other lines")),
    (Why.MORE_PARCELS, N_("Would need another parcel")),
    (Why.NOT_REACHED, N_("Not tried: the search met its limit")),
    (Why.NOT_NAMED, N_("Another supplier is named")),
    (Why.REFUSED_BEFORE, N_("Refused this line before")),
    (Why.PAUSED, N_("Supplier is paused")),
    (Why.DESTINATION, N_("Does not ship there")),
    (Why.STALE, N_("Stock not read lately")),
    (Why.STOCK_UNKNOWN, N_("Stock unknown")),
    (Why.OUT_OF_STOCK, N_("Out of stock")),
    (Why.COST_UNKNOWN, N_("Cost unknown")),
)
ADVICE = {
    HoldReason.UNPAID: N_("Releasing sends it although the channel says unpaid."),
    HoldReason.CANCELLED_AT_CHANNEL: N_(
        "Releasing sends it although the customer cancelled at the channel."
    ),
    HoldReason.FULFILLED_AT_CHANNEL: N_(
        "Releasing buys all of it, whatever was sent already."
    ),
    HoldReason.FRAUD_RISK: N_("Releasing means: you trust this customer."),
    HoldReason.TOO_OLD: N_("Releasing sends it although it is old."),
    HoldReason.UNKNOWN_SKU: N_("Import the product first; releasing looks again."),
    HoldReason.INCOMPLETE_ADDRESS: N_(
        "Releasing sends it with the address as it stands."
    ),
    HoldReason.COST_UNKNOWN: N_(
        "Get the supplier's cost first; releasing looks again."
    ),
    HoldReason.MARGIN_BELOW_FLOOR: N_("Releasing means: this margin is good enough."),
    HoldReason.POSSIBLE_DUPLICATE: N_("Releasing means: both orders are wanted."),
    HoldReason.SUPPLIER_PAUSED: N_(
        "Resume the supplier: the order is looked at again at once."
    ),
    HoldReason.SHIPPED_AFTER_END: N_(
        "Releasing buys what no parcel is known to hold. What must not arrive twice, "
        "cancel at the other supplier first."
    ),
    HoldReason.RETURNED_TO_SENDER: N_(
        "The customer has nothing. Check the address and have the supplier send it "
        "again; or register the return below and refund it. Releasing means: that is "
        "settled."
    ),
    HoldReason.SUPPLIER_OVERDUE: N_(
        "Re-routing asks this supplier to cancel first, and another one only after its "
        "yes. Releasing means: wait for it."
    ),
    HoldReason.CANCEL_UNANSWERED: N_(
        "Ask the supplier: nobody else is asked before it has let go. Releasing means: "
        "wait for its answer."
    ),
    HoldReason.NOT_PROCESSED: N_("The log says why; releasing tries once more."),
}


def advice(reason: HoldReason) -> str:
    """What releasing an order from this hold means."""
    if reason in ADVICE:
        return _(ADVICE[reason])
    assert reason not in WAIVABLE, f"say what it means to wave {reason} through"
    return _("Releasing looks for a supplier again; it may be held once more.")
