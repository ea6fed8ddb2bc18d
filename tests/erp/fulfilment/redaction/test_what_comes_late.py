"""What comes in about an order after redaction does not bring its address back."""

from datetime import timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from config.database import Sessions
from erp.fulfilment.letters.keeping import keep_letters
from erp.fulfilment.letters.models import SupplierLetter
from erp.fulfilment.lifecycle import PurchaseStatus, ReturnReason
from erp.fulfilment.models import Return, Scan
from erp.fulfilment.redaction.redacting import redact_due
from erp.fulfilment.returns import refuse, request
from erp.fulfilment.set_aside import keeping
from erp.fulfilment.set_aside.deciding import dismiss
from erp.fulfilment.set_aside.models import SetAsideReport
from erp.fulfilment.tracking.reports import apply_reports
from erp.orders.checking import check_some
from erp.orders.guards import GuardPolicy
from erp.orders.history import note
from erp.orders.lifecycle import NextStep, OrderStatus
from erp.orders.models import Order, OrderEvent
from erp.orders.redaction import LATE
from suppliers.contract import (
    Letter,
    ParcelReport,
    PurchaseReport,
    ReportedStatus,
    ScanKind,
    ScanReport,
)
from suppliers.models import Supplier
from tests.erp.fulfilment.redaction.customers import (
    LATER,
    WORDS,
    finish,
    finished_order,
    letter,
    named_in,
    rules,
    set_aside,
    take_in,
)
from tests.erp.fulfilment.trade import EVERYWHERE
from tests.factories import NOW, order_lines

P = PurchaseStatus


@EVERYWHERE
def test_an_address_that_comes_in_again_is_not_taken(
    store: Sessions, tmp_path: Path
) -> None:
    finished_order(store)
    redact_due(store, rules(tmp_path), LATER)

    with store.writing() as session:
        moved = {"payment": "refunded", "risk": "high"}
        take_in(session, LATER + timedelta(days=1), **moved)

    assert named_in(store) == set()


@EVERYWHERE
def test_late_words_are_kept_for_some_days_and_off_the_timeline(
    store: Sessions, tmp_path: Path
) -> None:
    with store.writing() as session:
        order = take_in(session)
        purchase = finish(session, order)
        reference, supplier_id = purchase.reference, purchase.supplier_id
        purchase.status = P.SHIPPED
    redact_due(store, rules(tmp_path), LATER)
    wrote = Letter("<9>", reference, WORDS, WORDS, WORDS, LATER, is_understood=False)
    seen = ScanReport(ScanKind.DELIVERED, LATER, WORDS)
    parcel = ParcelReport("9", "DHL", "1", (), (seen,))
    told = PurchaseReport(reference, "", ReportedStatus.ACCEPTED, parcels=(parcel,))

    with store.writing() as session:
        keep_letters(session, [(supplier_id, wrote)], LATER)
        apply_reports(session, [told], LATER)

    letters = {f"supplier_letter.{name}" for name in ("sender", "subject", "text")}
    read = letters | {"letter_word.word", "scan.place"}
    assert named_in(store) == read
    assert redact_due(store, rules(tmp_path), LATER + LATE - timedelta(hours=1)) == 0
    assert named_in(store) == read
    assert redact_due(store, rules(tmp_path), LATER + LATE) == 1
    assert named_in(store) == set()


@EVERYWHERE
def test_a_late_report_that_is_set_aside_is_kept_until_some_days_after(
    store: Sessions, tmp_path: Path
) -> None:
    with store.writing() as session:
        purchase = finish(session, take_in(session))
        told = PurchaseReport(
            purchase.reference, "", ReportedStatus.ACCEPTED, note=WORDS
        )
        supplier_id = purchase.supplier_id
    redact_due(store, rules(tmp_path), LATER)
    with store.writing() as session:
        teller = session.get_one(Supplier, supplier_id)
        keeping.set_aside(session, teller, told, ValueError(WORDS), LATER)
    much_later = LATER + LATE
    assert redact_due(store, rules(tmp_path), much_later) == 0  # a human is to look
    with store.writing() as session:
        (report_id,) = session.exec(select(SetAsideReport.id)).all()
        dismiss(session, report_id or 0, much_later, by="me")

    assert redact_due(store, rules(tmp_path), much_later) == 1
    assert named_in(store) == set()


def test_a_return_after_redaction_keeps_its_words_until_it_has_ended(
    store: Sessions, tmp_path: Path
) -> None:
    with store.writing() as session:
        order = take_in(session)
        purchase = finish(session, order)
        (line,) = order_lines(session, order)
        ship(session, purchase.reference)
        order_id, line_id = order.id or 0, line.id or 0
    redact_due(store, rules(tmp_path), LATER)

    with store.writing() as session:
        order = session.get_one(Order, order_id)
        reason = ReturnReason.OTHER
        made = request(session, order, {line_id: 1}, reason, WORDS, LATER, by="me")
        return_id = made.id
    much_later = LATER + LATE
    assert redact_due(store, rules(tmp_path), much_later) == 0
    assert named_in(store) == {"customer_return.note"}
    with store.writing() as session:
        made = session.get_one(Return, return_id)
        refuse(session, made, WORDS, much_later, by="me")

    assert redact_due(store, rules(tmp_path), much_later) == 1
    assert named_in(store) == set()


def ship(session: Session, reference: str) -> None:
    """All of it, with a carrier's scan."""
    seen = ScanReport(ScanKind.PICKED_UP, NOW, "")
    parcel = ParcelReport("1", "DHL", "1", (), (seen,), holds_rest=True)
    report = PurchaseReport(reference, "", ReportedStatus.ACCEPTED, parcels=(parcel,))
    apply_reports(session, [report], NOW)


@EVERYWHERE
def test_old_letters_lose_their_words_and_young_ones_do_not(
    store: Sessions, tmp_path: Path
) -> None:
    """Also those that name no order, and their words on the timeline."""
    young = LATER - timedelta(days=1)
    with store.writing() as session:
        order = take_in(session)
        purchase = finish(session, order)
        purchase.status, order.status = P.ACCEPTED, OrderStatus.ALLOCATED
        for at in (NOW, young):
            session.add(letter(purchase, received_at=at))
            note(session, order, "supplier_wrote", at, note=WORDS)
        lone = letter(None, letter_id="<lone>", supplier_id=purchase.supplier_id)
        session.add(lone)
        old = set_aside(purchase, report={"note": WORDS}, why=WORDS)
        session.add(old)

    assert redact_due(store, rules(tmp_path), LATER) == 3

    with store.reading() as session:
        rows = session.exec(select(SupplierLetter).order_by(col(SupplierLetter.id)))
        assert [(row.text, row.redacted_at is None) for row in rows] == [
            *(("", False), (WORDS, True), ("", False))
        ]
        wrote = select(OrderEvent).where(col(OrderEvent.kind) == "supplier_wrote")
        notes = session.exec(wrote.order_by(col(OrderEvent.id)))
        assert [row.facts.get("note") for row in notes] == [None, WORDS]
    assert not {each for each in named_in(store) if each.startswith("set_aside")}


def test_released_again_it_is_not_held_for_the_address_it_lost(
    store: Sessions, tmp_path: Path
) -> None:
    """Nothing of it is left to be sent anywhere."""
    order_id = finished_order(store)
    redact_due(store, rules(tmp_path), LATER)
    with store.writing() as session:
        session.get_one(Order, order_id).next_step = NextStep.CHECK

    check(store)

    with store.reading() as session:
        order = session.get_one(Order, order_id)
        assert (order.status, order.next_step) == (OrderStatus.DELIVERED, None)
        assert session.exec(select(Scan.id)).all() == []


def check(store: Sessions) -> None:
    policy = GuardPolicy(None, None, timedelta(hours=24))
    check_some(store, policy, LATER)
