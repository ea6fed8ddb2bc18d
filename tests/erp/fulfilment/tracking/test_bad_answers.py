"""One bad answer of a supplier, or one that we cannot take, hides no other."""

import pytest

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.tracking import turns
from suppliers.errors import Ambiguous, Garbled, SupplierError, Unavailable
from tests.erp.fulfilment.tracking.desks import looking_up, sent, supplier
from tests.erp.fulfilment.trade import EVERYWHERE, POLL, Trade

P = PurchaseStatus


@EVERYWHERE
@pytest.mark.parametrize("kind", [Garbled, Ambiguous])
def test_one_answer_that_cannot_be_read_hides_no_other(
    trade: Trade, kind: type[SupplierError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pain: one bad purchase order, and no later one was ever heard of again."""
    monkeypatch.setattr(turns, "MOST_LOOK_UPS", 2)
    desk = looking_up(trade)
    bad, *others = sent(trade, 4)
    desk.failures[bad] = kind("A", "no sense")
    for _ in range(2):
        trade.later(minutes=2)
        trade.track()

    assert desk.asked == [bad, *others]
    assert {trade.read(each).status for each in others} == {P.ACCEPTED}
    assert trade.read(bad).status is P.SENT


def test_one_bad_answer_is_told_and_puts_off_no_other(trade: Trade) -> None:
    desk = looking_up(trade)
    bad, *_ = sent(trade, 4)
    desk.failures[bad] = Garbled("A", "no sense")
    for _ in range(3):
        trade.later(seconds=POLL.total_seconds())
        trade.track()

    told = supplier(trade)
    assert (told.poll_failures, told.last_error) == (0, "no sense")
    assert len(desk.asked) == 12


def test_what_was_not_asked_comes_first_after_a_supplier_was_away(
    trade: Trade,
) -> None:
    desk = looking_up(trade)
    first, second = sent(trade, 2)
    desk.failures[first] = Unavailable("A", "gone")
    trade.later(minutes=2)
    trade.track()
    trade.later(minutes=2)
    trade.track()

    assert desk.asked == [first, second, first]


def test_one_report_that_breaks_a_rule_discards_no_other_of_its_poll(
    trade: Trade,
) -> None:
    looking_up(trade)
    references = sent(trade, 3)
    poison(trade, references[1])
    trade.later(hours=3)
    trade.track()

    found = [trade.read(each).status for each in references]
    assert found == [P.DELIVERED, P.SENT, P.DELIVERED]
    assert "no room" in supplier(trade).last_error


def test_one_report_that_breaks_a_rule_discards_no_other_of_its_page(
    trade: Trade,
) -> None:
    references = sent(trade, 3)
    poison(trade, references[1])
    trade.later(hours=3)
    trade.track()

    found = [trade.read(each).status for each in references]
    assert found == [P.DELIVERED, P.SENT, P.DELIVERED]
    told = supplier(trade)
    assert "no room" in told.last_error
    assert told.changes_cursor is None  # and so it will be read again


def poison(trade: Trade, reference: str) -> None:
    """No parcel of this purchase order can be stored."""
    purchase_id = trade.read(reference).id
    with trade.sessions.writing() as session:
        session.connection().exec_driver_sql(
            "CREATE TRIGGER poison BEFORE INSERT ON shipment"
            f" WHEN NEW.purchase_order_id = {purchase_id}"
            " BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
