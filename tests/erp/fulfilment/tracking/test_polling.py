"""Suppliers are asked in turn what changed, and what they say is taken once."""

from datetime import timedelta

from sqlmodel import select

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import Shipment
from erp.fulfilment.set_aside.models import SetAsideReport
from erp.fulfilment.tracking.closing import close_delivered
from erp.orders.lifecycle import OrderStatus
from suppliers.contract import (
    PurchaseItem,
    PurchaseRequest,
    Recipient,
)
from suppliers.sandbox.messages import Script, ScriptParcel
from tests.erp.fulfilment.tracking.followed import on_their_way, supplier
from tests.erp.fulfilment.trade import EVERYWHERE, POLL, Trade

P = PurchaseStatus


@EVERYWHERE
def test_a_purchase_order_is_followed_to_the_door(trade: Trade) -> None:
    reference = on_their_way(trade, ship_within=86400, deliver_within=864000)
    seen = []
    for seconds in (0, 61, 3600, 7200):
        trade.later(seconds=seconds)
        trade.track()
        seen.append(trade.read(reference).status)

    assert seen == [P.SENT, P.ACCEPTED, P.SHIPPED, P.DELIVERED]
    done = trade.read(reference)
    start = done.created_at
    assert done.acknowledged_at == start + timedelta(seconds=60)
    assert done.ship_by == start + timedelta(days=1)
    assert done.handed_over_at == start + timedelta(hours=1)
    assert done.delivered_at == start + timedelta(hours=2)
    assert trade.read_order(done.order_id).status is OrderStatus.DELIVERED


def test_a_supplier_is_not_believed_about_anothers_purchase_orders(
    trade: Trade,
) -> None:
    """Pain: one supplier, by malice or mistake, cancels what another delivers."""
    trade.supplier("A")
    asked_of_a = trade.purchase("A", ("X", 4, 1000))
    asked_of_b = on_their_way(trade, "B")
    items = (PurchaseItem("X", 4, 500),)
    anybody = Recipient("Ada", "Street 1", "London", "N1", "GB")
    trade.client("B").submit(PurchaseRequest(asked_of_a, "#1", "USD", anybody, items))
    trade.later(seconds=61)
    trade.track()
    assert trade.read(asked_of_b).status is P.ACCEPTED
    assert trade.read(asked_of_a).status is P.SENT
    assert "purchase_accepted" not in trade.events(trade.read(asked_of_a).order_id)


def test_each_supplier_has_its_turn(trade: Trade) -> None:
    on_their_way(trade)
    trade.track()
    assert supplier(trade).next_poll_at == trade.now + POLL

    trade.trouble("A", "down", times=None)
    trade.later(seconds=1)
    assert trade.track() == 0
    assert supplier(trade).poll_failures == 0  # it was not asked
    trade.later(seconds=60)
    trade.track()

    failed = supplier(trade)
    assert failed.poll_failures == 1
    assert failed.last_error
    assert failed.next_poll_at is not None
    assert failed.next_poll_at > trade.now


def test_a_poll_that_fails_loses_nothing(trade: Trade) -> None:
    reference = on_their_way(trade)
    trade.later(seconds=100)
    trade.trouble("A", "garble", on="changes")
    trade.track()
    assert trade.read(reference).status is P.SENT

    trade.later(seconds=100)
    trade.track()

    assert trade.read(reference).status is P.ACCEPTED
    assert supplier(trade).last_error == ""


def test_a_supplier_that_has_nothing_to_tell_is_left_alone(trade: Trade) -> None:
    trade.supplier("A")

    assert trade.track() == 0
    assert supplier(trade).next_poll_at is None


def test_one_supplier_that_is_down_does_not_hide_what_another_says(
    trade: Trade,
) -> None:
    on_their_way(trade, "A")
    reference = on_their_way(trade, "B")
    trade.trouble("A", "down", times=None)
    trade.later(seconds=100)

    trade.track()

    assert trade.read(reference).status is P.ACCEPTED


def test_news_that_cannot_be_kept_spoils_nobody_elses(trade: Trade) -> None:
    references = {name: on_their_way(trade, name) for name in "ABC"}
    poisoned = f"{trade.codes['B']}-"
    with trade.sessions.writing() as session:
        session.connection().exec_driver_sql(
            "CREATE TRIGGER poison BEFORE INSERT ON shipment"
            f" WHEN NEW.shipment_id LIKE '{poisoned}%'"
            " BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
    trade.later(hours=3)

    trade.track()

    found = {name: trade.read(references[name]).status for name in "ABC"}
    assert found == {"A": P.DELIVERED, "B": P.SENT, "C": P.DELIVERED}
    assert kept_aside(trade) == [(references["B"], "no room")]
    assert supplier(trade, "B").changes_cursor is not None


def kept_aside(trade: Trade) -> list[tuple[str, str]]:
    with trade.sessions.reading() as session:
        found = session.exec(select(SetAsideReport.reference, SetAsideReport.why))
        return [tuple(each) for each in found]


@EVERYWHERE
def test_several_parcels_add_up(trade: Trade) -> None:
    reference = on_their_way(trade, parcels=3)
    trade.later(hours=3)

    trade.track()

    with trade.sessions.reading() as session:
        assert len(session.exec(select(Shipment)).all()) == 3
    assert trade.read(reference).status is P.DELIVERED


def test_a_supplier_that_cancels_by_itself_gives_the_units_back(trade: Trade) -> None:
    code = trade.supplier("A")
    trade.offer("A", "X")
    order_id = trade.order(("X", 2, 1000), name="#gone")
    gone = Script(
        supplier=code,
        order_name="#gone",
        acknowledged_at=trade.now,
        cancelled_at=trade.now + timedelta(hours=1),
    )
    trade.remote.load_scripts([gone])
    trade.route()
    trade.forward()

    trade.later(hours=2)
    trade.track()

    assert trade.statuses() == [P.CANCELLED]
    assert trade.holds(order_id) == ["supplier_cancelled"]


def test_what_shipped_before_the_supplier_cancelled_the_rest_is_not_bought_again(
    trade: Trade,
) -> None:
    code = trade.supplier("A")
    trade.offer("A", "X")
    order_id = trade.order(("X", 5, 1000), name="#half")
    parcel = ScriptParcel(
        contents={f"{code}-X": 3}, shipped_at=trade.now + timedelta(hours=1)
    )
    half = Script(
        supplier=code,
        order_name="#half",
        acknowledged_at=trade.now,
        cancelled_at=trade.now + timedelta(hours=2),
        parcels=(parcel,),
    )
    trade.remote.load_scripts([half])
    trade.route()
    trade.forward()

    trade.later(hours=3)
    trade.track()

    assert trade.statuses() == [P.SHIPPED]
    assert trade.holds(order_id) == ["supplier_shortfall"]


def test_what_was_delivered_long_ago_is_closed(trade: Trade) -> None:
    trade.supplier("A")
    old = trade.purchase("A", status=P.DELIVERED, delivered_at=trade.now)
    trade.later(days=61)
    new = trade.purchase("A", status=P.DELIVERED, delivered_at=trade.now)

    with trade.sessions.writing() as session:
        assert close_delivered(session, trade.now) == 1

    assert (trade.read(old).status, trade.read(new).status) == (P.CLOSED, P.DELIVERED)
