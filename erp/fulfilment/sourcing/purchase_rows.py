"""The rows a batch of plans turns into: each decision, and its purchase orders.

There is one for each supplier and currency. All are written at once, as plain rows.
"""

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlmodel import Session

from config.upsert import table_of
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import Decision, PurchaseOrder, PurchaseOrderLine
from erp.fulfilment.references import purchase_reference
from erp.fulfilment.sourcing.cases import RoutingCase
from erp.fulfilment.sourcing.options import Option
from erp.fulfilment.sourcing.routing import Assignment, Plan, to_record
from inventory.pricing import MILLION, shipping_cents
from inventory.rates import minor_millionths

Group = list[tuple[Assignment, int]]  # with the part of the order line it takes
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Queued:
    """A purchase order to be added, and what it is to hold."""

    case: RoutingCase
    option: Option
    row: Row
    group: Group

    @property
    def reference(self) -> str:
        return str(self.row["reference"])


@dataclass(frozen=True, slots=True)
class Batch:
    """What is decided about some orders, until all of it is stored."""

    decisions: list[Row] = field(default_factory=list)
    queued: list[Queued] = field(default_factory=list)

    def decide(self, case: RoutingCase, made: Plan, now: datetime) -> None:
        """Keep a plan with all it was chosen from."""
        outcome = made.hold.value if made.hold else "routed"
        record = to_record(made)
        if case.refusals:
            record["refusals"] = [asdict(each) for each in case.refusals]
        self.decisions.append(
            {
                "order_id": case.order.id,
                "made_at": now,
                "outcome": outcome,
                "record": record,
            }
        )

    def purchase(self, case: RoutingCase, made: Plan, now: datetime) -> list[Queued]:
        """Keep the purchase orders of a ready plan, due at once."""
        groups = enumerate(_groups(case, made), start=case.purchase_orders + 1)
        queued = [_queued(case, group, number, now) for number, group in groups]
        self.queued.extend(queued)
        return queued

    def store(self, session: Session) -> None:
        """Write everything, each kind in one statement."""
        connection = session.connection()
        if self.decisions:
            connection.execute(_DECIDE, self.decisions)
        if not self.queued:
            return
        added = connection.execute(_ADD, [each.row for each in self.queued])
        ids = {reference: purchase_id for purchase_id, reference in added}
        lines = [
            _line_row(each.case, ids[each.reference], assignment, part)
            for each in self.queued
            for assignment, part in each.group
        ]
        connection.execute(_ADD_LINE, lines)


def _queued(case: RoutingCase, group: Group, number: int, now: datetime) -> Queued:
    for assignment, _ in group:
        case.stock.take(assignment.offer_id, assignment.quantity)
    option = case.options[group[0][0].offer_id]
    return Queued(case, option, _purchase_row(case, group, number, now), group)


def _groups(case: RoutingCase, made: Plan) -> list[Group]:
    next_part = Counter({each.line.id: each.part for each in case.open_lines})
    groups: dict[tuple[str, str], Group] = {}
    for assignment in made.assignments:
        currency = case.options[assignment.offer_id].offer.currency
        group = groups.setdefault((assignment.supplier, currency), [])
        group.append((assignment, next_part[assignment.line_id]))
        next_part[assignment.line_id] += 1
    return list(groups.values())


def _purchase_row(case: RoutingCase, group: Group, number: int, now: datetime) -> Row:
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
    return {
        "reference": purchase_reference(
            case.order.channel, case.order.external_id, number
        ),
        "order_id": case.order.id,
        "supplier_id": supplier.id,
        "status": PurchaseStatus.QUEUED,
        "currency": option.offer.currency,
        "items_cost_cents": sum(
            _unit_cost_cents(case, assignment) * assignment.quantity
            for assignment, _ in group
        ),
        "order_fee_cents": supplier.order_fee_cents,
        "shipping_cost_cents": shipping or 0,
        "rate_millionths": rate_millionths,
        "rate_day": rate_day,
        "due_at": now,
        "created_at": now,
        **_UNTOUCHED,
    }


def _rate(case: RoutingCase, option: Option) -> tuple[int | None, str | None]:
    """The rate used, and its day; within one currency there is none to name."""
    if option.offer.currency == case.order.currency:
        return MILLION, None
    assert option.rate is not None, "an offer without a rate has no cost to choose by"
    row = option.rate
    millionths = minor_millionths(row.rate_millionths, row.base, row.currency)
    return millionths, row.day.isoformat()


def _line_row(
    case: RoutingCase, purchase_id: int, assignment: Assignment, part: int
) -> Row:
    return {
        "purchase_order_id": purchase_id,
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


_UNTOUCHED = {
    "attempts": 0,
    "absent_look_ups": 0,
    "note": "",
    "cancels_order": False,
    "reroutes": False,
}
_DECIDE = table_of(Decision).insert().inline()
_PURCHASE = table_of(PurchaseOrder)
_ADD = _PURCHASE.insert().returning(_PURCHASE.c.id, _PURCHASE.c.reference)
_ADD_LINE = table_of(PurchaseOrderLine).insert().inline()
