"""Earlier orders of the same customer that may be an order over again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import Session

from config.upsert import table_of
from erp.orders.guards import Customer, Items, Rival
from erp.orders.lifecycle import OrderStatus
from erp.orders.models import Contact, Order, OrderLine

_ORDER, _CONTACT, _LINE = table_of(Order), table_of(Contact), table_of(OrderLine)
CUSTOMER = [
    _CONTACT.c.email,
    _CONTACT.c.name.label("contact"),
    _CONTACT.c.address1,
    _CONTACT.c.city,
    _CONTACT.c.postal_code,
    _CONTACT.c.country,
]
FEW_SPANS = 100  # of time in one query; more are joined into one long one
MOST_CANDIDATES = 2_000  # the newest: a second order follows the first within hours


@dataclass(frozen=True, slots=True)
class Suspect:
    """An order somebody alike may have placed before."""

    order_id: int
    placed_at: datetime
    subtotal_cents: int
    customer: Customer
    items: Items


def customer_of(row: Any) -> Customer:
    return Customer(
        row.email, row.contact, row.address1, row.city, row.postal_code, row.country
    )


def rivals_of(
    session: Session, suspects: Sequence[Suspect], window: timedelta
) -> dict[int, tuple[Rival, ...]]:
    """For each order the last one before it with the same customer, items and price."""
    found = _candidates(session, suspects, window)
    items = _items(session, found, {each.order_id: each.items for each in suspects})
    alike: dict[tuple[object, Items], list[Any]] = defaultdict(list)
    for row in found:  # the newest first
        for key in customer_of(row).marks():
            alike[key, items[row.id]].append(row)
    return {
        each.order_id: tuple(
            Rival(row.order_name, row.placed_at, customer_of(row), each.items)
            for row in _before(each, alike)
        )
        for each in suspects
    }


def _before(
    suspect: Suspect, alike: Mapping[tuple[object, Items], Sequence[Any]]
) -> Iterator[Any]:
    """The last earlier one by e-mail address, and the last by door."""
    moment = suspect.placed_at, suspect.order_id
    for key in suspect.customer.marks():
        rows = alike.get((key, suspect.items), ())
        earlier = (row for row in rows if (row.placed_at, row.id) < moment)
        yield from [row for row in [next(earlier, None)] if row is not None]


def _candidates(
    session: Session, suspects: Sequence[Suspect], window: timedelta
) -> Sequence[Any]:
    emails = {each.customer.email for each in suspects} - {""}
    streets = {each.customer.address1 for each in suspects} - {""}
    query = (
        select(
            _ORDER.c.id,
            _ORDER.c.name.label("order_name"),
            _ORDER.c.placed_at,
            *CUSTOMER,
        )
        .join(_CONTACT, _CONTACT.c.id == _ORDER.c.contact_id)
        .where(
            or_(*_spans([each.placed_at for each in suspects], window)),
            _ORDER.c.subtotal_cents.in_({each.subtotal_cents for each in suspects}),
            or_(_CONTACT.c.email.in_(emails), _CONTACT.c.address1.in_(streets)),
            _ORDER.c.status != OrderStatus.CANCELLED,
            _ORDER.c.cancelled_at.is_(None),
        )
        .order_by(_ORDER.c.placed_at.desc(), _ORDER.c.id.desc())
        .limit(MOST_CANDIDATES)
    )
    return session.connection().execute(query).all()


def _spans(moments: Iterable[datetime], window: timedelta) -> list[ColumnElement[bool]]:
    """The stretches of time before the moments, overlapping ones joined."""
    spans: list[tuple[datetime, datetime]] = []
    for moment in sorted(moments):
        if spans and moment - window <= spans[-1][1]:
            spans[-1] = spans[-1][0], moment
        else:
            spans.append((moment - window, moment))
    if len(spans) > FEW_SPANS:
        spans = [(spans[0][0], spans[-1][1])]
    placed_at = _ORDER.c.placed_at
    return [and_(placed_at >= start, placed_at <= end) for start, end in spans]


def _items(
    session: Session, found: Iterable[Any], known: Mapping[int, Items]
) -> dict[int, Items]:
    """What each candidate ordered; for those being checked that is known."""
    others = sorted({row.id for row in found} - known.keys())
    items: dict[int, list[tuple[str, int]]] = defaultdict(list)
    if others:
        query = select(_LINE.c.order_id, _LINE.c.sku, _LINE.c.quantity).where(
            _LINE.c.order_id.in_(others)
        )
        for order_id, sku, quantity in session.connection().execute(query):
            items[order_id].append((sku, quantity))
    return {**known, **{order_id: tuple(sorted(x)) for order_id, x in items.items()}}
