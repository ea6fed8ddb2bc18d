"""The tables of allowed moves, read as a whole."""

import pytest

from erp.fulfilment.lifecycle import (
    AWAITED,
    DEAD,
    NEXT_PURCHASE,
    NEXT_RETURN,
    PurchaseStatus,
    ReturnStatus,
    check_move,
)
from erp.orders.lifecycle import MoveError

P = PurchaseStatus
ENDS = {P.CLOSED, P.REJECTED, P.CANCELLED}


def reachable(start: PurchaseStatus) -> set[PurchaseStatus]:
    found = {start}
    while more := {n for each in found for n in NEXT_PURCHASE[each]} - found:
        found |= more
    return found


def test_every_status_has_its_moves() -> None:
    assert set(NEXT_PURCHASE) == set(P)
    assert set(NEXT_RETURN) == set(ReturnStatus)


def test_every_purchase_order_can_come_to_an_end() -> None:
    assert {each for each in P if not NEXT_PURCHASE[each]} == ENDS
    assert all(reachable(each) & ENDS for each in P)


def test_what_was_answered_is_never_sent_again() -> None:
    answered = AWAITED - {P.SENT, P.CANCELLING} | {P.DELIVERED, P.CLOSED} | DEAD
    for status in answered:
        assert not NEXT_PURCHASE[status] & {P.QUEUED, P.SENDING, P.UNKNOWN, P.SENT}


def test_what_has_shipped_only_arrives() -> None:
    assert reachable(P.SHIPPED) == {P.SHIPPED, P.DELIVERED, P.CLOSED}


def test_an_unknown_answer_is_not_a_failure_that_may_simply_be_resent() -> None:
    assert P.SENDING not in NEXT_PURCHASE[P.UNKNOWN]
    assert P.SENDING not in NEXT_PURCHASE[P.NEEDS_ATTENTION]
    assert [each for each in P if P.SENDING in NEXT_PURCHASE[each]] == [P.QUEUED]


def test_a_move_that_is_not_allowed_says_from_where_to_where() -> None:
    with pytest.raises(MoveError, match="shipped cannot become queued"):
        check_move(P.SHIPPED, P.QUEUED, NEXT_PURCHASE[P.SHIPPED])
