"""Several pollers, suppliers and people at once agree on what was said."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from erp.fulfilment.decisions import cancel_purchase
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder, Shipment
from erp.fulfilment.tracking.asking import ask
from erp.fulfilment.tracking.polling import _keep as keep
from erp.fulfilment.tracking.reports import apply_reports
from erp.fulfilment.tracking.turns import claim_turns
from erp.orders.lifecycle import OrderStatus
from suppliers.contract import (
    ChangePage,
    Follows,
    SupplierClient,
)
from suppliers.errors import Unavailable
from suppliers.registry import Clients, rest
from tests.erp.fulfilment.tracking.followed import on_their_way, supplier
from tests.erp.fulfilment.trade import EVERYWHERE, POLL, Trade

P = PurchaseStatus


@EVERYWHERE
def test_two_suppliers_that_report_on_one_order_at_once_agree(trade: Trade) -> None:
    """Its status is made of both: neither may overlook the other's news."""
    names = "ABCD"
    usual = {"acknowledge_after": 0, "ship_after": 60, "deliver_after": 120}
    order_ids = []
    for name in names:
        trade.supplier(name, **usual)
        trade.offer(name, f"SKU-{name}")
    for _ in range(6):
        lines = [(f"SKU-{name}", 1, 1000) for name in names]
        order_ids.append(trade.order(*lines))
    trade.route()
    trade.forward()
    trade.later(hours=1)

    trade.track()

    statuses = {trade.read_order(each).status for each in order_ids}
    assert statuses == {OrderStatus.DELIVERED}


@EVERYWHERE
def test_a_page_is_taken_by_two_pollers_at_once_without_harm(trade: Trade) -> None:
    reference = on_their_way(trade)
    trade.later(hours=3)
    report = trade.client("A").look_up(reference)
    assert report is not None

    def apply(_: int) -> None:
        with trade.sessions.writing() as session:
            apply_reports(session, [report], trade.now)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(apply, range(8)))

    assert trade.read(reference).status is P.DELIVERED
    events = trade.events(trade.read(reference).order_id)
    assert events.count("purchase_delivered") == 1
    with trade.sessions.reading() as session:
        assert len(session.exec(select(Shipment)).all()) == 1


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_a_human_and_the_scheduler_decide_one_after_the_other(trade: Trade) -> None:
    """What a page showed may be over when the button is pressed. (SQLite has one writer
    at a time: there nothing can happen in between.)"""
    trade.supplier("A")
    reference = trade.purchase("A")
    query = select(PurchaseOrder).where(col(PurchaseOrder.reference) == reference)
    with trade.sessions.writing() as session:
        purchase = session.exec(query).one()
        assert purchase.status is P.QUEUED
        trade.forward()
        cancel_purchase(session, purchase, trade.now, by="ada")

    assert trade.read(reference).status is P.CANCELLING


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_news_of_a_second_supplier_wait_for_those_of_the_first(trade: Trade) -> None:
    """Both move the one order; whoever is second must see what the first wrote."""
    for name in "AB":
        trade.supplier(name, acknowledge_after=0, ship_after=60, deliver_after=120)
        trade.offer(name, f"SKU-{name}")
    order_id = trade.order(("SKU-A", 1, 1000), ("SKU-B", 1, 1000))
    trade.route()
    trade.forward()
    trade.later(hours=1)
    first, second = (
        trade.client(name).look_up(purchase.reference)
        for name, purchase in zip("AB", trade.purchases(), strict=True)
    )
    assert first is not None
    assert second is not None

    def tell_second() -> None:
        with trade.sessions.writing() as session:
            apply_reports(session, [second], trade.now)

    with ThreadPoolExecutor(1) as pool:
        with trade.sessions.writing() as session:
            apply_reports(session, [first], trade.now)
            session.flush()
            told = pool.submit(tell_second)
            await_a_waiter(trade)
        told.result()

    assert trade.read_order(order_id).status is OrderStatus.DELIVERED


def await_a_waiter(trade: Trade) -> None:
    """Until another transaction waits for a lock of ours."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    give_up_at = time.monotonic() + 10
    with trade.sessions.engine.connect() as connection:
        while not connection.execute(waiting).scalar():
            assert time.monotonic() < give_up_at, "nobody waits"


@EVERYWHERE
@pytest.mark.parametrize("fails", [False, True], ids=["page", "failure"])
def test_a_poll_under_way_says_nothing_of_the_connection_that_took_over(
    trade: Trade, fails: bool
) -> None:
    """Pain: the new interface was handed the old one's cursor, and told no news."""
    reference = on_their_way(trade)
    trade.later(seconds=100)

    @dataclass
    class Overtaken:
        real: SupplierClient
        follows: Follows = Follows.CHANGES

        def changes(self, cursor: str | None) -> ChangePage:
            page = self.real.changes(cursor)
            address = "http://localhost:1/new"
            trade.change_supplier("A", base_url=address, next_poll_at=trade.now)
            if fails:
                raise Unavailable("A", "gone")
            return page

        def close(self) -> None:
            self.real.close()

    trade.clients.close()
    trade.clients = Clients(
        trade.clock, {"rest": lambda *given: Overtaken(rest(*given))}
    )
    with trade.sessions.writing() as session:
        polls = claim_turns(session, trade.caller(), trade.now, 8)
    heard = [(each, ask(trade.caller(), each)) for each in polls]
    keep(trade.sessions, trade.caller(), heard, POLL)

    anew = supplier(trade)
    assert (anew.changes_cursor, anew.last_error) == (None, "")
    assert anew.next_poll_at == trade.now
    assert trade.read(reference).status is (P.SENT if fails else P.ACCEPTED)
