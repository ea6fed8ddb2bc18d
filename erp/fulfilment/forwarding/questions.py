"""Questions to suppliers about purchase orders they may already have."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from erp.fulfilment.forwarding.carrier import Carrier
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from suppliers.connections import connection_of
from suppliers.models import Supplier
from suppliers.registry import Connection


@dataclass(frozen=True, slots=True)
class Question:
    """One call to make about a purchase order."""

    reference: str
    connection: Connection


def questions_due(
    status: PurchaseStatus, now: datetime
) -> Select[PurchaseOrder, Supplier]:
    """Purchase orders in this status whose supplier is to be asked now."""
    return (
        select(PurchaseOrder, Supplier)
        .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
        .where(
            col(PurchaseOrder.status) == status,
            col(PurchaseOrder.due_at) <= now,
            col(Supplier.kind).is_not(None),
        )
    )


def claim_questions(
    session: Session,
    status: PurchaseStatus,
    carrier: Carrier,
    now: datetime,
    limit: int,
) -> list[Question]:
    """Take those that wait longest, for as long as the answer may take."""
    query = (
        questions_due(status, now)
        .order_by(col(PurchaseOrder.due_at), col(PurchaseOrder.id))
        .limit(limit)
        .with_for_update(of=PurchaseOrder, skip_locked=True)
    )
    questions = []
    for purchase, supplier in session.exec(query):
        purchase.due_at = now + carrier.rules.lease
        connection = connection_of(supplier, carrier.secrets, carrier.call_seconds)
        questions.append(Question(purchase.reference, connection))
    return questions
