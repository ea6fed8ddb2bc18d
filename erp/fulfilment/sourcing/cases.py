"""Orders as routing cases: open lines, revenue, what is spent, who may deliver.

Read set by set for a whole batch, never order by order.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, bindparam
from sqlmodel import Session, col, select

from erp.fulfilment.models import (
    PurchaseOrder,
)
from erp.fulfilment.sourcing.candidates import Wanted, WantedLine
from erp.fulfilment.sourcing.options import Option, Options, load_options
from erp.fulfilment.sourcing.past import Had, Refused, had_by_line
from erp.orders.lifecycle import LineStatus
from erp.orders.models import Contact, Order, OrderLine
from erp.orders.revenue import kept_units, order_revenue_cents
from inventory.pricing import MILLION, Rate, convert

UNSHIPPED = frozenset({LineStatus.OPEN, LineStatus.ALLOCATED})


@dataclass(frozen=True, slots=True)
class OpenLine:
    """Units of an order line that no supplier has been asked for."""

    line: OrderLine
    quantity: int
    part: int  # of the purchase order line to come


@dataclass(frozen=True, slots=True)
class RoutingCase:
    """One order, ready for the decision."""

    order: Order
    open_lines: tuple[OpenLine, ...]
    wanted: Wanted
    options: dict[int, Option]  # by offer id
    stock: Options  # of the whole batch
    purchase_orders: int  # how many the order has had
    refusals: tuple[Refused, ...]


def routing_cases(
    session: Session,
    orders: Sequence[Order],
    now: datetime,
    *,
    stale_after: timedelta,
    buffer: int,
    as_if_ended: int | None = None,
) -> Iterator[RoutingCase]:
    """One case for each order, in the order given; what one takes, the next lacks.

    `as_if_ended` is a live purchase order that is to be thought away.
    """
    ids = [order.id for order in orders]
    lines = _lines_by_order(session, ids)
    had = had_by_line(session, ids, as_if_ended)
    countries = _countries(session, orders)
    options = load_options(
        session,
        orders,
        (line.product_id for each in lines.values() for line in each),
        now,
        stale_after=stale_after,
        buffer=buffer,
    )
    for order in orders:
        own = lines[order.id or 0]
        yield _case(order, own, had, options, countries[order.contact_id])


def _case(
    order: Order,
    lines: list[OrderLine],
    had: dict[int, list[Had]],
    stock: Options,
    country: str,
) -> RoutingCase:
    every = [h for line in lines for h in had[line.id or 0]]
    open_lines = tuple(_open_lines(lines, had))
    wanted = Wanted(
        lines=tuple(_wanted(each, had[each.line.id or 0]) for each in open_lines),
        country=country,
        revenue_cents=order_revenue_cents(order, lines),
        spent_cents=sum(spent_cents(p) for p in _live_purchases(every)),
    )
    return RoutingCase(
        order=order,
        open_lines=open_lines,
        wanted=wanted,
        options={
            option.candidate.offer_id: option
            for option in stock.for_order(order, (line.product_id for line in lines))
        },
        stock=stock,
        purchase_orders=len({h.purchase.id for h in every}),
        refusals=tuple(
            Refused(each.line.id or 0, h.supplier_code, h.purchase.reference, why)
            for each in open_lines
            for h in had[each.line.id or 0]
            if (why := h.refusal)
        ),
    )


def _open_lines(
    lines: list[OrderLine], had: dict[int, list[Had]]
) -> Iterable[OpenLine]:
    for line in lines:
        if line.status not in UNSHIPPED:
            continue
        live = [h for h in had[line.id or 0] if h.is_live]
        missing = kept_units(line) - sum(h.units for h in had[line.id or 0])
        if missing > 0:
            part = max((h.line.part for h in live), default=-1) + 1
            yield OpenLine(line, missing, part)


def _wanted(each: OpenLine, had: list[Had]) -> WantedLine:
    assert each.line.id is not None
    return WantedLine(
        line_id=each.line.id,
        sku=str(each.line.product_id),
        quantity=each.quantity,
        named_supplier=each.line.named_supplier,
        refused_suppliers=frozenset(h.supplier_code for h in had if h.refusal),
    )


def _live_purchases(had: list[Had]) -> list[PurchaseOrder]:
    return list({h.purchase.id: h.purchase for h in had if h.is_live}.values())


def spent_cents(purchase: PurchaseOrder) -> int:
    """In the order's currency; a live purchase order always knew its rate."""
    cents = (
        purchase.items_cost_cents
        + purchase.order_fee_cents
        + purchase.shipping_cost_cents
    )
    rate = Rate(purchase.rate_millionths or MILLION, MILLION)
    return convert(cents, rate) or 0


def _lines_by_order(
    session: Session, ids: list[int | None]
) -> dict[int, list[OrderLine]]:
    found: dict[int, list[OrderLine]] = defaultdict(list)
    for line in session.exec(_LINES, params={"ids": ids}):
        found[line.order_id].append(line)
    return found


def _countries(session: Session, orders: Sequence[Order]) -> dict[int, str]:
    ids = [order.contact_id for order in orders]
    found = session.exec(_COUNTRIES, params={"ids": ids})
    return {contact_id or 0: country for contact_id, country in found}


# Built once: for a single order, building a statement costs more than running it.
_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_LINES = (
    select(OrderLine)
    .where(col(OrderLine.order_id).in_(_IDS))
    .order_by(col(OrderLine.id))
)
_COUNTRIES = select(Contact.id, Contact.country).where(col(Contact.id).in_(_IDS))
