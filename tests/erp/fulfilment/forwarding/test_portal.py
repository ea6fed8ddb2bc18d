"""A supplier that pulls: claimed, attempted, recorded as any other, then ready."""

import pytest
from sqlmodel import col, select

from erp.fulfilment.answering.answers import Accept, AnswerCancel
from erp.fulfilment.answering.listing import list_after, number_new
from erp.fulfilment.answering.taking import take
from erp.fulfilment.forwarding.claiming import claim
from erp.fulfilment.forwarding.lanes import Room
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import AttemptOutcome, PurchaseOrder
from inventory.sync import anything_due
from suppliers.models import Supplier
from tests.erp.fulfilment.telling import call_off
from tests.erp.fulfilment.trade import EVERYWHERE, LEASE, SETTLE, Trade
from tests.factories import make_supplier

P = PurchaseStatus


@pytest.fixture
def portal(trade: Trade) -> Trade:
    """A store whose supplier A pulls: nobody could be called."""
    trade.codes["A"] = "pull"
    with trade.sessions.writing() as session:
        make_supplier(session, "pull", kind="portal")
    return trade


def listed(trade: Trade) -> list[str]:
    with trade.sessions.writing() as session:
        supplier_id = make_supplier(session, "pull").id
        number_new(session, supplier_id)
        found = list_after(session, supplier_id, 0, 50)
        return [each.purchase.reference for each in found]


def say(trade: Trade, reference: str, answer: object) -> None:
    with trade.sessions.writing() as session:
        supplier_id = make_supplier(session, "pull").id
        assert take(session, supplier_id, reference, answer, trade.now)


@EVERYWHERE
def test_it_is_claimed_attempted_recorded_and_lies_ready(portal: Trade) -> None:
    references = [portal.purchase("A") for _ in range(3)]
    assert listed(portal) == []

    assert portal.forward() == 3

    assert portal.statuses() == [P.SENT] * 3
    for reference in references:
        (attempt,) = portal.attempts(reference)
        assert attempt.outcome is AttemptOutcome.PLACED
    assert listed(portal) == references


def test_a_process_that_died_while_handing_over_needs_no_human(portal: Trade) -> None:
    reference = portal.purchase("A")
    with portal.sessions.writing() as session:
        claim(session, portal.caller(), Room(), portal.now, limit=9)
    portal.later(seconds=(LEASE + SETTLE).total_seconds())

    portal.reconcile()

    assert portal.statuses() == [P.SENT]
    assert listed(portal) == [reference]


def test_a_paused_one_is_handed_nothing(portal: Trade) -> None:
    portal.purchase("A")
    portal.change_supplier("A", is_paused=True)
    assert portal.forward() == 0
    assert listed(portal) == []


def test_a_wish_to_cancel_waits_for_its_answer(portal: Trade) -> None:
    reference = portal.purchase("A")
    portal.forward()
    say(portal, reference, Accept())
    call_off(portal, reference)
    portal.cancel()
    portal.later(days=3)
    assert portal.cancel() == 0
    assert portal.statuses() == [P.CANCELLING]

    say(portal, reference, AnswerCancel(True))

    assert portal.statuses() == [P.CANCELLED]


def test_nobody_reads_its_feed(portal: Trade) -> None:
    with portal.sessions.reading() as session:
        assert not anything_due(session, portal.now)
        supplier = session.exec(select(Supplier)).one()
        assert (supplier.last_error, supplier.next_stock_read_at) == ("", None)


def test_one_reader_at_a_time_gives_each_a_number_of_its_own(portal: Trade) -> None:
    for _ in range(30):
        portal.purchase("A")
    portal.forward()
    listed(portal)
    with portal.sessions.reading() as session:
        numbers = session.exec(
            select(PurchaseOrder.supplier_number).order_by(col(PurchaseOrder.id))
        ).all()
    assert numbers == list(range(1, 31))
