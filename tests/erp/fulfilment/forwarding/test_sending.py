"""Purchase orders reach their supplier once: over a real sandbox, on both databases."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import Attempt, AttemptOutcome, PurchaseOrder
from suppliers.contract import (
    Duplicates,
    PurchaseReport,
    PurchaseRequest,
    RejectReason,
    ReportedStatus,
)
from suppliers.errors import Rejected, SupplierError, Unavailable
from suppliers.models import Supplier
from suppliers.registry import Clients
from suppliers.sandbox.messages import Script
from tests.erp.fulfilment.trade import EVERYWHERE, LEASE, RULES, Trade

P = PurchaseStatus


@dataclass
class Doubling:
    """A supplier's client that tells a test what it is asked, before or instead."""

    answer: Callable[[PurchaseRequest], PurchaseReport]
    duplicates: Duplicates = Duplicates.NATIVE_KEY
    asked: list[str] = field(default_factory=list)

    def submit(self, request: PurchaseRequest) -> PurchaseReport:
        self.asked.append(request.reference)
        return self.answer(request)

    def look_up(self, reference: str) -> PurchaseReport | None:
        return None

    def close(self) -> None: ...


def doubling(**answers: Callable[[PurchaseRequest], PurchaseReport]) -> Clients:
    """Clients that answer by supplier code."""
    made = {code: Doubling(answer) for code, answer in answers.items()}
    return Clients(lambda: None, {"rest": lambda c, *_: made[c.code]})


def taken(request: PurchaseRequest) -> PurchaseReport:
    return PurchaseReport(request.reference, "theirs", ReportedStatus.RECEIVED)


def refused(error: SupplierError) -> Callable[[PurchaseRequest], PurchaseReport]:
    def answer(_: PurchaseRequest) -> PurchaseReport:
        raise error

    return answer


@EVERYWHERE
def test_a_purchase_order_is_sent_once_and_remembers_the_suppliers_number(
    trade: Trade,
) -> None:
    trade.supplier("A")
    reference = trade.purchase("A")

    assert trade.forward() == 1
    assert trade.forward() == 0

    sent = trade.read(reference)
    assert sent.status is P.SENT
    assert sent.supplier_reference
    assert (sent.sent_at, sent.due_at, sent.lease_until) == (trade.now, None, None)
    assert [a.outcome for a in trade.attempts(reference)] == [AttemptOutcome.PLACED]
    assert trade.counted("A", reference) == (1, 1)


def test_the_attempt_is_on_disk_before_the_supplier_is_called(trade: Trade) -> None:
    code = trade.supplier("A")
    reference = trade.purchase("A")
    seen: list[tuple[Any, ...]] = []

    def look(request: PurchaseRequest) -> PurchaseReport:
        with trade.sessions.reading() as session:
            query = select(PurchaseOrder.status, Attempt.outcome).join(
                Attempt, col(Attempt.purchase_order_id) == col(PurchaseOrder.id)
            )
            seen.extend(session.exec(query))
        return taken(request)

    trade.forward(clients=doubling(**{code: look}))

    assert seen == [(P.SENDING, AttemptOutcome.STARTED)]
    assert trade.read(reference).status is P.SENT


@EVERYWHERE
@pytest.mark.parametrize("trouble", ["lose_answer", "garble", "fail"])
def test_a_lost_answer_does_not_order_twice(trade: Trade, trouble: str) -> None:
    trade.supplier("A")
    reference = trade.purchase("A")
    trade.trouble("A", trouble, when="after")

    trade.forward()
    assert trade.read(reference).status is P.UNKNOWN
    assert trade.forward() == 0
    trade.reconcile()

    assert trade.read(reference).status is P.SENT
    assert trade.counted("A", reference) == (1, 1)
    (attempt,) = trade.attempts(reference)
    assert attempt.outcome is AttemptOutcome.AMBIGUOUS
    assert attempt.detail


@pytest.mark.parametrize("as_date", [False, True], ids=["seconds", "date"])
def test_a_supplier_that_asks_for_patience_gets_it_for_its_whole_queue(
    trade: Trade, as_date: bool
) -> None:
    trade.supplier("A")
    first, second = trade.purchase("A"), trade.purchase("A")
    trade.change(PurchaseOrder, col(PurchaseOrder.reference) == second, due_at=None)
    trade.trouble("A", "rate_limit", retry_after=90, as_date=as_date)

    trade.forward()
    asked = trade.read(first).due_at
    assert asked is not None
    assert timedelta(seconds=90) <= asked - trade.now <= timedelta(seconds=96)
    trade.change(
        PurchaseOrder, col(PurchaseOrder.reference) == second, due_at=trade.now
    )
    trade.trouble("A", "rate_limit", retry_after=90, as_date=as_date)
    trade.forward()
    assert trade.forward() == 0
    trade.later(seconds=200)
    trade.forward()

    assert trade.statuses() == [P.SENT, P.SENT]
    assert trade.counted("A", first) == (1, 2)
    assert trade.counted("A", second) == (1, 2)


@EVERYWHERE
def test_the_rest_of_the_queue_waits_with_the_one_that_was_told_to_wait(
    trade: Trade,
) -> None:
    trade.supplier("A")
    references = [trade.purchase("A") for _ in range(6)]
    trade.trouble("A", "rate_limit", retry_after=90)

    trade.forward(threads=2)  # one call at a time for one supplier

    assert [trade.counted("A", each)[1] for each in references] == [1, 0, 0, 0, 0, 0]
    trade.later(seconds=100)
    trade.forward(threads=2)
    assert trade.statuses() == [P.SENT] * 6


@EVERYWHERE
def test_a_supplier_down_for_an_hour_loses_nothing_and_gets_everything_once(
    trade: Trade,
) -> None:
    trade.supplier("A")
    references = [trade.purchase("A") for _ in range(5)]
    trade.trouble("A", "down", seconds=3600)

    for _ in range(80):
        trade.forward()
        trade.reconcile()
        trade.later(seconds=60)

    assert trade.statuses() == [P.SENT] * 5
    assert [trade.counted("A", each)[0] for each in references] == [1] * 5


def test_nobody_at_the_address_is_tried_again_with_growing_patience(
    trade: Trade, free_port: int
) -> None:
    trade.supplier("A")
    trade.change_supplier("A", base_url=f"http://127.0.0.1:{free_port}/s/A")
    reference = trade.purchase("A")

    waits = []
    for _ in range(4):
        trade.forward()
        due_at = trade.read(reference).due_at
        assert due_at is not None
        waits.append((due_at - trade.now).total_seconds())
        trade.now = due_at

    assert waits == [3.75, 7.5, 15.0, 30.0]
    assert trade.read(reference).status is P.QUEUED
    assert {a.outcome for a in trade.attempts(reference)} == {
        AttemptOutcome.UNAVAILABLE
    }


@EVERYWHERE
def test_after_so_many_attempts_a_human_decides(trade: Trade, free_port: int) -> None:
    trade.supplier("A")
    trade.change_supplier("A", base_url=f"http://127.0.0.1:{free_port}/s/A")
    reference = trade.purchase("A")

    for _ in range(RULES.max_attempts):
        trade.forward()
        trade.now += timedelta(hours=5)

    given_up = trade.read(reference)
    assert given_up.status is P.NEEDS_ATTENTION
    assert given_up.due_at is None
    assert given_up.note
    assert trade.forward() == 0


def test_a_busy_supplier_that_says_in_a_second_is_no_humans_business(
    trade: Trade,
) -> None:
    trade.supplier("A")
    reference = trade.purchase("A")
    trade.trouble("A", "rate_limit", retry_after=1, times=None)

    for _ in range(2 * RULES.max_attempts):
        trade.forward()
        trade.now += timedelta(seconds=10)

    assert trade.read(reference).status is P.QUEUED


@EVERYWHERE
def test_a_refusal_frees_the_units_and_holds_the_order(trade: Trade) -> None:
    trade.supplier("A")
    reference = trade.purchase("A")
    trade.trouble("A", "refuse", reason="inventory_out_of_stock")

    trade.forward()

    purchase = trade.read(reference)
    assert purchase.status is P.REJECTED
    assert purchase.reason is RejectReason.INVENTORY_OUT_OF_STOCK
    assert purchase.ended_at == trade.now
    assert [line.status for line in trade.lines(purchase.order_id)] == ["open"]
    assert trade.holds(purchase.order_id) == ["supplier_rejected"]


def test_a_paused_supplier_keeps_its_queue_and_loses_nothing(trade: Trade) -> None:
    trade.supplier("A", is_paused=True)
    reference = trade.purchase("A")

    assert trade.forward() == 0
    trade.change_supplier("A", is_paused=False)
    assert trade.forward() == 1

    assert trade.counted("A", reference) == (1, 1)


def test_the_orders_of_a_supplier_without_a_connection_wait(trade: Trade) -> None:
    trade.supplier("A")
    trade.change_supplier("A", kind=None)
    reference = trade.purchase("A")

    assert trade.forward() == 0
    assert trade.read(reference).status is P.QUEUED


@pytest.mark.parametrize(
    "broken",
    [
        {"sealed_token": "sealed with another key"},
        {"base_url": "http://127.0.0.1:port"},
        {"kind": "fax"},
        {"allow_private": False},
    ],
    ids=["credential", "address", "dialect", "private address"],
)
def test_a_supplier_that_cannot_be_called_does_not_stop_the_others(
    trade: Trade, broken: dict[str, object]
) -> None:
    trade.supplier("A")
    trade.supplier("B")
    waiting, fine = trade.purchase("A"), trade.purchase("B")
    trade.change_supplier("A", **broken)

    trade.forward()

    assert trade.read(waiting).status is P.QUEUED
    assert trade.read(fine).status is P.SENT
    with trade.sessions.reading() as session:
        query = select(Supplier).where(col(Supplier.code) == trade.codes["A"])
        assert session.exec(query).one().last_error


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


def test_only_what_ships_is_told_of_the_customer(trade: Trade) -> None:
    """Pain: the goods went to the company's address, not the buyer's."""
    code = trade.supplier("A")
    trade.purchase("A", ("X", 2, 900), ("Y", 1, 500))
    requests: list[PurchaseRequest] = []

    def keep(request: PurchaseRequest) -> PurchaseReport:
        requests.append(request)
        return taken(request)

    trade.forward(clients=doubling(**{code: keep}))

    (request,) = requests
    assert request.recipient.address1 == "12 Analytical Street"
    assert "ada@example.com" not in repr(request)
    asked = {item.supplier_sku: item.quantity for item in request.items}
    assert asked == {f"{code}-X": 2, f"{code}-Y": 1}


def test_every_line_reaches_the_supplier_with_its_own_quantity(trade: Trade) -> None:
    """Pains: one of N items sent; the quantity of a purchase order doubled."""
    code = trade.supplier("A", acknowledge_after=0)
    trade.purchase("A", ("X", 2, 900), ("Y", 3, 500), ("X", 4, 900))

    trade.forward()

    (purchase,) = trade.purchases()
    assert purchase.status is P.ACCEPTED
    report = trade.client("A").look_up(purchase.reference)
    assert report is not None
    accepted = {item.supplier_sku: item.accepted_quantity for item in report.items}
    assert accepted == {f"{code}-X": 6, f"{code}-Y": 3}


@EVERYWHERE
def test_customers_with_the_same_goods_get_an_order_each(trade: Trade) -> None:
    """Pain: orders of different customers merged into one purchase order."""
    trade.supplier("A")
    trade.offer("A", "X", quantity=10)
    trade.order(("X", 1, 1000))
    trade.order(("X", 1, 1000))

    trade.route()
    trade.forward()

    assert trade.everything_counted() == [(1, 1), (1, 1)]
    assert len({purchase.order_id for purchase in trade.purchases()}) == 2


def test_a_script_that_refuses_at_once_is_a_rejection(trade: Trade) -> None:
    code = trade.supplier("A")
    trade.offer("A", "X")
    order_id = trade.order(("X", 1, 1000), name="#refused")
    trade.remote.load_scripts(
        [Script(supplier=code, order_name="#refused", refuse=RejectReason.INVALID_SKU)]
    )

    trade.route()
    trade.forward()

    assert trade.statuses() == [P.REJECTED]
    assert trade.holds(order_id) == ["supplier_rejected"]
