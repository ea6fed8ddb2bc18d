"""The order's timeline. Each kind of event is a sentence the pages know how to say."""

from datetime import datetime

from sqlmodel import Session

from config.upsert import table_of
from erp.orders.models import Order, OrderEvent


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
    session.connection().execute(
        _ADD,
        {
            "order_id": order.id,
            "at": at,
            "kind": kind,
            "actor": actor,
            "facts": {name: str(fact) for name, fact in facts.items()},
        },
    )


# Nobody reads an event back where it is written, and an order has twenty of them: plain
# rows cost a fraction of what objects do.
_ADD = table_of(OrderEvent).insert().inline()
