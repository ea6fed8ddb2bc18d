"""Each figure of the scorecard, counted once more from the raw rows."""

from datetime import timedelta

import pytest
from sqlmodel import select

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.overview.purchase_lists import count_purchases
from erp.fulfilment.overview.scorecards.card import Scorecard, scorecards
from erp.fulfilment.overview.scorecards.counted import Counted
from erp.fulfilment.overview.scorecards.moments import Times
from erp.fulfilment.overview.search import PurchaseFilter
from suppliers.models import Supplier
from tests.erp.fulfilment.overview.counted_by_hand import SPAN, books_of, by_hand
from tests.erp.fulfilment.overview.past_trade import trade
from tests.factories import NOW, make_order, make_purchase_order, make_supplier


@pytest.mark.parametrize("seed", range(2))
def test_every_figure_is_what_the_rows_say(both_sessions, seed):
    with both_sessions.writing() as session:
        trade(session, NOW, seed=seed)
    with both_sessions.reading() as session:
        found = scorecards(session, SPAN)
        for supplier in session.exec(select(Supplier)).all():
            wanted = by_hand(books_of(session, supplier))
            assert found[supplier.id] == wanted
            alone = scorecards(session, SPAN, supplier.id)
            assert alone == {supplier.id: wanted}


def test_the_rows_behind_a_figure_are_as_many_as_it_says(both_sessions):
    with both_sessions.writing() as session:
        trade(session, NOW, seed=7)
    with both_sessions.reading() as session:
        found = scorecards(session, SPAN)
        for supplier in session.exec(select(Supplier)).all():
            card = found[supplier.id]
            for counted, number in _behind(card).items():
                assert _rows(session, supplier, counted) == number, counted
            for (status, whose), number in card.ended.items():
                counted = Counted(status.value)
                assert _rows(session, supplier, counted, whose) == number


def _behind(card: Scorecard) -> dict[Counted, int]:
    clock, due = card.within_clock, card.on_time
    return {
        Counted.SENT: card.asked,
        Counted.ANSWERED: card.acknowledgement.count,
        Counted.UNANSWERED: card.acknowledgement.missing,
        Counted.ANSWERED_LATE: clock.denominator - clock.numerator,
        Counted.HAND_OVER_LATE: due.denominator - due.numerator,
        Counted.HANDED_OVER: card.to_hand_over.count,
        Counted.DELIVERED: card.to_delivery.count,
    }


def _rows(session, supplier, counted, whose=None):
    wanted = PurchaseFilter(
        supplier=supplier.code,
        counted=counted,
        cause=whose,
        since=SPAN.since,
        until=SPAN.until,
    )
    return count_purchases(session, wanted, NOW).number


def test_what_was_never_told_is_unknown_and_not_zero(session):
    make_purchase_order(session, make_order(session), make_supplier(session, "S1"))
    assert scorecards(session, SPAN) == {}


def test_a_length_is_exact_to_the_microsecond(both_sessions):
    begun = NOW - timedelta(days=1, microseconds=400)
    took = timedelta(hours=3, microseconds=1)
    with both_sessions.writing() as session:
        make_purchase_order(
            session,
            make_order(session),
            make_supplier(session, "S1"),
            PurchaseStatus.ACCEPTED,
            sent_at=begun,
            acknowledged_at=begun + took,
        )
    with both_sessions.reading() as session:
        (card,) = scorecards(session, SPAN).values()
        assert card.acknowledgement == Times(1, took, took, 0)
