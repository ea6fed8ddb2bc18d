"""The order's timeline. Each kind of event is a sentence the pages know how to say."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlmodel import Session

from config.upsert import table_of
from erp.orders.models import Order, OrderEvent

EventRow = dict[str, object]


def note(
    session: Session,
    order: Order,
    kind: str,
    at: datetime,
    *,
    actor: str = "system",
    **facts: object,
) -> None:
    """Add one event to an order's timeline; facts are stored as texts."""
    assert order.id is not None
    add_events(session, [event_row(order.id, kind, at, actor=actor, **facts)])


def event_row(
    order_id: int, kind: str, at: datetime, *, actor: str = "system", **facts: object
) -> EventRow:
    """An event as it is stored, for those who add many at once."""
    return {
        "order_id": order_id,
        "at": at,
        "kind": kind,
        "actor": actor,
        "facts": {name: str(fact) for name, fact in facts.items()},
    }


def add_events(session: Session, rows: Sequence[EventRow]) -> None:
    """Add events to the timelines of their orders."""
    if _TOGETHER in session.info:
        session.info[_TOGETHER].extend(rows)
    elif rows:
        session.connection().execute(_ADD, rows)


@contextmanager
def together(session: Session) -> Iterator[None]:
    """Events noted in the block are written at its end, all of them at once."""
    if _TOGETHER in session.info:
        yield
        return
    rows: list[EventRow] = []
    session.info[_TOGETHER] = rows
    try:
        yield
    finally:
        del session.info[_TOGETHER]
    add_events(session, rows)


_TOGETHER = "events noted together"


# Nobody reads an event back where it is written, and an order has twenty of them: plain
# rows cost a fraction of what objects do.
_ADD = table_of(OrderEvent).insert().inline()
