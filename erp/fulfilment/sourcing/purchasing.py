"""Turns checked orders into purchase orders: decide, store why, queue them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from config.database import Sessions
from config.options import Guards, Routing
from erp.fulfilment.progress import refresh_orders
from erp.fulfilment.sourcing.candidates import Parcels, Policy
from erp.fulfilment.sourcing.cases import RoutingCase, routing_cases
from erp.fulfilment.sourcing.purchase_rows import Batch
from erp.fulfilment.sourcing.routing import Plan, plan
from erp.orders.guards import Facts, margin_facts
from erp.orders.history import note, together
from erp.orders.holds import counted, hold, open_holds, release
from erp.orders.lifecycle import HoldReason, NextStep, OrderStatus
from erp.orders.models import Hold, Order, OrderLine
from erp.orders.sparing import spare_the_others
from inventory.models import Offer

LONGEST_BATCH_SECONDS = 2.0  # of one transaction, and at most one order more
# What a later look at the offers may cure by itself.
RETRIED = frozenset(
    {
        HoldReason.NO_OFFER,
        HoldReason.SUPPLIER_PAUSED,
        HoldReason.SHORTFALL,
        HoldReason.NAMED_SUPPLIER_UNAVAILABLE,
        HoldReason.NO_OTHER_SUPPLIER,
        HoldReason.SINGLE_PARCEL_IMPOSSIBLE,
        HoldReason.COST_UNKNOWN,
    }
)


@dataclass(frozen=True, slots=True)
class RoutingRules:
    """What the store allows when it chooses a supplier."""

    stale_after: timedelta
    parcels: Parcels
    allow_split: bool
    buffer: int
    min_margin_bp: int

    @classmethod
    def of(cls, routing: Routing, guards: Guards) -> "RoutingRules":
        return cls(
            stale_after=timedelta(hours=routing.stale_after_hours),
            parcels=Parcels(routing.single_parcel),
            allow_split=routing.allow_split,
            buffer=routing.stock_buffer,
            min_margin_bp=guards.min_margin_percent * 100,
        )


def route_some(
    sessions: Sessions, rules: RoutingRules, now: datetime, *, limit: int = 100
) -> int:
    """Route up to `limit` orders in one transaction; how many there were.

    One that cannot be routed is held, and the others go on. Hard ones may take long:
    then the batch ends early, since everybody waits for its transaction.
    """

    def route(only: int | None) -> int:
        with sessions.writing() as session, together(session):
            return _route_batch(session, _due_orders(session, limit, only), rules, now)

    return spare_the_others(sessions, NextStep.ROUTE, route, now, limit=limit)


def retry_held(
    session: Session, now: datetime, *, offered_by: int | None = None
) -> int:
    """Look again at orders that wait for stock, a cost or an offer; how many.

    With `offered_by` only at those with a product which that supplier offers.
    """
    others = select(Hold.order_id).where(
        col(Hold.closed_at).is_(None), col(Hold.reason).not_in(RETRIED)
    )
    query = select(Order).where(
        col(Order.status) == OrderStatus.HELD,
        col(Order.next_step).is_(None),
        col(Order.id).not_in(others),
    )
    if offered_by is not None:
        query = query.where(col(Order.id).in_(_with_offers_of(offered_by)))
    orders = session.exec(query).all()
    for order in orders:
        order.next_step = NextStep.ROUTE
    return len(orders)


def _with_offers_of(supplier_id: int) -> SelectOfScalar[int]:
    return (
        select(OrderLine.order_id)
        .join(Offer, col(Offer.product_id) == col(OrderLine.product_id))
        .where(col(Offer.supplier_id) == supplier_id)
    )


def _due_orders(session: Session, limit: int, only: int | None) -> Sequence[Order]:
    query = (
        select(Order)
        .where(col(Order.next_step) == NextStep.ROUTE)
        .order_by(col(Order.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if only is not None:
        query = query.where(col(Order.id) == only)
    return session.exec(query).all()


def _route_batch(
    session: Session, orders: Sequence[Order], rules: RoutingRules, now: datetime
) -> int:
    if not orders:
        return 0
    cases = routing_cases(
        session, orders, now, stale_after=rules.stale_after, buffer=rules.buffer
    )
    waived = margin_waived(session, orders)
    held = _held(session, orders)
    batch, routed = Batch(), list[Order]()
    ends_at = monotonic() + LONGEST_BATCH_SECONDS
    for case in cases:
        floor = None if case.order.id in waived else rules.min_margin_bp
        policy = policy_for(rules, now, floor)
        was_held = case.order.id in held
        _route(session, case, policy, batch, was_held=was_held)
        routed.append(case.order)
        if monotonic() > ends_at:
            break
    batch.store(session)
    refresh_orders(session, routed, now)
    for order in routed:  # at last: a hold that is released asks for another check
        order.next_step = None
    return len(routed)


def margin_waived(session: Session, orders: Sequence[Order]) -> frozenset[int]:
    """The orders whose margin a human has waved through."""
    return frozenset(
        session.exec(
            select(Hold.order_id).where(
                col(Hold.order_id).in_([order.id for order in orders]),
                col(Hold.reason) == HoldReason.MARGIN_BELOW_FLOOR,
                col(Hold.is_waived),
            )
        )
    )


def _held(session: Session, orders: Sequence[Order]) -> frozenset[int]:
    return frozenset(
        session.exec(
            select(Hold.order_id).where(
                col(Hold.order_id).in_([order.id for order in orders]),
                col(Hold.closed_at).is_(None),
            )
        )
    )


def policy_for(rules: RoutingRules, now: datetime, floor: int | None) -> Policy:
    """What may be chosen now; `floor` is None where any margin will do."""
    return Policy(
        now=now,
        stale_after=rules.stale_after,
        min_margin_bp=floor,
        parcels=rules.parcels,
        allow_split=rules.allow_split,
    )


def _route(
    session: Session,
    case: RoutingCase,
    policy: Policy,
    batch: Batch,
    *,
    was_held: bool,
) -> None:
    """Decide about one order, and on the purchase orders for it."""
    if not case.open_lines:
        return
    made = plan(case.wanted, (o.candidate for o in case.options.values()), policy)
    if made.hold:
        if _hold_again(session, case, made, policy):
            batch.decide(case, made, policy.now)
        return
    batch.decide(case, made, policy.now)
    if was_held:
        _close_cured(session, case.order, policy.now, still=None)
    _purchase(session, case, made, policy.now, batch)


def _hold_again(
    session: Session, case: RoutingCase, made: Plan, policy: Policy
) -> bool:
    """Hold the order; false if it is held for just that already."""
    assert made.hold is not None
    now = policy.now
    facts = _facts(case, made, policy.min_margin_bp)
    known = open_holds(session, case.order)
    if any(h.reason is made.hold and h.facts == facts for h in known):
        return False
    hold(session, case.order, made.hold, facts, now)
    _close_cured(session, case.order, now, still=made.hold)
    note(session, case.order, "routing_held", now, reason=made.hold.value)
    return True


def _facts(case: RoutingCase, made: Plan, floor_bp: int | None) -> Facts:
    """The hold in numbers: the margin, or the units that are missing by reason."""
    if made.hold is HoldReason.MARGIN_BELOW_FLOOR:
        assert made.margin_cents is not None
        currency = case.order.currency
        return margin_facts(made.margin_cents, made.revenue_cents, currency, floor_bp)
    skus = {each.line.id: each.line.sku for each in case.open_lines}
    missing: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for each in made.shortfalls:
        missing[each.reason].append((skus[each.line_id], each.missing_quantity))
    return {reason: counted(units) for reason, units in missing.items()}


def _close_cured(
    session: Session, order: Order, now: datetime, *, still: HoldReason | None
) -> None:
    """Close what this look at the offers has cured, whatever it found instead."""
    for each in open_holds(session, order):
        if each.reason in RETRIED and each.reason is not still:
            release(session, order, now, by="system", reason=each.reason)


def _purchase(
    session: Session, case: RoutingCase, made: Plan, now: datetime, batch: Batch
) -> None:
    suppliers = ", ".join(total.supplier for total in made.totals)
    note(session, case.order, "routed", now, suppliers=suppliers)
    for each in batch.purchase(case, made, now):
        note(
            session,
            case.order,
            "purchase_queued",
            now,
            reference=each.reference,
            supplier=each.option.supplier.code,
        )
