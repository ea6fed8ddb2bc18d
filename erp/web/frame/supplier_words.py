"""Words for suppliers' invoices and scorecards, and for notices to their programs."""

from enum import StrEnum

from erp.fulfilment.invoicing.lifecycle import Difference, InvoiceStatus, LineKind
from erp.fulfilment.notices.models import (
    DisabledBecause,
    NoticeKind,
    NoticeStatus,
)
from erp.fulfilment.overview.scorecards.causes import Cause
from erp.fulfilment.overview.scorecards.counted import Counted
from erp.web.frame.words import N_

SUPPLIERS: tuple[tuple[StrEnum, str], ...] = (
    (InvoiceStatus.MATCHED, N_("As agreed")),
    (InvoiceStatus.DIFFERS, N_("Differs from what was agreed")),
    (InvoiceStatus.ACCEPTED, N_("Accepted as it is")),
    (InvoiceStatus.DISPUTED, N_("Disputed")),
    (InvoiceStatus.REJECTED, N_("Rejected")),
    (LineKind.ITEM, N_("Item")),
    (LineKind.SHIPPING, N_("Shipping")),
    (LineKind.FEE, N_("Fee")),
    (LineKind.TAX, N_("Tax")),
    (Difference.UNKNOWN_PURCHASE, N_("This supplier has no such purchase order")),
    (Difference.UNKNOWN_SKU, N_("Not in the purchase order")),
    (Difference.NOT_ACCEPTED, N_("Not a unit of it was accepted")),
    (Difference.BILLED_TWICE, N_("Billed twice")),
    (Difference.QUANTITY, N_("More units than were accepted")),
    (Difference.CURRENCY, N_("Another currency")),
    (Difference.COST, N_("Another unit cost")),
    (Difference.SHIPPING, N_("More for shipping")),
    (Difference.FEE, N_("A higher fee")),
    (Difference.TAX, N_("Unusually high taxes")),
    (Difference.TOTAL, N_("The total is not the sum of the lines")),
    (NoticeKind.HANDED_OVER, N_("Purchase order handed over")),
    (NoticeKind.CANCEL_REQUESTED, N_("Wish to cancel")),
    (NoticeKind.TEST, N_("Test")),
    (NoticeStatus.WAITING, N_("Waits")),
    (NoticeStatus.DELIVERED, N_("Arrived")),
    (NoticeStatus.GIVEN_UP, N_("Given up")),
    (DisabledBecause.GONE, N_("it answered 410")),
    (DisabledBecause.BY_HAND, N_("by hand")),
    (Cause.STOCK, N_("Supplier: out of stock")),
    (Cause.SUPPLIER, N_("Supplier: another cause")),
    (Cause.ADDRESS, N_("Address or destination")),
    (Cause.BUYER, N_("The customer")),
    (Cause.STORE, N_("The store")),
    (Cause.UNKNOWN, N_("unknown")),
    (Counted.SENT, N_("Asked for")),
    (Counted.ANSWERED, N_("Answered")),
    (Counted.UNANSWERED, N_("Not answered yet")),
    (Counted.ANSWERED_LATE, N_("Not answered in time")),
    (Counted.HAND_OVER_LATE, N_("Not handed over in time")),
    (Counted.HANDED_OVER, N_("Handed over")),
    (Counted.DELIVERED, N_("Delivered")),
    (Counted.SCANNED, N_("Label and first scan known")),
    (Counted.UNSCANNED, N_("Label, and no scan since")),
    (Counted.TRACKABLE, N_("Parcels that can be tracked")),
    (Counted.UNTRACKABLE, N_("Parcels that cannot be tracked")),
    (Counted.TRACKING_UNKNOWN, N_("Parcels without carrier or tracking number")),
    (Counted.CLOSED, N_("Handed over or ended")),
    (Counted.UNFILLED, N_("Not delivered in full")),
    (Counted.UNFILLED_BY_IT, N_("Not delivered in full, by the supplier's fault")),
    (Counted.SHORT_OF_STOCK, N_("The supplier had too few")),
    (Counted.REJECTED, N_("Rejected")),
    (Counted.CANCELLED, N_("Cancelled")),
)
