"""Earlier orders of the same customer that may be an order over again."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlmodel import Session

from config.upsert import table_of
from erp.orders.guards import Customer, Items, Rival
from erp.orders.lifecycle import OrderStatus
from erp.orders.likeness import Likeness
from erp.orders.models import Contact, Order

_ORDER, _CONTACT = table_of(Order), table_of(Contact)
CUSTOMER = [
    _CONTACT.c.email,
    _CONTACT.c.name.label("contact"),
    _CONTACT.c.address1,
    _CONTACT.c.city,
    _CONTACT.c.postal_code,
    _CONTACT.c.country,
]
MOST_CANDIDATES = 2_000  # the newest: a second order follows the first within hours


@dataclass(frozen=True, slots=True)
class Suspect:
    """An order somebody alike may have placed before."""

    order_id: int
    placed_at: datetime
    customer: Customer
    items: Items
    likeness: Likeness

    @property
    def keys(self) -> tuple[int, ...]:
        both = self.likeness.email_key, self.likeness.door_key
        return tuple(key for key in both if key is not None)


def customer_of(row: Any) -> Customer:
    return Customer(
        row.email, row.contact, row.address1, row.city, row.postal_code, row.country
    )


def rivals_of(
    session: Session, suspects: Sequence[Suspect], window: timedelta
) -> dict[int, tuple[Rival, ...]]:
    """For each order the last one before it with the same customer, items and price."""
    alike: dict[int, list[Any]] = defaultdict(list)
    for row in _candidates(session, suspects, window):  # the newest first
        alike[row.email_key].append(row)
        alike[row.door_key].append(row)
    return {
        each.order_id: tuple(
            Rival(row.order_name, row.placed_at, customer_of(row), each.items)
            for row in _before(each, alike)
        )
        for each in suspects
    }


def _before(suspect: Suspect, alike: Mapping[int, Sequence[Any]]) -> Iterator[Any]:
    """The last earlier one by e-mail address, and the last by door."""
    moment = suspect.placed_at, suspect.order_id
    for key in suspect.keys:
        rows = alike.get(key, ())
        earlier = (row for row in rows if (row.placed_at, row.id) < moment)
        yield from [row for row in [next(earlier, None)] if row is not None]


def _candidates(
    session: Session, suspects: Sequence[Suspect], window: timedelta
) -> Sequence[Any]:
    moments = [each.placed_at for each in suspects]
    asked = {
        "emails": [each.likeness.email_key for each in suspects],
        "doors": [each.likeness.door_key for each in suspects],
        "since": min(moments) - window,
        "until": max(moments),
        "most": MOST_CANDIDATES,
    }
    return session.connection().execute(_ALIKE, asked).all()


# Built once: for a single order, building a statement costs more than running it.
_ALIKE = (
    select(
        _ORDER.c.id,
        _ORDER.c.name.label("order_name"),
        _ORDER.c.placed_at,
        _ORDER.c.email_key,
        _ORDER.c.door_key,
        *CUSTOMER,
    )
    .join(_CONTACT, _CONTACT.c.id == _ORDER.c.contact_id)
    .where(
        or_(
            _ORDER.c.email_key.in_(bindparam("emails", expanding=True)),
            _ORDER.c.door_key.in_(bindparam("doors", expanding=True)),
        ),
        _ORDER.c.placed_at.between(bindparam("since"), bindparam("until")),
        _ORDER.c.status != OrderStatus.CANCELLED,
        _ORDER.c.cancelled_at.is_(None),
    )
    .order_by(_ORDER.c.placed_at.desc(), _ORDER.c.id.desc())
    .limit(bindparam("most"))
)
