"""The purchase orders a plan turns into: one for each supplier and currency."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from config.upsert import table_of
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine
from erp.fulfilment.references import purchase_reference
from erp.fulfilment.sourcing.cases import RoutingCase
from erp.fulfilment.sourcing.options import Option
from erp.fulfilment.sourcing.routing import Assignment, Plan
from inventory.pricing import MILLION, shipping_cents
from inventory.rates import minor_millionths

Group = list[tuple[Assignment, int]]  # with the part of the order line it takes


@dataclass(frozen=True, slots=True)
class Queued:
    """A purchase order that was added, and what it is to hold."""

    case: RoutingCase
    option: Option
    purchase: PurchaseOrder
    group: Group


def queue_purchases(
    session: Session, case: RoutingCase, made: Plan, now: datetime
) -> list[Queued]:
    """Add the purchase orders of a ready plan, due at once; `add_lines` fills them."""
    queued = []
    groups = _groups(case, made)
    for number, group in enumerate(groups, start=case.purchase_orders + 1):
        purchase = _purchase_order(case, group, number, now)
        session.add(purchase)
        for assignment, _ in group:
            case.stock.take(assignment.offer_id, assignment.quantity)
        option = case.options[group[0][0].offer_id]
        queued.append(Queued(case, option, purchase, group))
    return queued


def add_lines(session: Session, queued: Iterable[Queued]) -> None:
    """Fill the purchase orders of a whole batch: all of them get their ids at once."""
    session.flush()
    rows = [
        _line(each.case, each.purchase, assignment, part)
        for each in queued
        for assignment, part in each.group
    ]
    if rows:
        session.connection().execute(table_of(PurchaseOrderLine).insert(), rows)


def _groups(case: RoutingCase, made: Plan) -> list[Group]:
    next_part = Counter({each.line.id: each.part for each in case.open_lines})
    groups: dict[tuple[str, str], Group] = {}
    for assignment in made.assignments:
        currency = case.options[assignment.offer_id].offer.currency
        group = groups.setdefault((assignment.supplier, currency), [])
        group.append((assignment, next_part[assignment.line_id]))
        next_part[assignment.line_id] += 1
    return list(groups.values())


def _purchase_order(
    case: RoutingCase, group: Group, number: int, now: datetime
) -> PurchaseOrder:
    option = case.options[group[0][0].offer_id]
    supplier = option.supplier
    assert case.order.id is not None
    assert supplier.id is not None
    shipping = shipping_cents(
        sum(assignment.quantity for assignment, _ in group),
        first_item_cents=supplier.shipping_first_cents,
        extra_item_cents=supplier.shipping_extra_cents,
    )
    rate_millionths, rate_day = _rate(case, option)
    return PurchaseOrder(
        reference=purchase_reference(
            case.order.channel, case.order.external_id, number
        ),
        order_id=case.order.id,
        supplier_id=supplier.id,
        status=PurchaseStatus.QUEUED,
        currency=option.offer.currency,
        items_cost_cents=sum(
            _unit_cost_cents(case, assignment) * assignment.quantity
            for assignment, _ in group
        ),
        order_fee_cents=supplier.order_fee_cents,
        shipping_cost_cents=shipping or 0,
        rate_millionths=rate_millionths,
        rate_day=rate_day,
        due_at=now,
        created_at=now,
    )


def _rate(case: RoutingCase, option: Option) -> tuple[int | None, str | None]:
    """The rate used, and its day; within one currency there is none to name."""
    if option.offer.currency == case.order.currency:
        return MILLION, None
    assert option.rate is not None, "an offer without a rate has no cost to choose by"
    row = option.rate
    millionths = minor_millionths(row.rate_millionths, row.base, row.currency)
    return millionths, row.day.isoformat()


def _line(
    case: RoutingCase, purchase: PurchaseOrder, assignment: Assignment, part: int
) -> dict[str, object]:
    return {
        "purchase_order_id": purchase.id,
        "order_line_id": assignment.line_id,
        "offer_id": assignment.offer_id,
        "part": part,
        "is_live": True,
        "supplier_sku": assignment.supplier_sku,
        "quantity": assignment.quantity,
        "unit_cost_cents": _unit_cost_cents(case, assignment),
    }


def _unit_cost_cents(case: RoutingCase, assignment: Assignment) -> int:
    """In the supplier's currency; what has no cost is never chosen."""
    cost = case.options[assignment.offer_id].offer.unit_cost_cents
    assert cost is not None
    return cost
