"""Takes letters' words away: those of an order that is redacted, and old ones."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select, update
from sqlmodel import Session, col

from config.upsert import table_of
from erp.fulfilment.letters.models import SupplierLetter
from erp.fulfilment.letters.words import forget
from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.set_aside.models import SetAsideReport, Standing
from erp.orders.models import OrderEvent
from erp.orders.redaction import forget_words

_EVENT = table_of(OrderEvent)


def blank_letters(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    """Blank who wrote, of what, and every word; how many letters these were."""
    letter_id = col(SupplierLetter.id)
    query = select(letter_id).where(which, col(SupplierLetter.redacted_at).is_(None))
    ids = [found or 0 for found in session.scalars(query)]
    statement = update(SupplierLetter).where(letter_id.in_(ids))
    session.execute(
        statement.values(
            sender="", subject="", text="", redacted_at=now
        ).execution_options(synchronize_session=False)
    )
    forget(session, ids)
    return len(ids)


def blank_old_letters(
    session: Session, before: datetime, now: datetime, limit: int
) -> int:
    """Blank letters received before a moment, and their words on timelines."""
    letter = SupplierLetter
    found = session.execute(
        select(col(letter.id), col(letter.purchase_order_id), col(letter.kept_at))
        .where(col(letter.redacted_at).is_(None), col(letter.received_at) <= before)
        .order_by(col(letter.received_at))
        .limit(limit)
    ).all()
    blank_letters(session, col(letter.id).in_([row.id for row in found]), now)
    _forget_notes(session, [row for row in found if row.purchase_order_id])
    return len(found)


def blank_old_reports(session: Session, before: datetime, limit: int) -> int:
    """Blank what was set aside and decided, and last heard before a moment."""
    report = SetAsideReport
    found = session.scalars(
        select(col(report.id))
        .where(
            col(report.standing) != Standing.WAITING,
            col(report.last_heard_at) <= before,
            col(report.why) != "",
        )
        .order_by(col(report.id))
        .limit(limit)
    ).all()
    statement = update(report).where(col(report.id).in_(found))
    session.execute(
        statement.values(report={}, why="").execution_options(synchronize_session=False)
    )
    return len(found)


def _forget_notes(session: Session, letters: Sequence[Any]) -> None:
    """A note was written with its letter, or later, once a human knew what it is about.

    Those go with the order's last letter.
    """
    if not letters:
        return
    orders = dict(
        session.execute(
            select(col(PurchaseOrder.id), col(PurchaseOrder.order_id)).where(
                col(PurchaseOrder.id).in_([row.purchase_order_id for row in letters])
            )
        ).all()
    )
    wrote = _EVENT.c.kind == "supplier_wrote"
    for row in letters:
        its_own = _EVENT.c.order_id == orders[row.purchase_order_id]
        forget_words(session, _EVENT, its_own & wrote & (_EVENT.c.at <= row.kept_at))
    others = exists().where(
        col(PurchaseOrder.order_id) == _EVENT.c.order_id,
        col(SupplierLetter.purchase_order_id) == col(PurchaseOrder.id),
        col(SupplierLetter.redacted_at).is_(None),
    )
    ours = _EVENT.c.order_id.in_(set(orders.values()))
    forget_words(session, _EVENT, ours & wrote & ~others)
