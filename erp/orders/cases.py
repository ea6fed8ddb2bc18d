"""Orders waiting to be checked, with all facts the guards ask for, read set by set."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from config.upsert import table_of
from erp.orders.guards import Facts, GuardPolicy, LineFacts, OrderFacts, Rival
from erp.orders.lifecycle import HoldReason, LineStatus, NextStep, OrderStatus
from erp.orders.likeness import Likeness, items_of
from erp.orders.models import Contact, Hold, Order, OrderLine
from erp.orders.profit import OfferTerms
from erp.orders.resolving import resolve_skus
from erp.orders.rivals import CUSTOMER, Suspect, customer_of, rivals_of
from inventory.models import Offer
from inventory.pricing import Rate, convert, part_cents
from inventory.rates import Pair, newest_rates
from suppliers.models import Supplier

UNTOUCHED = frozenset({LineStatus.OPEN, LineStatus.CANCELLED})
OpenHolds = dict[HoldReason, tuple[int, Facts]]  # a hold's id and facts, by reason

_ORDER, _CONTACT = table_of(Order), table_of(Contact)
_LINE, _HOLD = table_of(OrderLine), table_of(Hold)
_OFFER, _SUPPLIER = table_of(Offer), table_of(Supplier)
ORDER = [
    _ORDER.c[name]
    for name in (
        "id",
        "channel",
        "status",
        "payment",
        "risk",
        "fulfilment",
        "currency",
        "email_key",
        "door_key",
        "shipping_cents",
        "placed_at",
        "paid_at",
        "cancelled_at",
    )
]
TERMS = [
    _SUPPLIER.c.code,
    _SUPPLIER.c.currency.label("terms_currency"),
    _SUPPLIER.c.order_fee_cents,
    _SUPPLIER.c.shipping_first_cents,
    _SUPPLIER.c.shipping_extra_cents,
]


@dataclass(frozen=True, slots=True)
class Case:
    """One order to judge, and how it stands."""

    order_id: int
    facts: OrderFacts
    status: OrderStatus
    line_statuses: tuple[LineStatus, ...]
    open_holds: OpenHolds


@dataclass(frozen=True, slots=True)
class _Market:
    """Live offers by product, in their own currency, and the rates to others."""

    offers: Mapping[int, Sequence[Any]]
    rates: Mapping[Pair, Rate]

    def terms(self, product_id: int | None, currency: str) -> tuple[OfferTerms, ...]:
        rows = self.offers.get(product_id, ()) if product_id is not None else ()
        return tuple(self._terms(row, currency) for row in rows)

    def _terms(self, row: Any, currency: str) -> OfferTerms:
        goods = self.rates.get((row.currency, currency))
        fees = self.rates.get((row.terms_currency, currency))
        return OfferTerms(
            supplier=row.code,
            unit_cost_cents=convert(row.unit_cost_cents, goods),
            order_fee_cents=_fee(row.order_fee_cents, fees),
            first_item_shipping_cents=_fee(row.shipping_first_cents, fees),
            extra_item_shipping_cents=_fee(row.shipping_extra_cents, fees),
        )


def waiting_cases(
    session: Session,
    policy: GuardPolicy,
    now: datetime,
    limit: int,
    *,
    only: int | None = None,
) -> list[Case]:
    """The orders that wait longest, locked; on PostgreSQL other checkers skip them.

    With `only` it is that order, if it waits.
    """
    orders = _waiting_orders(session, limit, only)
    if not orders:
        return []
    ids = [order.id for order in orders]
    lines = _lines(session, ids)
    products = _products(lines) | resolve_skus(session, orders, lines)
    market = _market(session, orders, set(products.values()), now.date())
    open_holds, waived = _holds(session, ids)
    suspects = {order.id: _suspect(order, lines[order.id]) for order in orders}
    rivals = rivals_of(session, list(suspects.values()), policy.duplicate_window)
    return [
        _case(
            order,
            lines[order.id],
            _line_facts(lines[order.id], order.currency, products, market),
            suspects[order.id],
            rivals=rivals[order.id],
            waived=waived[order.id],
            open_holds=open_holds[order.id],
        )
        for order in orders
    ]


def _case(
    order: Any,
    lines: Sequence[Any],
    line_facts: tuple[LineFacts, ...],
    suspect: Suspect,
    *,
    rivals: tuple[Rival, ...],
    waived: set[HoldReason],
    open_holds: OpenHolds,
) -> Case:
    facts = OrderFacts(
        payment=order.payment.value,
        risk=order.risk.value if order.risk else None,
        currency=order.currency,
        shipping_cents=order.shipping_cents,
        placed_at=order.placed_at,
        paid_at=order.paid_at,
        cancelled_at=order.cancelled_at,
        customer=suspect.customer,
        lines=line_facts,
        is_started=any(line.status not in UNTOUCHED for line in lines),
        items=suspect.items,
        rivals=rivals,
        waived=frozenset(waived),
        fulfilment=order.fulfilment.value if order.fulfilment else None,
    )
    statuses = tuple(line.status for line in lines)
    return Case(order.id, facts, order.status, statuses, open_holds)


def _waiting_orders(session: Session, limit: int, only: int | None) -> Sequence[Any]:
    waiting = _WAITING if only is None else _WAITING.where(_ORDER.c.id == only)
    return session.connection().execute(waiting, {"most": limit}).all()


def _lines(session: Session, order_ids: list[int]) -> dict[int, list[Any]]:
    lines: dict[int, list[Any]] = defaultdict(list)
    for line in session.connection().execute(_LINES, {"orders": order_ids}):
        lines[line.order_id].append(line)
    return lines


def _products(lines: Mapping[int, Sequence[Any]]) -> dict[int, int]:
    """The product of each line that has one."""
    return {
        line.id: line.product_id
        for group in lines.values()
        for line in group
        if line.product_id is not None
    }


def _market(
    session: Session, orders: Sequence[Any], product_ids: set[int], day: date
) -> _Market:
    offers: dict[int, list[Any]] = defaultdict(list)
    currencies = set()
    for row in session.connection().execute(_LIVE, {"products": list(product_ids)}):
        offers[row.product_id].append(row)
        currencies |= {row.currency, row.terms_currency}
    targets = {order.currency for order in orders}
    return _Market(offers, newest_rates(session, currencies, targets, day))


def _holds(
    session: Session, order_ids: list[int]
) -> tuple[dict[int, OpenHolds], dict[int, set[HoldReason]]]:
    """Open holds and waived reasons, by order."""
    open_holds: dict[int, OpenHolds] = defaultdict(dict)
    waived: dict[int, set[HoldReason]] = defaultdict(set)
    for row in session.connection().execute(_HOLDS, {"orders": order_ids}):
        if row.is_waived:
            waived[row.order_id].add(row.reason)
        elif row.closed_at is None:
            open_holds[row.order_id][row.reason] = (row.id, row.facts)
    return open_holds, waived


def _line_facts(
    lines: Sequence[Any], currency: str, products: Mapping[int, int], market: _Market
) -> tuple[LineFacts, ...]:
    """What is still to be bought; of a line's discount, these units' share."""
    return tuple(
        LineFacts(
            sku=line.sku,
            is_known=line.id in products,
            quantity=left,
            unit_price_cents=line.unit_price_cents,
            discount_cents=part_cents(line.discount_cents, left, of=line.quantity),
            named_supplier=line.named_supplier,
            offers=market.terms(products.get(line.id), currency),
        )
        for line in lines
        if line.status is LineStatus.OPEN
        and (left := line.quantity - line.cancelled_quantity) > 0
    )


def _suspect(order: Any, lines: Sequence[Any]) -> Suspect:
    return Suspect(
        order_id=order.id,
        placed_at=order.placed_at,
        customer=customer_of(order),
        items=items_of((line.sku, line.quantity) for line in lines),
        likeness=Likeness(order.email_key, order.door_key),
    )


def _fee(cents: int, rate: Rate | None) -> int | None:
    """Nothing is nothing in every currency."""
    return convert(cents, rate) if cents else 0


# Built once: for a single order, building a statement costs more than running it.
_WAITING = (
    select(*ORDER, *CUSTOMER)
    .join(_CONTACT, _CONTACT.c.id == _ORDER.c.contact_id)
    .where(_ORDER.c.next_step == NextStep.CHECK)
    .order_by(_ORDER.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=_ORDER, skip_locked=True)
)
_LINES = (
    select(_LINE)
    .where(_LINE.c.order_id.in_(bindparam("orders", expanding=True)))
    .order_by(_LINE.c.order_id, _LINE.c.position)
)
_LIVE = (
    select(_OFFER, *TERMS)
    .join(_SUPPLIER, _SUPPLIER.c.id == _OFFER.c.supplier_id)
    .where(
        _OFFER.c.product_id.in_(bindparam("products", expanding=True)),
        _OFFER.c.is_listed,
    )
    .order_by(_OFFER.c.id)
)
_HOLDS = (
    select(_HOLD)
    .where(_HOLD.c.order_id.in_(bindparam("orders", expanding=True)))
    .order_by(_HOLD.c.id)
)
