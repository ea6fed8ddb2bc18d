"""The words for enum members and their colours, in the language of the page."""

from enum import StrEnum

from erp.accounts.models import Role, Scope
from erp.alerts.models import AlertStatus, DeliveryStatus
from erp.alerts.rules import Reason, Severity
from erp.fulfilment.lifecycle import (
    CostBearer,
    Overdue,
    PurchaseStatus,
    Remark,
    ReturnReason,
    ReturnStatus,
)
from erp.fulfilment.models import AttemptOutcome
from erp.fulfilment.rerouting.queues import Stays
from erp.fulfilment.sourcing.past import Refusal
from erp.jobs.models import RunOutcome
from erp.kpis.models import Kpi, ScopeKind
from erp.orders.lifecycle import HoldReason, LineStatus, OrderStatus
from erp.orders.models import Fulfilment, Payment, Risk
from erp.web.frame.choice_words import CHOICES
from erp.web.frame.supplier_words import SUPPLIERS
from erp.web.frame.tones import TONES
from erp.web.frame.words import N_, _
from suppliers.contract import RejectReason, ScanKind
from suppliers.models import Reroute

Words = tuple[tuple[StrEnum, str], ...]


ORDERS: Words = (
    (OrderStatus.RECEIVED, N_("Received")),
    (OrderStatus.HELD, N_("Held")),
    (OrderStatus.ALLOCATED, N_("Allocated")),
    (OrderStatus.PARTLY_SHIPPED, N_("Partly shipped")),
    (OrderStatus.SHIPPED, N_("Shipped")),
    (OrderStatus.DELIVERED, N_("Delivered")),
    (OrderStatus.CANCELLED, N_("Cancelled")),
    (OrderStatus.RETURNED, N_("Returned")),
    (LineStatus.OPEN, N_("Open")),
    (LineStatus.ALLOCATED, N_("Allocated")),
    (LineStatus.SHIPPED, N_("Shipped")),
    (LineStatus.DELIVERED, N_("Delivered")),
    (LineStatus.CANCELLED, N_("Cancelled")),
    (LineStatus.RETURNED, N_("Returned")),
    (Payment.PENDING, N_("Payment pending")),
    (Payment.AUTHORIZED, N_("Payment authorised")),
    (Payment.PARTLY_PAID, N_("Partly paid")),
    (Payment.PAID, N_("Paid")),
    (Payment.PARTLY_REFUNDED, N_("Partly refunded")),
    (Payment.REFUNDED, N_("Refunded")),
    (Payment.VOIDED, N_("Payment voided")),
    (Fulfilment.PARTIAL, N_("A part of it was sent already")),
    (Fulfilment.FULFILLED, N_("All of it was sent already")),
    (Risk.LOW, N_("Low risk")),
    (Risk.MEDIUM, N_("Medium risk")),
    (Risk.HIGH, N_("High risk")),
)
HOLDS: Words = (
    (HoldReason.UNPAID, N_("Not paid")),
    (HoldReason.CANCELLED_AT_CHANNEL, N_("Cancelled at the channel")),
    (HoldReason.FULFILLED_AT_CHANNEL, N_("Already sent, says the channel")),
    (HoldReason.FRAUD_RISK, N_("High fraud risk")),
    (HoldReason.TOO_OLD, N_("Older than the limit")),
    (HoldReason.UNKNOWN_SKU, N_("Unknown SKU")),
    (HoldReason.INCOMPLETE_ADDRESS, N_("Address incomplete")),
    (HoldReason.COST_UNKNOWN, N_("Cost unknown")),
    (HoldReason.MARGIN_BELOW_FLOOR, N_("Margin below the floor")),
    (HoldReason.POSSIBLE_DUPLICATE, N_("Possible duplicate")),
    (HoldReason.NO_OFFER, N_("No supplier offers it")),
    (HoldReason.SUPPLIER_PAUSED, N_("Supplier is paused")),
    (HoldReason.SHORTFALL, N_("Not enough stock")),
    (HoldReason.NAMED_SUPPLIER_UNAVAILABLE, N_("Named supplier cannot deliver")),
    (HoldReason.NO_OTHER_SUPPLIER, N_("No other supplier can deliver")),
    (HoldReason.SINGLE_PARCEL_IMPOSSIBLE, N_("Does not fit one parcel")),
    (HoldReason.SUPPLIER_REJECTED, N_("Rejected by the supplier")),
    (HoldReason.SUPPLIER_CANCELLED, N_("Cancelled by the supplier")),
    (
        Reason.SUPPLIER_DOWN,
        N_("The supplier cannot be reached: this is not told until it is back"),
    ),
    (Stays.MAY_BE_THERE, N_("an answer was lost, so the supplier may have it")),
    (Stays.BUSY, N_("it is being sent right now")),
    (HoldReason.SUPPLIER_SHORTFALL, N_("Supplier accepted only a part")),
    (HoldReason.SHIPPED_AFTER_END, N_("Shipped after it had ended")),
    (HoldReason.RETURNED_TO_SENDER, N_("Parcel returned to sender")),
    (HoldReason.SUPPLIER_OVERDUE, N_("Supplier is overdue")),
    (HoldReason.CANCEL_UNANSWERED, N_("Wish to cancel not answered")),
    (HoldReason.NOT_PROCESSED, N_("Our program fails on it")),
)
FULFILMENT: Words = (
    (PurchaseStatus.QUEUED, N_("Queued")),
    (PurchaseStatus.SENDING, N_("Being sent")),
    (PurchaseStatus.SENT, N_("Sent")),
    (PurchaseStatus.ACCEPTED, N_("Accepted")),
    (PurchaseStatus.PARTLY_ACCEPTED, N_("Partly accepted")),
    (PurchaseStatus.SHIPPED, N_("Shipped")),
    (PurchaseStatus.DELIVERED, N_("Delivered")),
    (PurchaseStatus.CLOSED, N_("Closed")),
    (PurchaseStatus.REJECTED, N_("Rejected")),
    (PurchaseStatus.UNKNOWN, N_("Answer lost")),
    (PurchaseStatus.CANCELLING, N_("Being cancelled")),
    (PurchaseStatus.CANCELLED, N_("Cancelled")),
    (PurchaseStatus.NEEDS_ATTENTION, N_("Needs attention")),
    (AttemptOutcome.STARTED, N_("Under way")),
    (AttemptOutcome.PLACED, N_("Placed")),
    (AttemptOutcome.REJECTED, N_("Rejected")),
    (AttemptOutcome.UNAVAILABLE, N_("Supplier unavailable")),
    (AttemptOutcome.RATE_LIMITED, N_("Asked to wait")),
    (AttemptOutcome.AMBIGUOUS, N_("Answer lost")),
    (AttemptOutcome.LOST, N_("Interrupted")),
    (AttemptOutcome.NOT_CALLED, N_("Not called")),
    (Remark.INTERRUPTED, N_("Our process ended before the answer came")),
    (Remark.NO_TURN, N_("Not called: its turn did not come in time")),
    (Remark.ABSENT, N_("The supplier does not have it")),
    (Remark.NOT_DELIVERED, N_("Our mail came back: the supplier never got it")),
    (Remark.CANNOT_TELL, N_("The supplier cannot tell whether it has this order")),
    (Remark.NEVER_ANSWERED, N_("Every answer was lost")),
    (Remark.NOT_CANCELLED, N_("The supplier did not cancel")),
    (Remark.REPRICED, N_("Sent at the present cost, which had changed")),
    (
        Remark.TAKEN_BACK,
        N_("Taken back before it was sent, since its cost had changed"),
    ),
    (Remark.CANCELLED_BY_HAND, N_("Cancelled by hand")),
    (Overdue.ACKNOWLEDGEMENT, N_("Not answered in time")),
    (Overdue.HAND_OVER, N_("Not handed over in time")),
    (Refusal.REJECTED, N_("rejected it")),
    (Refusal.CANCELLED, N_("was cancelled")),
    (Refusal.OVERDUE, N_("was overdue and cancelled")),
    (Refusal.SHORT, N_("delivers only a part")),
    (Reroute.ASK, N_("Ask me first")),
    (Reroute.AUTO, N_("Re-route by itself")),
    (ScanKind.LABEL_CREATED, N_("Label created")),
    (ScanKind.PICKED_UP, N_("Picked up")),
    (ScanKind.IN_TRANSIT, N_("In transit")),
    (ScanKind.OUT_FOR_DELIVERY, N_("Out for delivery")),
    (ScanKind.PICKUP_READY, N_("Ready for pick-up")),
    (ScanKind.DELIVERED, N_("Delivered")),
    (ScanKind.EXCEPTION, N_("Delivery problem")),
    (ScanKind.RETURNED, N_("Returned to sender")),
    (RejectReason.INCORRECT_ADDRESS, N_("Incorrect address")),
    (RejectReason.INCORRECT_PRODUCT_INFO, N_("Incorrect product information")),
    (RejectReason.INELIGIBLE_PRODUCT, N_("Product not eligible")),
    (RejectReason.INTERNATIONAL_SHIPPING_UNAVAILABLE, N_("Does not ship abroad")),
    (RejectReason.INVALID_CONTACT_INFORMATION, N_("Invalid contact information")),
    (RejectReason.INVALID_SKU, N_("SKU unknown to the supplier")),
    (RejectReason.INVENTORY_OUT_OF_STOCK, N_("Out of stock")),
    (RejectReason.MERCHANT_BLOCKED_OR_SUSPENDED, N_("Our account is blocked")),
    (RejectReason.MISSING_CUSTOMS_INFO, N_("Customs information missing")),
    (RejectReason.ORDER_TOO_LARGE, N_("Order too large")),
    (RejectReason.PACKAGE_PREFERENCE_NOT_SET, N_("Package preference not set")),
    (RejectReason.PAYMENT_DECLINED, N_("Payment declined")),
    (RejectReason.UNDELIVERABLE_DESTINATION, N_("Destination out of reach")),
    (RejectReason.OTHER, N_("Other reason")),
)
RETURNS: Words = (
    (ReturnStatus.REQUESTED, N_("Requested")),
    (ReturnStatus.AUTHORISED, N_("Authorised")),
    (ReturnStatus.RECEIVED, N_("Received")),
    (ReturnStatus.SETTLED, N_("Settled")),
    (ReturnStatus.REFUSED, N_("Refused")),
    (ReturnReason.DEFECTIVE, N_("Defective")),
    (ReturnReason.DAMAGED, N_("Damaged")),
    (ReturnReason.WRONG_ITEM, N_("Wrong item")),
    (ReturnReason.NOT_AS_DESCRIBED, N_("Not as described")),
    (ReturnReason.UNWANTED, N_("Unwanted")),
    (ReturnReason.LATE, N_("Came too late")),
    (ReturnReason.OTHER, N_("Other")),
    (CostBearer.STORE, N_("The store")),
    (CostBearer.SUPPLIER, N_("The supplier")),
    (CostBearer.CUSTOMER, N_("The customer")),
)
WATCHING: Words = (
    (Kpi.LATE_HAND_OVER, N_("Late hand-over rate")),
    (Kpi.LATE_DELIVERY, N_("Late delivery rate")),
    (Kpi.RETURN_RATE, N_("Return rate")),
    (Kpi.GROSS_MARGIN, N_("Gross margin")),
    (ScopeKind.OVERALL, N_("The whole store")),
    (ScopeKind.SUPPLIER, N_("Supplier")),
    (ScopeKind.PRODUCT, N_("Product")),
    (ScopeKind.CHANNEL, N_("Channel")),
    (AlertStatus.OPEN, N_("Open")),
    (AlertStatus.RESOLVED, N_("Resolved")),
    (Severity.WARNING, N_("Warning")),
    (Severity.CRITICAL, N_("Critical")),
    (DeliveryStatus.QUEUED, N_("Queued")),
    (DeliveryStatus.SENDING, N_("Being sent")),
    (DeliveryStatus.SENT, N_("Sent")),
    (DeliveryStatus.FAILED, N_("Failed")),
)
HOUSE: Words = (
    (Role.OWNER, N_("Owner")),
    (Role.OPERATOR, N_("Operator")),
    (Role.VIEWER, N_("Viewer")),
    (Scope.READ, N_("Read only")),
    (Scope.WRITE, N_("Read and write")),
    (RunOutcome.STARTED, N_("Running")),
    (RunOutcome.DONE, N_("Done")),
    (RunOutcome.FAILED, N_("Failed")),
)
# A StrEnum equals its text, so members of two enums may be equal: the class is a key.
WORDS = {
    (type(member), member): words
    for table in (
        ORDERS,
        HOLDS,
        FULFILMENT,
        RETURNS,
        WATCHING,
        HOUSE,
        SUPPLIERS,
        CHOICES,
    )
    for member, words in table
}


def label(member: StrEnum) -> str:
    """The member's words; one nobody wrote down is shown by its value, readably."""
    words = WORDS.get((type(member), member))
    if words is None:
        return str(member.value).replace("_", " ").capitalize()
    return _(words)


def tone(member: StrEnum) -> str:
    """The member's colour: success, info, warning, danger or secondary."""
    return TONES.get((type(member), member), "secondary")
