"""Asks suppliers to cancel: the handshake before anything is given to another.

A lost answer is asked again; cancelling twice does no harm.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from config.database import Sessions
from erp.fulfilment.forwarding.carrier import Answer, Carrier, ask_all
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.remarks import remark
from erp.fulfilment.tracking.dossiers import dossiers
from erp.fulfilment.tracking.reports import advance, apply_reports
from suppliers.connections import connection_of
from suppliers.contract import PurchaseReport
from suppliers.errors import Rejected, SupplierError
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
    for wish, answer in ask_all(wishes, _ask, carrier):
        with sessions.writing() as session:
            _record(session, wish, answer, carrier, carrier.clock())
    return len(wishes)


def anything_due(session: Session, now: datetime) -> bool:
    """Whether a supplier should be asked to cancel now."""
    return session.exec(_due(now).limit(1)).first() is not None


def _due(now: datetime) -> Select[PurchaseOrder, Supplier]:
    return (
        select(PurchaseOrder, Supplier)
        .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
        .where(
            col(PurchaseOrder.status) == PurchaseStatus.CANCELLING,
            col(PurchaseOrder.due_at) <= now,
            col(Supplier.kind).is_not(None),
        )
    )


def _claim(session: Session, carrier: Carrier, now: datetime, limit: int) -> list[Wish]:
    query = (
        _due(now)
        .order_by(col(PurchaseOrder.due_at), col(PurchaseOrder.id))
        .limit(limit)
        .with_for_update(of=PurchaseOrder, skip_locked=True)
    )
    wishes = []
    for purchase, supplier in session.exec(query):
        purchase.due_at = now + carrier.rules.lease
        connection = connection_of(supplier, carrier.secrets, carrier.call_seconds)
        wishes.append(Wish(purchase.reference, connection))
    return wishes


def _ask(wish: Wish, carrier: Carrier) -> Answer:
    try:
        return carrier.clients.client_for(wish.connection).cancel(wish.reference)
    except SupplierError as error:
        return error


def _record(
    session: Session, wish: Wish, answer: Answer, carrier: Carrier, now: datetime
) -> None:
    if isinstance(answer, PurchaseReport):
        apply_reports(session, [answer], now, answers_cancel=True)
        return
    dossier = dossiers(session, [wish.reference])[wish.reference]
    purchase = dossier.purchase
    if purchase.status is not PurchaseStatus.CANCELLING:
        return  # a report was faster
    log.warning("not cancelled reference=%s %s", wish.reference, answer)
    facts = remark(purchase, answer)
    purchase.due_at = now + carrier.rules.settle
    if isinstance(answer, Rejected):
        purchase.due_at = None
        advance(session, dossier, PurchaseStatus.NEEDS_ATTENTION, now, **facts)
