"""How a supplier's invoice moves, what its lines are, and in what they may differ."""

from enum import StrEnum


class InvoiceStatus(StrEnum):
    MATCHED = "matched"  # as agreed, or so near that nobody need look
    DIFFERS = "differs"  # an operator decides
    ACCEPTED = "accepted"  # by an operator, as it is
    DISPUTED = "disputed"  # the supplier is to explain or correct it
    REJECTED = "rejected"  # not paid; it counts for nothing


S = InvoiceStatus
NEXT_INVOICE = {
    S.MATCHED: frozenset({S.DIFFERS, S.DISPUTED, S.REJECTED}),
    S.DIFFERS: frozenset({S.MATCHED, S.ACCEPTED, S.DISPUTED, S.REJECTED}),
    S.DISPUTED: frozenset({S.ACCEPTED, S.REJECTED}),
    S.ACCEPTED: frozenset({S.DISPUTED, S.REJECTED}),
    S.REJECTED: frozenset({S.DISPUTED}),  # taken up again
}
COUNTED = frozenset({S.MATCHED, S.ACCEPTED})  # what they bill is what it costs
UNDECIDED = frozenset({S.DIFFERS, S.DISPUTED})


class LineKind(StrEnum):
    ITEM = "item"
    SHIPPING = "shipping"
    FEE = "fee"
    TAX = "tax"  # costs are without it, and nothing is agreed about it


class Difference(StrEnum):
    """In what an invoice is not as agreed."""

    UNKNOWN_PURCHASE = "unknown_purchase"  # not one of this supplier's
    UNKNOWN_SKU = "unknown_sku"  # not in that purchase order
    NOT_ACCEPTED = "not_accepted"  # rejected, cancelled, or not a unit accepted
    BILLED_TWICE = "billed_twice"  # other lines or invoices bill these units already
    QUANTITY = "quantity"  # more units than were accepted
    CURRENCY = "currency"
    COST = "cost"  # of a unit
    SHIPPING = "shipping"
    FEE = "fee"
    TAX = "tax"  # more than any honest tax on what was agreed
    TOTAL = "total"  # not the sum of its lines


# Only what is but a matter of money may be small enough to overlook.
TOLERABLE = frozenset(
    {Difference.COST, Difference.SHIPPING, Difference.FEE, Difference.TOTAL}
)
