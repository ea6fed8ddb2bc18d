"""Suppliers wrote: of an order, of none, and a mail of ours came back."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from erp.fulfilment.letters.keeping import keep_letters
from erp.fulfilment.letters.models import SupplierLetter
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.redaction.letters import blank_letters
from suppliers.contract import Letter
from tests.factories import make_supplier

HOUR = timedelta(hours=1)
ABOUT = """Dear all,

the blankets are here on Thursday only. Shall we wait, or send the mugs ahead?

Kind regards
Olga Lindqvist
Northern Lights Ltd, Hamngatan 12
-- \nhttps://northern-lights.example/a-very-long-address/that-nobody-breaks/for-a-phone
"""


def receive_letters(session: Session, now: datetime) -> None:
    supplier = make_supplier(session, "S1")
    theirs = select(PurchaseOrder.reference).where(
        col(PurchaseOrder.supplier_id) == supplier.id,
        col(PurchaseOrder.status) == PurchaseStatus.DELIVERED,
    )
    reference = session.exec(theirs.order_by(col(PurchaseOrder.id))).first() or ""
    letters = [
        _letter(now - 2 * HOUR, "Re: your order", ABOUT, reference),
        _letter(now - 5 * HOUR, "", "עד מתי המבצע? <b>תודה</b>"),
        _letter(now - 9 * HOUR, "Undelivered Mail", "550 no such user", came_back=True),
        _letter(now - 30 * HOUR, "Price list for spring", "See what is new."),
        _letter(now - 900 * HOUR, "Re: an old order", "It was left with a neighbour."),
    ]
    keep_letters(session, [(supplier.id or 0, each) for each in letters], now)
    other = make_supplier(session, "S4")
    kites = _letter(
        now - HOUR, "Re: two kites", "Gladly, one kite can be sent.", "PO-3"
    )
    keep_letters(session, [(other.id or 0, kites)], now)
    oldest = col(SupplierLetter.subject) == "Re: an old order"
    blank_letters(session, oldest, now)


def _letter(
    at: datetime, subject: str, words: str, about: str = "", *, came_back: bool = False
) -> Letter:
    return Letter(
        letter_id=f"<{at.timestamp()}@northern-lights.example>",
        reference=about,
        sender="Olga Lindqvist <olga@northern-lights.example>",
        subject=subject,
        text=words,
        received_at=at,
        is_understood=False,
        is_returned=came_back,
    )
