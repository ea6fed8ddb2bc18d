"""Letters of suppliers are kept once, and a mail that came back is a decision."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from erp.fulfilment.letters.keeping import keep_letters
from erp.fulfilment.letters.models import SupplierLetter
from erp.fulfilment.lifecycle import PurchaseStatus, Remark
from suppliers.contract import Letter
from suppliers.models import Supplier
from tests.erp.fulfilment.telling import call_off
from tests.erp.fulfilment.trade import EVERYWHERE, Trade
from tests.factories import NOW

P = PurchaseStatus


def letter(reference: str = "", **given: object) -> Letter:
    told = {
        "letter_id": "<1@acme.test>",
        "reference": reference,
        "sender": "orders@acme.test",
        "subject": "Re: your order",
        "text": "We are closed until Monday.",
        "received_at": NOW - timedelta(hours=1),
        "is_understood": False,
    }
    return Letter(**(told | given))


def keep(trade: Trade, *letters: Letter, name: str = "A") -> int:
    with trade.sessions.writing() as session:
        query = select(Supplier.id).where(col(Supplier.code) == trade.codes[name])
        writer = session.exec(query).one()
        told = [(writer or 0, each) for each in letters]
        return keep_letters(session, told, trade.now)


def kept(trade: Trade) -> list[SupplierLetter]:
    with trade.sessions.reading() as session:
        found = list(session.exec(select(SupplierLetter).order_by(SupplierLetter.id)))
        session.expunge_all()
    return found


def sent(trade: Trade, name: str = "A") -> str:
    trade.supplier(name)
    reference = trade.purchase(name)
    trade.forward()
    return reference


@EVERYWHERE
def test_a_letter_is_kept_once_and_stands_on_the_timeline(trade: Trade) -> None:
    reference = sent(trade)

    counts = [keep(trade, letter(reference)) for _ in range(2)]

    assert counts == [1, 0]
    (row,) = kept(trade)
    purchase = trade.read(reference)
    assert row.purchase_order_id == purchase.id
    assert row.read_at is None
    assert trade.events(purchase.order_id).count("supplier_wrote") == 1
    assert purchase.status is P.SENT


def test_what_a_program_understood_need_not_be_read_again(trade: Trade) -> None:
    reference = sent(trade)

    keep(trade, letter(reference, is_understood=True))
    keep(trade, letter("P404", is_understood=True, letter_id="<2@acme.test>"))

    understood, of_no_order = kept(trade)
    assert understood.read_at == trade.now
    assert of_no_order.read_at is None  # nobody took what it tells


def test_a_letter_about_another_suppliers_order_does_not_touch_it(
    trade: Trade,
) -> None:
    reference = sent(trade, "A")
    trade.supplier("B")

    keep(trade, letter(reference, is_returned=True), name="B")

    (row,) = kept(trade)
    assert row.purchase_order_id is None
    purchase = trade.read(reference)
    assert purchase.status is P.SENT
    assert "supplier_wrote" not in trade.events(purchase.order_id)


@EVERYWHERE
def test_a_mail_that_came_back_waits_for_a_decision(trade: Trade) -> None:
    reference = sent(trade)

    keep(trade, letter(reference, is_returned=True))

    purchase = trade.read(reference)
    assert purchase.status is P.NEEDS_ATTENTION
    assert purchase.remark is Remark.NOT_DELIVERED
    assert trade.events(purchase.order_id)[-1] == "purchase_needs_attention"


def test_what_was_answered_did_arrive_whatever_came_back_later(trade: Trade) -> None:
    trade.supplier("A", acknowledge_after=60)
    reference = trade.purchase("A")
    trade.forward()
    trade.later(seconds=61)
    trade.track()

    keep(trade, letter(reference, is_returned=True))

    assert trade.read(reference).status is P.ACCEPTED


def test_a_wish_to_cancel_that_came_back_says_nothing_about_the_order(
    trade: Trade,
) -> None:
    """The order itself may be there: the clock of unanswered wishes asks a human."""
    reference = sent(trade)
    call_off(trade, reference)

    keep(trade, letter(reference, is_returned=True))

    purchase = trade.read(reference)
    assert purchase.status is P.CANCELLING
    assert purchase.remark is None
    assert purchase.clock_at is not None
    assert trade.events(purchase.order_id)[-1] == "supplier_wrote"


@EVERYWHERE
@pytest.mark.parametrize(
    "odd",
    [
        {"text": "nul \0 and half \ud800"},
        {"letter_id": "<" + "x" * 5_000 + ">"},
        {"subject": "s" * 9_000, "text": "t" * 90_000},
        {"sender": "", "subject": "", "text": ""},
    ],
    ids=["characters", "name", "length", "empty"],
)
def test_whatever_a_mail_holds_can_be_kept(trade: Trade, odd: dict[str, str]) -> None:
    reference = sent(trade)

    assert keep(trade, letter(reference, **odd)) == 1
    assert keep(trade, letter(reference, **odd)) == 0
