"""How an order moves: its statuses, why it waits, and what its lines make of it."""

from collections.abc import Collection
from enum import StrEnum


class LineStatus(StrEnum):
    OPEN = "open"  # some units have no supplier yet
    ALLOCATED = "allocated"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class OrderStatus(StrEnum):
    """Derived from the lines and the open holds; nothing else sets it."""

    RECEIVED = "received"
    HELD = "held"
    ALLOCATED = "allocated"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class NextStep(StrEnum):
    """What the scheduler owes an order; nothing if the next move is somebody else's."""

    CHECK = "check"
    ROUTE = "route"


class HoldReason(StrEnum):
    """Why an order waits for a human."""

    # found by the guards, before routing
    UNPAID = "unpaid"
    CANCELLED_AT_CHANNEL = "cancelled_at_channel"
    FULFILLED_AT_CHANNEL = "fulfilled_at_channel"  # all of it, or a part
    FRAUD_RISK = "fraud_risk"
    TOO_OLD = "too_old"
    UNKNOWN_SKU = "unknown_sku"
    INCOMPLETE_ADDRESS = "incomplete_address"
    COST_UNKNOWN = "cost_unknown"
    MARGIN_BELOW_FLOOR = "margin_below_floor"
    POSSIBLE_DUPLICATE = "possible_duplicate"
    # found by routing
    NO_OFFER = "no_offer"
    SUPPLIER_PAUSED = "supplier_paused"  # nobody else could deliver
    SHORTFALL = "shortfall"
    NAMED_SUPPLIER_UNAVAILABLE = "named_supplier_unavailable"
    NO_OTHER_SUPPLIER = "no_other_supplier"  # those who could have let it down before
    SINGLE_PARCEL_IMPOSSIBLE = "single_parcel_impossible"
    # said by a supplier
    SUPPLIER_REJECTED = "supplier_rejected"
    SUPPLIER_CANCELLED = "supplier_cancelled"
    SUPPLIER_SHORTFALL = "supplier_shortfall"  # it accepted only a part
    SHIPPED_AFTER_END = "shipped_after_end"  # though it was cancelled or rejected
    RETURNED_TO_SENDER = "returned_to_sender"  # a parcel that never reached anybody
    SUPPLIER_OVERDUE = "supplier_overdue"  # it has not answered, or not handed over
    CANCEL_UNANSWERED = "cancel_unanswered"  # it may deliver, or may not
    # our own fault
    NOT_PROCESSED = "not_processed"  # a step raises over it; the log says how


# A human may wave these through; the others name a fact that is missing, so that
# releasing them means "look again".
WAIVABLE = frozenset(
    {
        HoldReason.UNPAID,
        HoldReason.CANCELLED_AT_CHANNEL,
        HoldReason.FULFILLED_AT_CHANNEL,
        HoldReason.FRAUD_RISK,
        HoldReason.TOO_OLD,
        HoldReason.INCOMPLETE_ADDRESS,
        HoldReason.MARGIN_BELOW_FLOOR,
        HoldReason.POSSIBLE_DUPLICATE,
    }
)

NEXT_LINE = {
    LineStatus.OPEN: frozenset({LineStatus.ALLOCATED, LineStatus.CANCELLED}),
    LineStatus.ALLOCATED: frozenset(
        {
            LineStatus.OPEN,
            LineStatus.SHIPPED,
            LineStatus.DELIVERED,
            LineStatus.CANCELLED,
        }
    ),
    LineStatus.SHIPPED: frozenset({LineStatus.DELIVERED, LineStatus.RETURNED}),
    LineStatus.DELIVERED: frozenset({LineStatus.RETURNED}),
    LineStatus.CANCELLED: frozenset(),
    LineStatus.RETURNED: frozenset(),
}


class MoveError(ValueError):
    """A move the table does not allow; says from where to where."""


def line_status(
    wanted: int, *, allocated: int, shipped: int, delivered: int, returned: int
) -> LineStatus:
    """What a line's units make of it; `wanted` is what was ordered less cancelled."""
    if wanted <= 0:
        return LineStatus.CANCELLED
    if returned >= wanted:
        return LineStatus.RETURNED
    if delivered >= wanted:
        return LineStatus.DELIVERED
    if shipped >= wanted:
        return LineStatus.SHIPPED
    if allocated >= wanted:
        return LineStatus.ALLOCATED
    return LineStatus.OPEN


def order_status(
    lines: Collection[LineStatus], *, is_held: bool, is_partly_shipped: bool = False
) -> OrderStatus:
    """The one status shown for an order."""
    live = {line for line in lines if line is not LineStatus.CANCELLED}
    if not live:
        return OrderStatus.CANCELLED
    if is_held:
        return OrderStatus.HELD
    if live == {LineStatus.RETURNED}:
        return OrderStatus.RETURNED
    if live <= {LineStatus.DELIVERED, LineStatus.RETURNED}:
        return OrderStatus.DELIVERED
    if live <= {LineStatus.SHIPPED, LineStatus.DELIVERED, LineStatus.RETURNED}:
        return OrderStatus.SHIPPED
    if is_partly_shipped or live & {LineStatus.SHIPPED, LineStatus.DELIVERED}:
        return OrderStatus.PARTLY_SHIPPED
    if LineStatus.OPEN in live:
        return OrderStatus.RECEIVED
    return OrderStatus.ALLOCATED
