"""A purchase order whose answer was lost, and a client that says what it is told."""

from sqlmodel import Session, col, select

from erp.fulfilment.forwarding.requests import purchase_requests
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from suppliers.contract import Duplicates, PurchaseRequest
from tests.erp.fulfilment.trade import Trade

P = PurchaseStatus


def lost(trade: Trade, *, when: str, **habits: object) -> str:
    """A purchase order whose answer was lost."""
    trade.supplier("A", **habits)
    reference = trade.purchase("A")
    trade.trouble("A", "lose_answer", when=when)
    trade.forward()
    assert trade.read(reference).status is P.UNKNOWN
    return reference


class Answering:
    duplicates = Duplicates.NATIVE_KEY

    def __init__(self, submit: object) -> None:
        self.submit = submit

    def close(self) -> None: ...


def row(session: Session, reference: str) -> PurchaseOrder:
    query = select(PurchaseOrder).where(col(PurchaseOrder.reference) == reference)
    return session.exec(query).one()


def request_of(trade: Trade, reference: str) -> PurchaseRequest:
    with trade.sessions.reading() as session:
        purchase = row(session, reference)
        purchase_id = purchase.id or 0
        return purchase_requests(session, [purchase_id])[purchase_id]
