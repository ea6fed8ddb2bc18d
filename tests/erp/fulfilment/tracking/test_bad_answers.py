"""One bad answer of a supplier, or one that we cannot take, hides no other."""

import pytest

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.tracking import reports, turns
from erp.fulfilment.tracking.dossiers import Dossier
from suppliers.contract import PurchaseReport
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
    assert told.changes_cursor is not None  # and so the next ones will be heard
    assert (told.poll_failures, told.last_error) == (0, "")


@EVERYWHERE
def test_a_report_that_never_fits_keeps_no_later_one_from_being_heard(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pain: one odd report, and that supplier's tracking stood still for good."""
    references = sent(trade, 2)
    refuse(monkeypatch, references[0])
    trade.later(seconds=61)
    trade.track()
    trade.later(hours=3)
    trade.track()

    assert trade.read(references[0]).status is P.SENT
    assert trade.read(references[1]).status is P.DELIVERED


def refuse(monkeypatch: pytest.MonkeyPatch, reference: str) -> None:
    """Every report on this purchase order breaks a rule of ours."""
    whole = reports.understood

    def strict(dossier: Dossier, report: PurchaseReport) -> PurchaseReport:
        assert report.reference != reference, "an odd one"
        return whole(dossier, report)

    monkeypatch.setattr(reports, "understood", strict)


def poison(trade: Trade, reference: str) -> None:
    """No parcel of this purchase order can be stored."""
    purchase_id = trade.read(reference).id
    with trade.sessions.writing() as session:
        session.connection().exec_driver_sql(
            "CREATE TRIGGER poison BEFORE INSERT ON shipment"
            f" WHEN NEW.purchase_order_id = {purchase_id}"
            " BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
