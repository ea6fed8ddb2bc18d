"""How a purchase order and a return move: tables of allowed moves, read downwards."""

from enum import StrEnum

from erp.orders.lifecycle import MoveError
from suppliers.contract import ReportedStatus


class PurchaseStatus(StrEnum):
    QUEUED = "queued"  # waits to be sent, or to be sent again
    SENDING = "sending"  # claimed: an attempt row says since when
    SENT = "sent"  # the supplier has it, and has not answered
    ACCEPTED = "accepted"
    PARTLY_ACCEPTED = "partly_accepted"
    SHIPPED = "shipped"  # every accepted unit has met a carrier
    DELIVERED = "delivered"
    CLOSED = "closed"
    REJECTED = "rejected"
    UNKNOWN = "unknown"  # an answer was lost: it may or may not be there
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    NEEDS_ATTENTION = "needs_attention"  # only a human can decide


P = PurchaseStatus
WITH_SUPPLIER = frozenset(
    {P.ACCEPTED, P.PARTLY_ACCEPTED, P.SHIPPED, P.DELIVERED, P.REJECTED, P.CANCELLED}
)
NEXT_PURCHASE = {
    # A queued one may turn out to be with the supplier after all: sent again after a
    # lost answer, and then seen in its list of changes.
    P.QUEUED: frozenset({P.SENDING, P.SENT, P.NEEDS_ATTENTION} | WITH_SUPPLIER),
    P.SENDING: frozenset(
        {P.QUEUED, P.SENT, P.UNKNOWN, P.NEEDS_ATTENTION} | WITH_SUPPLIER
    ),
    P.UNKNOWN: frozenset({P.QUEUED, P.SENT, P.NEEDS_ATTENTION} | WITH_SUPPLIER),
    P.NEEDS_ATTENTION: frozenset({P.QUEUED, P.SENT} | WITH_SUPPLIER),
    # A human, if the supplier suddenly says that it has none such.
    P.SENT: frozenset({P.CANCELLING, P.NEEDS_ATTENTION} | WITH_SUPPLIER),
    P.ACCEPTED: frozenset(
        {P.PARTLY_ACCEPTED, P.CANCELLING, P.NEEDS_ATTENTION}
        | {P.SHIPPED, P.DELIVERED, P.CANCELLED}
    ),
    P.PARTLY_ACCEPTED: frozenset(
        {P.CANCELLING, P.NEEDS_ATTENTION, P.SHIPPED, P.DELIVERED, P.CANCELLED}
    ),
    # back if the supplier says no; a human, if it says that it never had it
    P.CANCELLING: frozenset({P.SENT, P.NEEDS_ATTENTION} | WITH_SUPPLIER),
    P.SHIPPED: frozenset({P.DELIVERED}),
    P.DELIVERED: frozenset({P.CLOSED}),
    P.CLOSED: frozenset(),
    P.REJECTED: frozenset(),
    P.CANCELLED: frozenset(),
}
DEAD = frozenset({P.REJECTED, P.CANCELLED})  # holds no unit of any order line
ACCEPTANCES = frozenset({P.ACCEPTED, P.PARTLY_ACCEPTED})
UNANSWERED = frozenset({P.QUEUED, P.SENDING, P.UNKNOWN, P.SENT})
AWAITED = frozenset(  # the supplier still has something to tell
    {P.SENT, P.ACCEPTED, P.PARTLY_ACCEPTED, P.CANCELLING, P.SHIPPED}
)


class Remark(StrEnum):
    """What we say of a purchase order ourselves, beside its status."""

    INTERRUPTED = "interrupted"  # our process ended before the answer came
    NO_TURN = "no_turn"  # not called: its turn did not come in time
    ABSENT = "absent"  # the supplier does not have it
    CANNOT_TELL = "cannot_tell"  # the supplier cannot say whether it has it
    NEVER_ANSWERED = "never_answered"  # every answer was lost
    NOT_DELIVERED = "not_delivered"  # our mail came back: the supplier never got it
    NOT_CANCELLED = "not_cancelled"  # the supplier goes on with it
    REPRICED = "repriced"  # its cost had changed, and it was sent at the new one
    TAKEN_BACK = "taken_back"  # its cost had changed too much: it was never sent
    CANCELLED_BY_HAND = "cancelled_by_hand"  # `note` says by whom


class Overdue(StrEnum):
    """Which of a supplier's clocks ran out."""

    ACKNOWLEDGEMENT = "acknowledgement"
    HAND_OVER = "hand_over"


class ReturnStatus(StrEnum):
    REQUESTED = "requested"
    AUTHORISED = "authorised"
    RECEIVED = "received"
    SETTLED = "settled"
    REFUSED = "refused"


NEXT_RETURN = {
    ReturnStatus.REQUESTED: frozenset({ReturnStatus.AUTHORISED, ReturnStatus.REFUSED}),
    ReturnStatus.AUTHORISED: frozenset({ReturnStatus.RECEIVED, ReturnStatus.REFUSED}),
    ReturnStatus.RECEIVED: frozenset({ReturnStatus.SETTLED, ReturnStatus.REFUSED}),
    ReturnStatus.SETTLED: frozenset(),
    ReturnStatus.REFUSED: frozenset(),
}


class ReturnReason(StrEnum):
    DEFECTIVE = "defective"
    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"
    NOT_AS_DESCRIBED = "not_as_described"
    UNWANTED = "unwanted"
    LATE = "late"
    OTHER = "other"


class CostBearer(StrEnum):
    """Who bears the cost of a return."""

    STORE = "store"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"


def reported_status(
    said: ReportedStatus, *, accepted: int, shipped: int, delivered: int
) -> PurchaseStatus:
    """Where a purchase order stands by a supplier's report and its parcels' units.

    What has shipped is beyond a no: then only the rest was called off.
    """
    if said is ReportedStatus.CANCELLED and not shipped:
        return P.CANCELLED
    if said is ReportedStatus.REJECTED and not shipped:
        return P.REJECTED
    if accepted == 0:
        return P.REJECTED
    if 0 < accepted <= delivered:
        return P.DELIVERED
    if 0 < accepted <= shipped:
        return P.SHIPPED
    return {
        ReportedStatus.RECEIVED: P.SENT,
        ReportedStatus.PARTLY_ACCEPTED: P.PARTLY_ACCEPTED,
    }.get(said, P.ACCEPTED)


def implied_steps(
    now: PurchaseStatus,
    then: PurchaseStatus,
    *,
    was_answered: bool,
    is_partial: bool,
) -> tuple[PurchaseStatus, ...]:
    """Steps on the way to a status which nobody told one by one.

    What is shipped was accepted, what is delivered was shipped. `was_answered` counts
    where the status does not say it: while it is being cancelled, or with a human.
    """
    steps = []
    if then not in (P.SHIPPED, P.DELIVERED):
        return ()
    if now in UNANSWERED or not (was_answered or now in ACCEPTANCES | {P.SHIPPED}):
        steps.append(P.PARTLY_ACCEPTED if is_partial else P.ACCEPTED)
    if then is P.DELIVERED and now is not P.SHIPPED:
        steps.append(P.SHIPPED)
    return tuple(steps)


def check_move(now: StrEnum, then: StrEnum, allowed: frozenset[StrEnum]) -> None:
    """Raises MoveError if `then` is not among the moves allowed from `now`."""
    if then not in allowed:
        raise MoveError(f"{now.value} cannot become {then.value}")
