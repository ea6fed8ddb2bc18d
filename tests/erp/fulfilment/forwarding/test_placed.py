"""An order that was simply taken: written down in short, and to the same effect."""

from dataclasses import replace
from datetime import timedelta

from sqlmodel import col, select

from erp.fulfilment.models import PurchaseOrder
from erp.orders.models import OrderEvent
from suppliers.contract import PurchaseReport, PurchaseRequest
from tests.erp.fulfilment.forwarding.doubles import doubling, taken
from tests.erp.fulfilment.trade import EVERYWHERE, Trade


def written(trade: Trade, reference: str) -> tuple[object, ...]:
    """All that an answer may change, but for what tells two purchase orders apart."""
    with trade.sessions.reading() as session:
        purchase = session.exec(
            select(PurchaseOrder).where(col(PurchaseOrder.reference) == reference)
        ).one()
        events = session.exec(
            select(OrderEvent)
            .where(col(OrderEvent.order_id) == purchase.order_id)
            .order_by(col(OrderEvent.id))
        ).all()
    (attempt,) = trade.attempts(reference)
    apart = {"id", "reference", "order_id"}
    return (
        purchase.model_dump(exclude=apart),
        attempt.model_dump(exclude={"id", "purchase_order_id"}),
        [(e.kind, e.at, e.actor, e.facts | {"reference": ""}) for e in events],
    )


@EVERYWHERE
def test_a_plain_yes_is_written_as_any_other_answer_is(trade: Trade) -> None:
    code = trade.supplier("A")
    trade.offer("A", "X")
    for _ in range(2):
        trade.order(("X", 1, 1000))
    trade.route()
    short, long = [purchase.reference for purchase in trade.purchases()]

    def answer(request: PurchaseRequest) -> PurchaseReport:
        promised = replace(
            taken(request),
            supplier_reference="theirs",
            ship_by=trade.now + timedelta(days=2),
            deliver_by=trade.now + timedelta(days=5),
        )
        # words on it are weighed, but change nothing of an order that was taken
        return replace(promised, note="thanks" if request.reference == long else "")

    trade.forward(clients=doubling(**{code: answer}))

    assert written(trade, short) == written(trade, long)
    assert trade.read(short).ship_by == trade.now + timedelta(days=2)


def test_a_plain_yes_does_not_move_the_first_promise(trade: Trade) -> None:
    code = trade.supplier("A")
    reference = trade.purchase("A", ship_by=trade.now + timedelta(days=1))

    def answer(request: PurchaseRequest) -> PurchaseReport:
        return replace(taken(request), ship_by=trade.now + timedelta(days=9))

    trade.forward(clients=doubling(**{code: answer}))

    assert trade.read(reference).ship_by == trade.now + timedelta(days=1)
