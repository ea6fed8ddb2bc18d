"""Units a supplier did not accept go to another, if the store or its rule allows."""

import pytest
from sqlmodel import col, select

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine
from erp.fulfilment.rerouting.watching import anything_due
from erp.orders.lifecycle import HoldReason, LineStatus, OrderStatus
from erp.orders.models import Hold
from suppliers.contract import ItemReport, ReportedStatus
from suppliers.models import Reroute, Supplier
from tests.erp.fulfilment.rerouting.watched import decide_to_reroute, run, watch
from tests.erp.fulfilment.telling import shipped, tell
from tests.erp.fulfilment.trade import EVERYWHERE, Trade

P, R = PurchaseStatus, ReportedStatus
ASK, AUTO = Reroute.ASK, Reroute.AUTO
pytestmark = EVERYWHERE


def ordered(trade: Trade, cost_at_b: int = 600) -> tuple[int, str]:
    """Five units of X that went to A: the order, and the purchase order."""
    trade.supplier("A")
    trade.supplier("B", acknowledge_after=0)
    trade.offer("A", "X", unit_cost_cents=400)
    trade.offer("B", "X", unit_cost_cents=cost_at_b)
    order_id = trade.order(("X", 5, 1000))
    run(trade)
    (purchase,) = trade.purchases()
    return order_id, purchase.reference


def accept(trade: Trade, reference: str, units: int, **given: object) -> None:
    items = (ItemReport(f"{trade.codes['A']}-X", units),)
    tell(trade, reference, R.PARTLY_ACCEPTED, items=items, **given)


def live_units(trade: Trade) -> list[tuple[str, int | None, int]]:
    """Supplier, units accepted, units asked for, of every live line."""
    names = {code: name for name, code in trade.codes.items()}
    with trade.sessions.reading() as session:
        query = select(PurchaseOrderLine).where(col(PurchaseOrderLine.is_live))
        rows = session.exec(query.order_by(col(PurchaseOrderLine.id))).all()
        return [
            (names[row.supplier_sku.split("-")[0]], row.accepted_quantity, row.quantity)
            for row in rows
        ]


def test_what_was_not_accepted_is_bought_elsewhere_unasked(trade: Trade) -> None:
    order_id, reference = ordered(trade)
    accept(trade, reference, 3)
    assert trade.holds(order_id) == [HoldReason.SUPPLIER_SHORTFALL]

    watch(trade, AUTO)
    run(trade, AUTO)

    assert trade.statuses() == [P.PARTLY_ACCEPTED, P.ACCEPTED]
    assert live_units(trade) == [("A", 3, 5), ("B", 2, 2)]
    assert trade.holds(order_id) == []
    assert [line.status for line in trade.lines(order_id)] == [LineStatus.ALLOCATED]
    kinds = trade.events(order_id)
    steps = ["purchase_partly_accepted", "held", "hold_released"]
    steps += ["shortfall_rerouted", "routed"]
    assert [kind for kind in kinds if kind in steps][-5:] == steps


def test_each_shortfall_of_a_supplier_goes_on_once(trade: Trade) -> None:
    order_id, reference = ordered(trade)
    accept(trade, reference, 3)
    for _ in range(3):
        run(trade, AUTO)
    accept(trade, reference, 3)
    for _ in range(2):
        run(trade, AUTO)
    assert live_units(trade) == [("A", 3, 5), ("B", 2, 2)]

    accept(trade, reference, 1)
    for _ in range(2):
        run(trade, AUTO)

    assert live_units(trade) == [("A", 1, 5), ("B", 2, 2), ("B", 2, 2)]
    assert trade.events(order_id).count("shortfall_rerouted") == 2


def test_a_part_that_shipped_at_once_leaves_the_rest_to_another(trade: Trade) -> None:
    order_id, reference = ordered(trade)
    accept(trade, reference, 3, parcels=(shipped(trade, 3),))

    watch(trade, AUTO)
    run(trade, AUTO)

    assert trade.statuses() == [P.SHIPPED, P.ACCEPTED]
    assert trade.read_order(order_id).status is OrderStatus.PARTLY_SHIPPED


@pytest.mark.parametrize("own", [None, AUTO], ids=["store", "supplier"])
def test_a_store_that_asks_is_asked_unless_the_supplier_has_its_own_rule(
    trade: Trade, own: Reroute | None
) -> None:
    order_id, reference = ordered(trade)
    trade.change_supplier("A", reroute=own)
    accept(trade, reference, 3)

    for _ in range(2):
        run(trade, ASK)

    held = [] if own else [HoldReason.SUPPLIER_SHORTFALL]
    assert trade.holds(order_id) == held
    assert len(trade.purchases()) == (2 if own else 1)
    if not own:
        decide_to_reroute(trade, order_id)
        run(trade, ASK)
        assert live_units(trade) == [("A", 3, 5), ("B", 2, 2)]


def test_the_clock_of_what_was_accepted_runs_on(trade: Trade) -> None:
    _, reference = ordered(trade)
    accept(trade, reference, 3)
    before = trade.read(reference).clock_at

    watch(trade, AUTO)

    assert before is not None
    assert trade.read(reference).clock_at == before
    with trade.sessions.reading() as session:
        assert not anything_due(session, trade.now)


def test_a_dearer_supplier_is_left_to_a_human_below_the_margin_floor(
    trade: Trade,
) -> None:
    order_id, reference = ordered(trade, cost_at_b=4_000)
    accept(trade, reference, 3)

    for _ in range(2):
        run(trade, AUTO)

    assert len(trade.purchases()) == 1
    assert trade.holds(order_id) == [HoldReason.MARGIN_BELOW_FLOOR]


def test_while_nobody_knows_which_units_a_human_is_asked(trade: Trade) -> None:
    order_id, reference = ordered(trade)
    tell(trade, reference, R.PARTLY_ACCEPTED)

    for _ in range(2):
        run(trade, AUTO)

    assert len(trade.purchases()) == 1
    assert trade.holds(order_id) == [HoldReason.SUPPLIER_SHORTFALL]


def test_one_supplier_that_is_to_be_asked_about_keeps_the_order_waiting(
    trade: Trade,
) -> None:
    for name in "AB":
        trade.supplier(name)
    trade.offer("A", "X", unit_cost_cents=400)
    trade.offer("B", "Y", unit_cost_cents=400)
    trade.change_supplier("B", reroute=ASK)
    order_id = trade.order(("X", 5, 1000), ("Y", 5, 1000))
    run(trade)
    for name, sku in (("A", "X"), ("B", "Y")):
        code = trade.codes[name]
        (purchase,) = [p for p in trade.purchases() if code_of(trade, p.id) == code]
        items = (ItemReport(f"{code}-{sku}", 3),)
        tell(trade, purchase.reference, R.PARTLY_ACCEPTED, items=items)

    run(trade, AUTO)

    assert trade.holds(order_id) == [HoldReason.SUPPLIER_SHORTFALL]
    with trade.sessions.reading() as session:
        facts = session.exec(select(Hold.facts).where(col(Hold.closed_at).is_(None)))
        told = facts.one()
    assert told["supplier"].split(", ") == [trade.codes["A"], trade.codes["B"]]
    assert told["units"] == "X: 2, Y: 2"


def code_of(trade: Trade, purchase_id: int | None) -> str:
    with trade.sessions.reading() as session:
        query = (
            select(Supplier.code)
            .join(PurchaseOrder, col(PurchaseOrder.supplier_id) == col(Supplier.id))
            .where(col(PurchaseOrder.id) == purchase_id)
        )
        return session.exec(query).one()
