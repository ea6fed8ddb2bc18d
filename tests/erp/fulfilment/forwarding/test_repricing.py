"""What changed in cost while a purchase order waited, before it is sent at all."""

import pytest
from sqlmodel import col, select

from erp.fulfilment.lifecycle import PurchaseStatus, Remark
from erp.fulfilment.models import Attempt, PurchaseOrder, PurchaseOrderLine
from erp.fulfilment.models import AttemptOutcome as Outcome
from erp.orders.lifecycle import HoldReason
from erp.orders.models import Hold, Order, OrderEvent
from inventory.models import Offer
from suppliers.errors import Unavailable
from tests.erp.fulfilment.forwarding.doubles import doubling, refused
from tests.erp.fulfilment.trade import EVERYWHERE, Trade

P = PurchaseStatus
FLOOR = 2000  # a fifth of revenue


def waiting(trade: Trade, units: int = 1) -> tuple[int, str]:
    """An order for 1000 cents a unit, routed to A at 500."""
    trade.supplier("A")
    trade.offer("A", "X")
    order_id = trade.order(("X", units, 1000))
    trade.route(min_margin_bp=FLOOR)
    (purchase,) = trade.purchases()
    return order_id, purchase.reference


def now_costs(trade: Trade, name: str = "A", **changed: object) -> None:
    supplier = trade.codes[name]
    trade.change(Offer, col(Offer.supplier_sku) == f"{supplier}-X", **changed)


def forward(trade: Trade) -> int:
    return trade.forward(min_margin_bp=FLOOR)


def events(trade: Trade, kind: str) -> list[dict[str, str]]:
    with trade.sessions.reading() as session:
        return list(
            session.exec(select(OrderEvent.facts).where(col(OrderEvent.kind) == kind))
        )


@EVERYWHERE
def test_what_lost_its_margin_is_taken_back_and_held_with_the_numbers(
    trade: Trade,
) -> None:
    order_id, reference = waiting(trade)
    now_costs(trade, unit_cost_cents=900)

    assert forward(trade) == 0

    taken_back = trade.read(reference)
    assert (taken_back.status, taken_back.remark) == (P.CANCELLED, Remark.TAKEN_BACK)
    assert trade.counted("A", reference) == (0, 0)
    assert trade.attempts(reference) == []
    assert trade.holds(order_id) == []
    trade.route(min_margin_bp=FLOOR)
    assert trade.holds(order_id) == [HoldReason.MARGIN_BELOW_FLOOR]
    with trade.sessions.reading() as session:
        facts = session.exec(select(Hold.facts)).one()
    assert facts["margin_cents"] == "100"


@EVERYWHERE
def test_what_still_clears_the_floor_is_sent_at_the_present_cost(trade: Trade) -> None:
    _, reference = waiting(trade, units=3)
    now_costs(trade, unit_cost_cents=800)

    assert forward(trade) == 1

    sent = trade.read(reference)
    assert sent.status is P.SENT
    assert (sent.items_cost_cents, sent.remark) == (2400, Remark.REPRICED)
    with trade.sessions.reading() as session:
        assert session.exec(select(PurchaseOrderLine.unit_cost_cents)).all() == [800]
    (facts,) = events(trade, "purchase_repriced")
    assert (facts["was_cents"], facts["cost_cents"]) == ("1500", "2400")
    assert len(trade.purchases()) == 1


def test_another_supplier_who_is_cheaper_by_now_gets_it(trade: Trade) -> None:
    waiting(trade)
    trade.supplier("B")
    trade.offer("B", "X", unit_cost_cents=600)
    now_costs(trade, unit_cost_cents=900)

    forward(trade)
    trade.route(min_margin_bp=FLOOR)
    forward(trade)

    first, second = trade.purchases()
    assert (first.status, second.status) == (P.CANCELLED, P.SENT)
    assert second.items_cost_cents == 600
    assert trade.counted("B", second.reference) == (1, 1)


def test_it_never_heard_of_it_so_the_same_supplier_may_get_it_again(
    trade: Trade,
) -> None:
    waiting(trade)
    now_costs(trade, unit_cost_cents=900)
    forward(trade)
    now_costs(trade, unit_cost_cents=700)

    trade.route(min_margin_bp=FLOOR)
    forward(trade)

    first, second = trade.purchases()
    assert second.supplier_id == first.supplier_id
    assert (second.status, second.items_cost_cents) == (P.SENT, 700)


@pytest.mark.parametrize(
    "changed", [{"unit_cost_cents": None}, {"currency": "EUR"}], ids=str
)
def test_an_unknown_cost_is_never_sent(
    trade: Trade, changed: dict[str, object]
) -> None:
    order_id, reference = waiting(trade)
    now_costs(trade, **changed)

    assert forward(trade) == 0

    assert trade.read(reference).status is P.CANCELLED
    trade.route(min_margin_bp=FLOOR)
    assert trade.holds(order_id) == [HoldReason.COST_UNKNOWN]


def test_a_margin_that_a_human_waved_through_stays_waved_through(trade: Trade) -> None:
    order_id, reference = waiting(trade)
    with trade.sessions.writing() as session:
        waived = Hold(
            order_id=order_id,
            reason=HoldReason.MARGIN_BELOW_FLOOR,
            opened_at=trade.now,
            closed_at=trade.now,
            is_waived=True,
        )
        session.add(waived)
    now_costs(trade, unit_cost_cents=990)

    assert forward(trade) == 1
    assert trade.read(reference).items_cost_cents == 990


def test_what_surely_was_not_placed_is_looked_at_again_before_the_next_attempt(
    trade: Trade,
) -> None:
    _, reference = waiting(trade)
    code = trade.codes["A"]
    down = doubling(**{code: refused(Unavailable(code, "refused the connection"))})
    trade.forward(clients=down, min_margin_bp=FLOOR)
    assert trade.read(reference).status is P.QUEUED
    now_costs(trade, unit_cost_cents=900)
    trade.later(hours=1)

    assert forward(trade) == 0
    assert trade.read(reference).status is P.CANCELLED


def test_what_may_be_there_is_asked_for_as_it_was(trade: Trade) -> None:
    """Its answer was lost once, and then it was proved absent and queued again."""
    _, reference = waiting(trade)
    with trade.sessions.writing() as session:
        attempt = {"number": 1, "started_at": trade.now, "ended_at": trade.now}
        once = trade.read(reference).id
        lost = Attempt(purchase_order_id=once, outcome=Outcome.AMBIGUOUS, **attempt)
        session.add(lost)
    trade.change(PurchaseOrder, col(PurchaseOrder.reference) == reference, attempts=1)
    now_costs(trade, unit_cost_cents=900)

    assert forward(trade) == 1

    sent = trade.read(reference)
    assert (sent.status, sent.items_cost_cents) == (P.SENT, 500)
    assert events(trade, "purchase_repriced") == []


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_an_order_that_somebody_works_on_is_left_for_the_next_time(
    trade: Trade,
) -> None:
    order_id, reference = waiting(trade)
    now_costs(trade, unit_cost_cents=900)

    with trade.sessions.writing() as session:
        session.get(Order, order_id, with_for_update=True)
        assert forward(trade) == 0
        assert trade.read(reference).status is P.QUEUED

    assert forward(trade) == 0
    assert trade.read(reference).status is P.CANCELLED
