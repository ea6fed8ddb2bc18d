"""A letter's first words on the timeline of the order it is about."""

from datetime import datetime

from sqlmodel import Session

from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.remarks import storable
from erp.orders.history import note
from erp.orders.models import Order
from erp.orders.redaction import heard_late, redacted_among

LONGEST_NOTE = 300  # of a letter, on a timeline


def note_letter(
    session: Session,
    purchase: PurchaseOrder,
    supplier: str,
    words: str,
    now: datetime,
    *,
    by: str = "system",
) -> None:
    """Where the customer's address was taken away, only that somebody wrote."""
    nameless = redacted_among(session, [purchase.order_id])
    note(
        session,
        session.get_one(Order, purchase.order_id),
        "supplier_wrote",
        now,
        actor=by,
        reference=purchase.reference,
        supplier=supplier,
        note="" if nameless else storable(words, LONGEST_NOTE),
    )
    heard_late(session, nameless, now)
