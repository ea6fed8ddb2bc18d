"""What nobody foresaw about one answer costs the other purchase orders nothing."""

from dataclasses import replace

import pytest

from erp.fulfilment.forwarding.cancelling import cancel_due
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import AttemptOutcome
from suppliers.contract import (
    ParcelReport,
    PurchaseReport,
    PurchaseRequest,
    ScanReport,
)
from suppliers.registry import Clients
from tests.erp.fulfilment.forwarding.doubles import Doubling, doubling, taken
from tests.erp.fulfilment.trade import RULES, Trade
from tests.factories import NOW

P = PurchaseStatus


def fails(_: PurchaseRequest) -> PurchaseReport:
    raise RuntimeError("a bug of ours")


def tells_nonsense(request: PurchaseRequest) -> PurchaseReport:
    """Taken, and a parcel met with what no caller does."""
    scans = (ScanReport("teleported", NOW),)
    parcels = (ParcelReport("parcel", "DHL", "1", (), scans),)
    return replace(taken(request), parcels=parcels)


ANSWERS = pytest.mark.parametrize(
    "answer", [fails, tells_nonsense], ids=["bug", "nonsense"]
)


@ANSWERS
def test_others_answers_are_kept(trade: Trade, answer) -> None:
    bad, good = trade.supplier("A"), trade.supplier("B")
    lost = trade.purchase("A")
    others = [trade.purchase("B") for _ in range(3)]

    trade.forward(clients=doubling(**{bad: answer, good: taken}))

    assert [trade.read(each).status for each in others] == [P.SENT] * 3
    assert trade.read(lost).status is P.UNKNOWN  # it may have been heard
    (attempt,) = trade.attempts(lost)
    assert attempt.outcome is AttemptOutcome.AMBIGUOUS


class Nonsense(Doubling):
    def look_up(self, reference: str) -> PurchaseReport | None:
        return self.answer(PurchaseRequest(reference, "#1", "USD", None, ()))

    def cancel(self, reference: str) -> PurchaseReport:
        return self.answer(PurchaseRequest(reference, "#1", "USD", None, ()))


def answering(answer) -> Clients:
    return Clients(lambda: None, {"rest": lambda *_: Nonsense(answer)})


@ANSWERS
def test_a_look_up_nobody_understands_ends_with_a_human(trade: Trade, answer) -> None:
    trade.supplier("A")
    waiting = [trade.purchase("A") for _ in range(2)]
    trade.trouble("A", "lose_answer", when="before", times=None)
    trade.forward()

    assert trade.reconcile(clients=answering(answer)) == 2
    assert [trade.read(each).status for each in waiting] == [P.UNKNOWN] * 2
    trade.later(seconds=RULES.longest.total_seconds() + 300)
    trade.reconcile(clients=answering(answer))
    assert [trade.read(each).status for each in waiting] == [P.NEEDS_ATTENTION] * 2


@ANSWERS
def test_a_cancellation_nobody_understands_is_asked_again(trade: Trade, answer) -> None:
    trade.supplier("A")
    waiting = [trade.purchase("A", status=P.CANCELLING, due_at=NOW) for _ in range(2)]

    assert cancel_due(trade.sessions, trade.caller(clients=answering(answer))) == 2
    for each in waiting:
        asked = trade.read(each)
        assert asked.status is P.CANCELLING
        assert asked.due_at == trade.now + RULES.settle
