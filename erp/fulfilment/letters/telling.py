"""What a letter does to the order it is about: its first words stand on the timeline.

It moves nothing but one thing: a mail of ours that came back was never read, so a human
decides about its purchase order.
"""

import logging
from datetime import datetime

from sqlmodel import Session

from erp.fulfilment.lifecycle import PurchaseStatus, Remark
from erp.fulfilment.remarks import remark, storable
from erp.fulfilment.tracking.dossiers import Dossier
from erp.fulfilment.tracking.reports import advance
from erp.orders.history import note
from erp.orders.redaction import heard_late, redacted_among

log = logging.getLogger(__name__)

LONGEST_NOTE = 300  # of a letter, on a timeline
# Nothing else than our mail was heard of these, so a mail that came back ends that.
# Not while cancelling: that was another mail, and the supplier may have the order.
IN_THE_MAIL = frozenset({PurchaseStatus.SENT, PurchaseStatus.UNKNOWN})


def take_letter(
    session: Session,
    dossier: Dossier,
    words: str,
    now: datetime,
    *,
    is_returned: bool,
    by: str = "system",
) -> None:
    """Where the customer's address was taken away, the timeline tells no words."""
    purchase = dossier.purchase
    nameless = redacted_among(session, [purchase.order_id])
    note(
        session,
        dossier.order,
        "supplier_wrote",
        now,
        actor=by,
        reference=purchase.reference,
        supplier=dossier.supplier,
        note="" if nameless else storable(words, LONGEST_NOTE),
    )
    heard_late(session, nameless, now)
    if not is_returned:
        return
    log.warning("mail came back reference=%s", purchase.reference)
    if purchase.status in IN_THE_MAIL:
        purchase.due_at = None
        facts = remark(purchase, Remark.NOT_DELIVERED)
        advance(session, dossier, PurchaseStatus.NEEDS_ATTENTION, now, **facts)
