"""What routing would do if a purchase order were gone; nothing is changed."""

from datetime import datetime

from sqlmodel import Session

from erp.fulfilment.models import PurchaseOrder
from erp.fulfilment.sourcing.cases import routing_cases
from erp.fulfilment.sourcing.purchasing import RoutingRules, margin_waived, policy_for
from erp.fulfilment.sourcing.routing import Plan, plan
from erp.orders.models import Order


def plan_without(
    session: Session, purchase: PurchaseOrder, rules: RoutingRules, now: datetime
) -> Plan:
    """How its units would be bought elsewhere, with all that its order lacks."""
    order = session.get_one(Order, purchase.order_id)
    (case,) = routing_cases(
        session,
        [order],
        now,
        stale_after=rules.stale_after,
        buffer=rules.buffer,
        as_if_ended=purchase.id,
    )
    waived = order.id in margin_waived(session, [order])
    policy = policy_for(rules, now, None if waived else rules.min_margin_bp)
    options = (option.candidate for option in case.options.values())
    return plan(case.wanted, options, policy)
