"""A process that died in a call, while the supplier reported the order by itself."""

import pytest

from erp.fulfilment.forwarding.cut_off import end_cut_off
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import AttemptOutcome
from suppliers.registry import Clients
from tests.erp.fulfilment.forwarding.lost_answers import Answering, request_of
from tests.erp.fulfilment.trade import EVERYWHERE, LEASE, Trade


class Death(BaseException):
    """What a killed process leaves: a claim, and a call that was made."""


def die_in_the_call(trade: Trade) -> str:
    trade.supplier("A")
    reference = trade.purchase("A")

    def die(*_: object) -> None:
        trade.client("A").submit(request_of(trade, reference))
        raise Death

    dying = Clients(trade.clock, {"rest": lambda *_: Answering(die)})
    with pytest.raises(Death):
        trade.forward(clients=dying)
    return reference


def tidy(trade: Trade) -> int:
    with trade.sessions.writing() as session:
        return end_cut_off(session, trade.clock(), LEASE)


@EVERYWHERE
def test_an_attempt_whose_order_was_reported_first_is_not_under_way_for_ever(
    trade: Trade,
) -> None:
    reference = die_in_the_call(trade)
    trade.track()
    assert trade.read(reference).status is PurchaseStatus.SENT
    assert tidy(trade) == 0, "its process might be alive, and its answer on the way"

    trade.later(seconds=LEASE.total_seconds())

    assert tidy(trade) == 1
    (attempt,) = trade.attempts(reference)
    assert attempt.outcome is AttemptOutcome.LOST
    assert attempt.ended_at == trade.clock()


def test_an_attempt_that_is_still_waited_for_is_left_to_be_looked_up(
    trade: Trade,
) -> None:
    reference = die_in_the_call(trade)
    trade.later(seconds=LEASE.total_seconds())

    assert tidy(trade) == 0
    (attempt,) = trade.attempts(reference)
    assert attempt.outcome is AttemptOutcome.STARTED
