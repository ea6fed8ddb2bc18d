"""Checked orders become purchase orders: on both databases where locks matter."""

from datetime import timedelta

from sqlmodel import col, select

from erp.fulfilment.models import Decision, PurchaseOrder, PurchaseOrderLine
from erp.fulfilment.references import purchase_reference
from erp.fulfilment.sourcing.purchasing import retry_held
from erp.fulfilment.supplier_accounts import resume
from erp.orders.holds import hold
from erp.orders.lifecycle import NextStep, OrderStatus
from erp.orders.models import Order, OrderLine
from inventory.models import ExchangeRate, Offer
from suppliers.contract import (
    ItemReport,
    ParcelReport,
    ReportedStatus,
    ScanKind,
    ScanReport,
)
from suppliers.models import Supplier
from tests.erp.fulfilment.sourcing.bought import H, P, again, bought, says
from tests.erp.fulfilment.trade import EVERYWHERE, Trade
from tests.factories import make_order, make_product


@EVERYWHERE
def test_the_cheapest_supplier_that_has_it_gets_the_order(trade: Trade) -> None:
    """Pain: the cheapest supplier was chosen although out of stock."""
    for name, cost, quantity in (("A", 100, 0), ("B", 300, 9), ("C", 400, 9)):
        trade.supplier(name)
        trade.offer(name, "X", unit_cost_cents=cost, quantity=quantity)
    order_id = trade.order(("X", 1, 1000))

    trade.route()

    assert bought(trade) == [("B", 1)]
    with trade.sessions.reading() as session:
        decision = session.exec(select(Decision)).one()
    assert (decision.order_id, decision.outcome) == (order_id, "routed")
    verdicts = decision.record["verdicts"]
    assert isinstance(verdicts, list)
    assert len(verdicts) == 3
    assert "out_of_stock" in str(verdicts)


def test_a_line_that_names_its_supplier_goes_there_or_waits(trade: Trade) -> None:
    trade.supplier("A")
    trade.supplier("B")
    trade.offer("A", "X", unit_cost_cents=900)
    trade.offer("B", "X", unit_cost_cents=100)
    first = trade.order(("X", 1, 1000), named_supplier=trade.codes["A"])
    second = trade.order(("X", 1, 1000), named_supplier="nobody")

    trade.route()

    assert bought(trade) == [("A", 1)]
    assert trade.holds(first) == []
    assert trade.holds(second) == [H.NAMED_SUPPLIER_UNAVAILABLE]


def test_a_margin_a_human_waved_through_is_not_judged_again(trade: Trade) -> None:
    trade.supplier("A")
    trade.offer("A", "X", unit_cost_cents=900)
    order_id = trade.order(("X", 1, 500))

    trade.route()
    assert trade.holds(order_id) == [H.MARGIN_BELOW_FLOOR]
    again(trade, order_id)
    trade.route()

    assert bought(trade) == [("A", 1)]
    assert trade.read_order(order_id).status is OrderStatus.ALLOCATED


def test_a_cost_nobody_knows_is_not_a_cost_of_zero(trade: Trade) -> None:
    """Pain: a missing supplier cost was shown as a margin of 100 %."""
    trade.supplier("A")
    trade.offer("A", "X", unit_cost_cents=None)
    order_id = trade.order(("X", 1, 500))

    trade.route()

    assert trade.holds(order_id) == [H.COST_UNKNOWN]


@EVERYWHERE
def test_the_rest_of_a_part_acceptance_goes_to_another_supplier(trade: Trade) -> None:
    for name, cost in (("A", 500), ("B", 600)):
        trade.supplier(name)
        trade.offer(name, "X", unit_cost_cents=cost)
    order_id = trade.order(("X", 5, 650))
    trade.route()
    (first,) = trade.purchases()
    trade.change(
        PurchaseOrder, col(PurchaseOrder.id) == first.id, status=P.SENT, due_at=None
    )
    sku = f"{trade.codes['A']}-X"
    says(
        trade,
        first.reference,
        ReportedStatus.PARTLY_ACCEPTED,
        items=(ItemReport(sku, 3),),
    )
    assert trade.holds(order_id) == [H.SUPPLIER_SHORTFALL]

    again(trade, order_id)
    trade.route()

    assert bought(trade) == [("A", 5), ("B", 2)]
    assert trade.holds(order_id) == []  # 3 at 500 and 2 at 600 leave a margin
    with trade.sessions.reading() as session:
        rows = session.exec(
            select(PurchaseOrderLine).order_by(col(PurchaseOrderLine.id))
        ).all()
        assert [row.part for row in rows] == [0, 1]
    second = trade.purchases()[1]
    assert second.reference == first.reference.replace("-1", "-2")
    assert [line.status for line in trade.lines(order_id)] == ["allocated"]


@EVERYWHERE
def test_what_an_ended_purchase_order_shipped_is_not_bought_again(
    trade: Trade,
) -> None:
    for name, cost in (("A", 500), ("B", 600)):
        trade.supplier(name)
        trade.offer(name, "X", unit_cost_cents=cost)
    order_id = trade.order(("X", 5, 1000))
    trade.route()
    reference = trade.purchases()[0].reference
    says(trade, reference, ReportedStatus.CANCELLED)
    sku = f"{trade.codes['A']}-X"
    picked_up = ScanReport(ScanKind.PICKED_UP, trade.now)
    parcel = ParcelReport("1", "UPS", "T1", ((sku, 3),), (picked_up,))
    says(trade, reference, ReportedStatus.CANCELLED, parcels=(parcel,))
    assert trade.holds(order_id) == [H.SUPPLIER_CANCELLED, H.SHIPPED_AFTER_END]

    again(trade, order_id)
    trade.route()

    assert bought(trade) == [("B", 2)]
    assert [line.status for line in trade.lines(order_id)] == ["allocated"]
    assert trade.read_order(order_id).status is OrderStatus.PARTLY_SHIPPED
    says(trade, reference, ReportedStatus.CANCELLED, parcels=(parcel,))
    assert trade.holds(order_id) == []


def test_a_supplier_that_said_no_is_not_asked_for_the_same_line_again(
    trade: Trade,
) -> None:
    for name, cost in (("A", 500), ("B", 600)):
        trade.supplier(name)
        trade.offer(name, "X", unit_cost_cents=cost)
    order_id = trade.order(("X", 1, 1000))
    trade.route()
    says(trade, trade.purchases()[0].reference, ReportedStatus.REJECTED)

    again(trade, order_id)
    trade.route()

    assert bought(trade) == [("B", 1)]
    assert trade.statuses() == [P.REJECTED, P.QUEUED]


def test_every_currency_has_its_rate_and_its_day(trade: Trade) -> None:
    trade.supplier("A", currency="EUR")
    trade.offer("A", "X", unit_cost_cents=500, currency="EUR")
    order_id = trade.order(("X", 2, 1000))
    trade.route()
    assert trade.holds(order_id) == [H.COST_UNKNOWN]
    with trade.sessions.writing() as session:
        for days, rate in ((5, 1_000_000), (1, 1_100_000), (-1, 9_000_000)):
            day = (trade.now - timedelta(days=days)).date()
            session.add(
                ExchangeRate(base="EUR", currency="USD", day=day, rate_millionths=rate)
            )
        assert retry_held(session, trade.now) == 1

    trade.route()

    (purchase,) = trade.purchases()
    assert (purchase.currency, purchase.items_cost_cents) == ("EUR", 1000)
    assert purchase.rate_millionths == 1_100_000
    assert purchase.rate_day == (trade.now - timedelta(days=1)).date().isoformat()


def test_what_waits_for_stock_is_looked_at_again_by_itself(trade: Trade) -> None:
    trade.supplier("A")
    trade.offer("A", "X", quantity=0)
    order_id = trade.order(("X", 1, 1000))
    trade.route()
    assert trade.holds(order_id) == [H.SHORTFALL]

    _retry(trade)
    trade.route()
    assert len(_decisions(trade)) == 1  # nothing new was decided
    trade.change(Offer, col(Offer.id).is_not(None), quantity=1, as_of=trade.now)
    _retry(trade)
    trade.route()

    assert trade.holds(order_id) == []
    assert [each.outcome for each in _decisions(trade)] == ["shortfall", "routed"]
    assert bought(trade) == [("A", 1)]


@EVERYWHERE
def test_what_waits_for_a_paused_supplier_goes_on_once_it_is_resumed(
    trade: Trade,
) -> None:
    for name, sku in (("A", "X"), ("B", "Y")):
        trade.supplier(name, is_paused=True)
        trade.offer(name, sku)
    for_a, for_b = trade.order(("X", 1, 1000)), trade.order(("Y", 1, 1000))
    trade.route()
    assert trade.holds(for_a) == trade.holds(for_b) == [H.SUPPLIER_PAUSED]

    with trade.sessions.writing() as session:
        chosen = select(Supplier).where(col(Supplier.code) == trade.codes["A"])
        resume(session, session.exec(chosen).one(), trade.now, by="o@shop.test")
    assert trade.read_order(for_b).next_step is None
    trade.route()

    assert bought(trade) == [("A", 1)]
    assert trade.holds(for_a) == []
    assert trade.holds(for_b) == [H.SUPPLIER_PAUSED]


def test_what_waits_for_a_human_as_well_is_not_routed_behind_their_back(
    trade: Trade,
) -> None:
    trade.supplier("A")
    trade.offer("A", "X", quantity=0)
    order_id = trade.order(("X", 1, 1000))
    trade.route()
    with trade.sessions.writing() as session:
        order = session.get_one(Order, order_id)
        hold(session, order, H.FRAUD_RISK, {}, trade.now)

    assert _retry(trade) == 0


def test_an_order_shows_only_the_hold_that_stands(trade: Trade) -> None:
    """Stock came, and showed that the margin is too low."""
    trade.supplier("A")
    trade.offer("A", "X", quantity=0, unit_cost_cents=900)
    order_id = trade.order(("X", 1, 500))
    trade.route()
    trade.change(Offer, col(Offer.id).is_not(None), quantity=9, as_of=trade.now)
    _retry(trade)
    trade.route()

    assert trade.holds(order_id) == [H.MARGIN_BELOW_FLOOR]
    assert trade.read_order(order_id).next_step is None


def test_a_cancelled_order_is_not_routed(trade: Trade) -> None:
    trade.supplier("A")
    trade.offer("A", "X")
    order_id = trade.order(("X", 1, 1000))
    trade.change(
        OrderLine,
        col(OrderLine.order_id) == order_id,
        status="cancelled",
        cancelled_quantity=1,
    )

    trade.route()

    assert bought(trade) == []
    assert trade.read_order(order_id).next_step is None


def test_two_suppliers_make_two_purchase_orders_numbered_in_turn(trade: Trade) -> None:
    """Pain: only the first supplier got its purchase order."""
    for name, sku in (("A", "X"), ("B", "Y")):
        trade.supplier(name)
        trade.offer(name, sku)
    order_id = trade.order(("X", 1, 1000), ("Y", 2, 1000))

    trade.route()

    assert bought(trade) == [("A", 1), ("B", 2)]
    order = trade.read_order(order_id)
    references = [purchase.reference for purchase in trade.purchases()]
    assert references == [
        purchase_reference(order.channel, order.external_id, number)
        for number in (1, 2)
    ]


def _retry(trade: Trade) -> int:
    with trade.sessions.writing() as session:
        return retry_held(session, trade.now)


def _decisions(trade: Trade) -> list[Decision]:
    with trade.sessions.reading() as session:
        found = list(session.exec(select(Decision).order_by(col(Decision.id))))
        session.expunge_all()
    return found


def test_a_sku_nobody_knows_is_never_guessed(trade: Trade) -> None:
    with trade.sessions.writing() as session:
        make_product(session, "OTHER")
        order = make_order(session, (("UNKNOWN", 1, 100),), next_step=NextStep.ROUTE)
        order_id = order.id
    trade.route()
    assert trade.holds(order_id or 0) == [H.NO_OFFER]
