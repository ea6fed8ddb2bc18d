"""Asks suppliers to cancel: the handshake before anything is given to another.

A lost answer is asked again; cancelling twice does no harm.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from config.database import Sessions
from erp.fulfilment.carrier import Carrier
from erp.fulfilment.dossiers import dossiers
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.reports import apply_reports
from suppliers.connections import connection_of
from suppliers.contract import PurchaseReport
from suppliers.errors import SupplierError
from suppliers.models import Supplier
from suppliers.registry import Connection

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wish:
    reference: str
    connection: Connection


def cancel_due(sessions: Sessions, carrier: Carrier, *, limit: int = 20) -> int:
    """Ask for every cancellation that is due; how many were asked."""
    now = carrier.clock()
    with sessions.reading() as session:
        if not anything_due(session, now):
            return 0
    with sessions.writing() as session:
        wishes = _claim(session, carrier, now, limit)
    for wish in wishes:
        answer = _ask(wish, carrier)
        with sessions.writing() as session:
            _record(session, wish, answer, carrier, carrier.clock())
    return len(wishes)


def anything_due(session: Session, now: datetime) -> bool:
    """Whether a supplier should be asked to cancel now."""
    return bool(_due(session, now, 1))


def _due(
    session: Session, now: datetime, limit: int
) -> list[tuple[PurchaseOrder, Supplier]]:
    query = (
        select(PurchaseOrder, Supplier)
        .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
        .where(
            col(PurchaseOrder.status) == PurchaseStatus.CANCELLING,
            col(PurchaseOrder.due_at) <= now,
            col(Supplier.kind).is_not(None),
        )
        .order_by(col(PurchaseOrder.due_at), col(PurchaseOrder.id))
        .limit(limit)
    )
    return list(session.exec(query))


def _claim(session: Session, carrier: Carrier, now: datetime, limit: int) -> list[Wish]:
    wishes = []
    for purchase, supplier in _due(session, now, limit):
        purchase.due_at = now + carrier.rules.lease
        connection = connection_of(supplier, carrier.secrets, carrier.call_seconds)
        wishes.append(Wish(purchase.reference, connection))
    return wishes


def _ask(wish: Wish, carrier: Carrier) -> PurchaseReport | SupplierError:
    try:
        return carrier.clients.client_for(wish.connection).cancel(wish.reference)
    except SupplierError as error:
        return error


def _record(
    session: Session,
    wish: Wish,
    answer: PurchaseReport | SupplierError,
    carrier: Carrier,
    now: datetime,
) -> None:
    if isinstance(answer, PurchaseReport):
        apply_reports(session, [answer], now, answers_cancel=True)
        return
    purchase = dossiers(session, [wish.reference])[wish.reference].purchase
    log.warning("not cancelled reference=%s %s", wish.reference, answer)
    purchase.note = answer.detail
    purchase.due_at = now + carrier.rules.settle
