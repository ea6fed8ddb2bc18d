"""Calls that overlap: with each other, with their lease, with what else is told."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import AttemptOutcome, PurchaseOrder
from suppliers.contract import (
    Duplicates,
    PurchaseReport,
    PurchaseRequest,
)
from suppliers.errors import Rejected, SupplierError, Unavailable
from suppliers.registry import Clients
from tests.erp.fulfilment.forwarding.doubles import doubling, taken
from tests.erp.fulfilment.trade import EVERYWHERE, LEASE, Trade

P = PurchaseStatus


@EVERYWHERE
def test_two_forwarders_at_once_never_send_twice(trade: Trade) -> None:
    trade.supplier("A", guard="none")
    trade.supplier("B", guard="none")
    for name in "AB" * 15:
        trade.purchase(name)

    with ThreadPoolExecutor(3) as pool:
        sent = sum(pool.map(lambda _: trade.forward(), range(3)))

    assert sent == 30
    assert trade.everything_counted() == [(1, 1)] * 30
    assert trade.statuses() == [P.SENT] * 30


def test_a_supplier_that_hangs_does_not_keep_the_others_waiting(trade: Trade) -> None:
    """Its backlog is older than the other's order, and never ends in this test."""
    hanging, quick = trade.supplier("A"), trade.supplier("B")
    for _ in range(20):
        trade.purchase("A", due_at=trade.now - timedelta(hours=1))
    reference = trade.purchase("B")
    served = threading.Event()

    def hang(request: PurchaseRequest) -> PurchaseReport:
        assert served.wait(20), "the other supplier was never called"
        return taken(request)

    def serve(request: PurchaseRequest) -> PurchaseReport:
        served.set()
        return taken(request)

    trade.forward(clients=doubling(**{hanging: hang, quick: serve}), threads=4)

    assert trade.read(reference).status is P.SENT
    assert trade.statuses() == [P.SENT] * 21


def test_an_order_that_comes_in_during_a_slow_call_is_not_kept_waiting(
    trade: Trade,
) -> None:
    slow, quick = trade.supplier("A"), trade.supplier("B")
    trade.purchase("A")
    served = threading.Event()

    def hang(request: PurchaseRequest) -> PurchaseReport:
        trade.purchase("B")
        assert served.wait(20), "the new order was never sent"
        return taken(request)

    def serve(request: PurchaseRequest) -> PurchaseReport:
        served.set()
        return taken(request)

    trade.forward(clients=doubling(**{slow: hang, quick: serve}))

    assert trade.statuses() == [P.SENT, P.SENT]


def test_no_call_is_made_whose_answer_could_come_after_its_lease(
    trade: Trade,
) -> None:
    """Somebody else may by then have looked it up, found nothing, and sent it."""
    codes = [trade.supplier(name) for name in "ABC"]
    references = [trade.purchase(name) for name in "ABC"]

    def take_long(request: PurchaseRequest) -> PurchaseReport:
        trade.now += LEASE - timedelta(seconds=5)
        return taken(request)

    clients = doubling(**dict.fromkeys(codes, take_long))
    trade.forward(clients=clients, threads=2)  # one of three waits for its turn

    outcomes = [a.outcome for each in references for a in trade.attempts(each)]
    assert AttemptOutcome.NOT_CALLED in outcomes
    for _ in references:
        trade.now += timedelta(hours=1)
        trade.forward(clients=clients)
    outcomes = [a.outcome for each in references for a in trade.attempts(each)]
    assert outcomes.count(AttemptOutcome.PLACED) == 3


@EVERYWHERE
def test_an_answer_after_the_lease_still_counts_if_it_was_placed(trade: Trade) -> None:
    code = trade.supplier("A")
    reference = trade.purchase("A")

    def answer_late(request: PurchaseRequest) -> PurchaseReport:
        trade.now += LEASE + timedelta(seconds=1)
        trade.reconcile()  # another process calls it lost, and finds nothing yet
        assert trade.read(reference).status is P.UNKNOWN
        return taken(request)

    trade.forward(clients=doubling(**{code: answer_late}))

    assert trade.read(reference).status is P.SENT
    assert trade.reconcile() == 0


@pytest.mark.parametrize(
    "error",
    [Unavailable("A", "gone"), Rejected("A", "we have this order already")],
    ids=["unavailable", "rejected"],
)
def test_a_late_answer_that_it_was_not_placed_is_not_believed(
    trade: Trade, error: SupplierError
) -> None:
    code = trade.supplier("A")
    reference = trade.purchase("A")

    def answer_late(request: PurchaseRequest) -> PurchaseReport:
        trade.now += LEASE + timedelta(seconds=1)
        trade.reconcile()
        raise error

    trade.forward(clients=doubling(**{code: answer_late}))

    assert trade.read(reference).status is P.UNKNOWN


@pytest.mark.parametrize("trouble", ["rate_limit", "lose_answer", "refuse"], ids=str)
def test_what_a_supplier_reported_during_the_call_is_not_undone_by_its_answer(
    trade: Trade, trouble: str
) -> None:
    """The first answer was lost, it was sent again, and then it turns up."""
    trade.supplier("A", guard="none")
    reference = trade.purchase("A")
    trade.trouble("A", "lose_answer", when="after")
    trade.forward()
    with trade.sessions.writing() as session:
        row = session.exec(select(PurchaseOrder)).one()
        row.status, row.due_at = P.QUEUED, trade.now  # a human was sure it is not there
    trade.trouble("A", trouble)
    open_clients = trade.clients

    class Meanwhile:
        duplicates = Duplicates.NATIVE_KEY

        def __init__(self, connection: Any) -> None:
            self.real = open_clients.client_for(connection)

        def submit(self, request: PurchaseRequest) -> PurchaseReport:
            trade.track()
            return self.real.submit(request)

        def close(self) -> None: ...

    wrapping = Clients(trade.clock, {"rest": lambda c, *_: Meanwhile(c)})
    trade.forward(clients=wrapping)

    assert trade.read(reference).status is P.SENT
    assert trade.forward() == 0
