"""Customers of the past who sent something back, dealt with at the end of each day."""

import random
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from erp.fulfilment import returns
from erp.fulfilment.lifecycle import CostBearer, ReturnReason, ReturnStatus
from erp.fulfilment.models import PurchaseOrder, Return, ReturnLine
from erp.orders.models import Order, OrderLine

SHARE = 0.05  # of the deliveries; and one whenever there is none to deal with
AFTER = timedelta(days=4)  # from the delivery until the customer writes
REFUSED_SHARE = 0.1
ANSWERED_AFTER = timedelta(days=1)
BACK_AFTER = timedelta(days=6)  # from the answer
SETTLED_AFTER = timedelta(days=1)  # from the arrival
DAY = timedelta(days=1)
WORDS = {
    ReturnReason.DEFECTIVE: "stopped working on the second day",
    ReturnReason.DAMAGED: "the box was crushed and so was the inside",
    ReturnReason.WRONG_ITEM: "I got another colour than I ordered",
    ReturnReason.NOT_AS_DESCRIBED: "smaller than the picture suggests",
    ReturnReason.UNWANTED: "it was meant as a gift, they have one already",
    ReturnReason.LATE: "came after the birthday",
}
AT_FAULT = frozenset(  # what a supplier gives credit for
    {ReturnReason.DEFECTIVE, ReturnReason.DAMAGED, ReturnReason.WRONG_ITEM}
)
CREDIT_PERCENT = 60  # of the price: about what the goods had cost


class ReturnsDesk:
    """Does what an operator would have done about returns, one day after another."""

    def __init__(self, chance: random.Random, by: str) -> None:
        self._chance = chance
        self._by = by
        self._last_at: datetime | None = None

    def end_day(self, session: Session, now: datetime) -> None:
        """Move open returns on by what became due, then take in new ones."""
        open_ones = select(Return).where(col(Return.ended_at).is_(None))
        for each in session.exec(open_ones.order_by(col(Return.id))).all():
            self._move_on(session, each, now)
        since = self._last_at or now - DAY
        self._last_at = now
        for order in _delivered_between(session, since - AFTER, now - AFTER):
            is_quiet = session.exec(open_ones.limit(1)).first() is None
            if is_quiet or self._chance.random() < SHARE:
                self._request(session, order, now)

    def _request(self, session: Session, order: Order, now: datetime) -> None:
        left = returns.returnable_units(session, order)
        units = {line: 1 for line, quantity in left.items() if quantity > 0}
        if not units:
            return
        line = self._chance.choice(sorted(units))
        reason = self._chance.choice(list(WORDS))
        returns.request(
            session, order, {line: 1}, reason, WORDS[reason], now, by=self._by
        )

    def _move_on(self, session: Session, made: Return, now: datetime) -> None:
        if made.status is ReturnStatus.REQUESTED:
            if now - made.requested_at >= ANSWERED_AFTER:
                self._answer(session, made, now)
        elif made.status is ReturnStatus.AUTHORISED:
            assert made.authorised_at is not None
            if now - made.authorised_at >= BACK_AFTER:
                returns.receive(session, made, now, by=self._by)
        elif made.received_at is not None and now - made.received_at >= SETTLED_AFTER:
            self._settle(session, made, now)

    def _answer(self, session: Session, made: Return, now: datetime) -> None:
        is_ours = made.reason in AT_FAULT
        if not is_ours and self._chance.random() < REFUSED_SHARE * 2:
            words = "used, and past the days for a change of mind"
            returns.refuse(session, made, words, now, by=self._by)
        else:
            returns.authorise(session, made, now, by=self._by)

    def _settle(self, session: Session, made: Return, now: datetime) -> None:
        query = (
            select(OrderLine.unit_price_cents, ReturnLine.quantity)
            .join(ReturnLine, col(ReturnLine.order_line_id) == col(OrderLine.id))
            .where(col(ReturnLine.return_id) == made.id)
        )
        order = session.get_one(Order, made.order_id)
        paid = sum(price * quantity for price, quantity in session.exec(query))
        refund = min(paid, order.total_cents)
        is_theirs = made.reason in AT_FAULT
        returns.settle(
            session,
            made,
            refund_cents=refund,
            supplier_credit_cents=refund * CREDIT_PERCENT // 100 if is_theirs else 0,
            cost_bearer=CostBearer.SUPPLIER if is_theirs else CostBearer.STORE,
            now=now,
            by=self._by,
        )


def _delivered_between(
    session: Session, after: datetime, until: datetime
) -> list[Order]:
    query = (
        select(Order)
        .join(PurchaseOrder, col(PurchaseOrder.order_id) == col(Order.id))
        .where(
            col(PurchaseOrder.delivered_at) > after,
            col(PurchaseOrder.delivered_at) <= until,
        )
        .distinct()
        .order_by(col(Order.id))
    )
    return list(session.exec(query))
