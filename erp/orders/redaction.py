"""A customer's address is taken away, and the order stays: what was sold, and when.

Of the address its country is kept, by which trade is counted and taxed. A part of a
postal code would be no use to anybody here, and in a small place it names a house.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, select, update
from sqlmodel import Session, col

from config.upsert import table_of
from erp.orders.history import add_events, event_row
from erp.orders.models import Contact, Hold, Order, OrderEvent
from erp.orders.names import renew

# What comes in later about such an order can be read for so long: a supplier's letter
# is to be answered, a return to be settled.
LATE = timedelta(days=30)
WORDS = frozenset({"note", "detail"})  # facts in somebody else's words
KEPT = frozenset({"id", "country", "redacted_at", "redact_again_at"})
_CONTACT, _ORDER = table_of(Contact), table_of(Order)
_EVENT, _HOLD = table_of(OrderEvent), table_of(Hold)
BLANKED = tuple(column.name for column in _CONTACT.c if column.name not in KEPT)


def redact_contacts(
    session: Session, orders: Sequence[Order], now: datetime, *, by: str
) -> frozenset[str]:
    """Blank who the customers were and what is kept to find them by; what was blanked.

    Done again, it takes away what has come in since.
    """
    ids = [order.id or 0 for order in orders]
    taken: set[str] = set()
    fresh = []
    for contact in _contacts(session, orders):
        taken |= {getattr(contact, name) for name in BLANKED}
        fresh += [contact.id] if contact.redacted_at is None else []
        _blank(session, contact, now)
    for order in orders:
        order.email_key = order.door_key = None
    forget_words(session, _EVENT, _EVENT.c.order_id.in_(ids))
    forget_words(session, _HOLD, _HOLD.c.order_id.in_(ids))
    add_events(
        session,
        [
            event_row(order.id or 0, "contact_redacted", now, actor=by)
            for order in orders
            if order.contact_id in fresh
        ],
    )
    session.flush()
    return frozenset(taken - {""})


def forget_words(session: Session, table: Table, which: ColumnElement[bool]) -> None:
    """Take somebody else's words out of the facts of events, or of holds."""
    found = session.connection().execute(select(table.c.id, table.c.facts).where(which))
    rows = [
        {"row": row.id, "left": _without_words(row.facts)}
        for row in found
        if not WORDS.isdisjoint(row.facts)
    ]
    if rows:
        keeps = {"facts": bindparam("left", type_=table.c.facts.type)}
        statement = table.update().where(table.c.id == bindparam("row"))
        session.connection().execute(statement.values(keeps), rows)


def heard_late(session: Session, order_ids: Collection[int], now: datetime) -> None:
    """Something new may name the customer: where that was taken away, it will be again.

    Does nothing for orders whose address is still here.
    """
    if not order_ids:
        return
    theirs = select(_ORDER.c.contact_id).where(_ORDER.c.id.in_(order_ids))
    session.execute(
        update(Contact)
        .where(
            col(Contact.id).in_(theirs),
            col(Contact.redacted_at).is_not(None),
            col(Contact.redact_again_at).is_(None),
        )
        .values(redact_again_at=now + LATE)
        .execution_options(synchronize_session=False)
    )


def redacted_among(session: Session, order_ids: Collection[int]) -> frozenset[int]:
    """Those orders whose customer's address was taken away."""
    query = (
        select(_ORDER.c.id)
        .join(_CONTACT, _CONTACT.c.id == _ORDER.c.contact_id)
        .where(_ORDER.c.id.in_(order_ids), _CONTACT.c.redacted_at.is_not(None))
    )
    return frozenset(session.scalars(query))


def _contacts(session: Session, orders: Sequence[Order]) -> Sequence[Contact]:
    """As they are now, whatever this session read before."""
    ids = sorted({order.contact_id for order in orders})
    query = select(Contact).where(col(Contact.id).in_(ids)).order_by(col(Contact.id))
    query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).all()


def _blank(session: Session, contact: Contact, now: datetime) -> None:
    for name in BLANKED:
        setattr(contact, name, "")
    contact.redacted_at = contact.redacted_at or now
    contact.redact_again_at = None
    renew(session, contact)


def _without_words(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: fact for name, fact in facts.items() if name not in WORDS}
