"""Questions to suppliers about purchase orders they may already have."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import bindparam
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from config.database import Sessions
from erp.fulfilment.forwarding.caller import NOT_APPLICABLE, Caller, until_told
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from suppliers.allowances import Grant, Told, grant, listen, resting, told
from suppliers.connections import connection_of
from suppliers.errors import Garbled, SupplierError
from suppliers.models import Supplier
from suppliers.registry import Connection

log = logging.getLogger(__name__)

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Question:
    """One call to make about a purchase order."""

    reference: str
    connection: Connection
    counts: bool = False  # what it comes to is to be told: see suppliers.allowances
    is_probe: bool = False


def questions_due(status: PurchaseStatus) -> SelectOfScalar[PurchaseOrder]:
    """Purchase orders in this status whose supplier may be asked at parameter `now`."""
    return (
        select(PurchaseOrder)
        .join(Supplier, col(Supplier.id) == col(PurchaseOrder.supplier_id))
        .where(
            col(PurchaseOrder.status) == status,
            col(PurchaseOrder.due_at) <= bindparam("now"),
            col(Supplier.kind).is_not(None),
            col(Supplier.id).not_in(resting()),
        )
    )


def claim_questions(
    session: Session,
    status: PurchaseStatus,
    caller: Caller,
    now: datetime,
    limit: int,
) -> list[Question]:
    """Take those that wait longest, for as long as the answer may take."""
    query = (
        questions_due(status)
        .order_by(col(PurchaseOrder.due_at), col(PurchaseOrder.id))
        .limit(limit)
        .with_for_update(of=PurchaseOrder, skip_locked=True)
    )
    due = session.exec(query, params={"now": now}).all()
    wanted = Counter(purchase.supplier_id for purchase in due)
    lease = caller.rules.lease
    grants = grant(session, wanted, now, lease) if wanted else {}
    left = {supplier: each.calls for supplier, each in grants.items()}
    questions = []
    for purchase in due:
        if left[purchase.supplier_id] > 0:
            left[purchase.supplier_id] -= 1
            purchase.due_at = now + lease
            questions.append(_question(purchase, grants[purchase.supplier_id], caller))
    return questions


def told_by(question: Question, answer: object, caller: Caller, now: datetime) -> Told:
    """What the answer to a question says of the supplier."""
    return told(
        question.connection.supplier_id,
        answer,
        until_told(answer, caller, now),
        counts=question.counts,
        is_probe=question.is_probe,
    )


def keep(
    sessions: Sessions,
    question: Question,
    answer: A | SupplierError,
    caller: Caller,
    record: Callable[[Session, Question, A | SupplierError, Caller, datetime], None],
) -> None:
    """Write an answer down; one that cannot be applied says nothing, like a failure."""
    try:
        with sessions.writing() as session:
            now = caller.clock()
            record(session, question, answer, caller, now)
            listen(session, [told_by(question, answer, caller, now)], now)
    except NOT_APPLICABLE as error:
        if isinstance(answer, SupplierError):
            raise
        log.exception("not applied reference=%s", question.reference)
        detail = f"cannot be applied: {type(error).__name__}"
        unfit = Garbled(question.connection.code, detail)
        keep(sessions, question, unfit, caller, record)


def _question(purchase: PurchaseOrder, granted: Grant, caller: Caller) -> Question:
    return Question(
        purchase.reference,
        connection_of(granted.supplier, caller.secrets, caller.call_seconds),
        granted.counts,
        granted.is_probe,
    )
