"""Repeated, late and contradicting answers: nothing moves backwards, words say why."""

import pytest
from sqlmodel import Session, col, select

from erp.fulfilment.answering.answers import (
    Accept,
    AcceptPart,
    Answer,
    AnswerCancel,
    Reject,
    Ship,
)
from erp.fulfilment.answering.contradictions import Contradiction
from erp.fulfilment.answering.taking import take
from erp.fulfilment.decisions import cancel_purchase
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder, Shipment
from suppliers.contract import ParcelReport, RejectReason, ScanKind, ScanReport
from tests.erp.fulfilment.tracking.telling import DAY, at_supplier, holds, timeline
from tests.factories import NOW, make_supplier

P = PurchaseStatus
ALL = {"S1-A": 2, "S1-B": 1}
NO = Reject(RejectReason.INVENTORY_OUT_OF_STOCK, "gone")


@pytest.fixture
def purchase(session: Session) -> PurchaseOrder:
    """Two of A and one of B, which the supplier has."""
    lines = (("A", 2, 1000), ("B", 1, 1000))
    found = at_supplier(session, lines)
    found.sent_at = NOW
    return found


def ship(name: str, *scans: ScanKind, carrier: str = "UPS", **units: int) -> Ship:
    contents = tuple((f"S1-{sku}", each) for sku, each in units.items())
    told = tuple(ScanReport(kind, NOW + DAY) for kind in scans)
    return Ship(ParcelReport(name, carrier, f"T{name}", contents, told))


def gone(name: str, **units: int) -> Ship:
    return ship(name, ScanKind.PICKED_UP, **units)


def arrived(name: str, **units: int) -> Ship:
    return ship(name, ScanKind.PICKED_UP, ScanKind.DELIVERED, **units)


def say(session: Session, purchase: PurchaseOrder, *answers: Answer) -> None:
    for answer in answers:
        assert take(session, purchase.supplier_id, "P-1", answer, NOW)


def ask_to_cancel(session: Session, purchase: PurchaseOrder) -> None:
    cancel_purchase(session, purchase, NOW, by="ada")
    session.flush()


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ((Accept(),), P.ACCEPTED),
        ((AcceptPart(ALL),), P.ACCEPTED),
        ((AcceptPart({"S1-A": 1, "S1-B": 1}),), P.PARTLY_ACCEPTED),
        ((Accept(), AcceptPart({"S1-A": 1})), P.PARTLY_ACCEPTED),
        ((NO,), P.REJECTED),
        ((Accept(), NO), P.CANCELLED),
        ((gone("1", A=1),), P.ACCEPTED),
        ((ship("1", A=2, B=1),), P.ACCEPTED),
        ((gone("1", A=2, B=1),), P.SHIPPED),
        ((gone("1", A=1), gone("2", A=1, B=1)), P.SHIPPED),
        ((arrived("1", A=2), arrived("2", B=1)), P.DELIVERED),
        ((AcceptPart({"S1-A": 1}), gone("1", A=1)), P.SHIPPED),
        ((gone("1", A=1), AcceptPart({"S1-A": 1})), P.SHIPPED),
        ((ship("1", A=2, B=1), ship("1", ScanKind.PICKED_UP)), P.SHIPPED),
    ],
)
def test_an_answer_moves_it_on_and_again_changes_nothing(
    session, purchase, answers, status
):
    say(session, purchase, *answers)
    told = timeline(session)
    assert purchase.status is status
    assert purchase.acknowledged_at == NOW

    say(session, purchase, answers[-1])

    assert purchase.status is status
    assert timeline(session) == told


@pytest.mark.parametrize(
    ("before", "answer", "words"),
    [
        ((NO,), Accept(), "it was rejected"),
        ((NO,), AcceptPart({"S1-A": 1}), "it was rejected"),
        ((AcceptPart({"S1-A": 1}),), Accept(), "in part"),
        ((AcceptPart({"S1-A": 1}),), AcceptPart(ALL), "S1-A: 1 at most, not 2"),
        ((), AcceptPart({"S1-A": 3}), "S1-A: 2 at most, not 3"),
        ((), AcceptPart({"S1-X": 1}), "S1-X is not in"),
        ((), AcceptPart({"S1-A": 0}), "reject it"),
        ((gone("1", A=2),), AcceptPart({"S1-A": 1, "S1-B": 1}), "2 are in parcels"),
        ((gone("1", A=2),), NO, "was shipped"),
        ((), ship("1", A=3), "S1-A: 2 are left to be shipped, not 3"),
        ((AcceptPart({"S1-A": 1}),), ship("1", A=2), "S1-A: 1 are left"),
        ((ship("1", A=2),), ship("2", A=1), "S1-A: 0 are left"),
        ((ship("1", A=2),), ship("1", A=1), "this parcel holds 2"),
        ((), ship("1", X=1), "S1-X is not in"),
        ((), ship("1"), "say what is in it"),
        ((), AnswerCancel(True), "nobody asks"),
        ((Accept(),), AnswerCancel(False), "nobody asks"),
        ((NO,), AnswerCancel(False), "it cannot go on"),
    ],
)
def test_a_contradiction_is_refused_in_words_and_changes_nothing(
    session, purchase, before, answer, words
):
    say(session, purchase, *before)
    status, told = purchase.status, timeline(session)

    with pytest.raises(Contradiction, match=words):
        take(session, purchase.supplier_id, "P-1", answer, NOW)

    assert purchase.status is status
    assert timeline(session) == told


def test_a_wish_to_cancel_is_answered_before_anything_else(session, purchase):
    say(session, purchase, Accept())
    ask_to_cancel(session, purchase)
    with pytest.raises(Contradiction, match="answer that first"):
        say(session, purchase, Accept())
    assert purchase.status is P.CANCELLING


@pytest.mark.parametrize(
    ("before", "is_cancelled", "status"),
    [
        ((), True, P.CANCELLED),
        ((), False, P.SENT),
        ((Accept(),), True, P.CANCELLED),
        ((Accept(),), False, P.ACCEPTED),
        ((AcceptPart({"S1-A": 1}),), False, P.PARTLY_ACCEPTED),
        ((gone("1", A=1),), True, P.SHIPPED),  # the rest is called off
        ((gone("1", A=1),), False, P.ACCEPTED),
    ],
)
def test_the_answer_to_a_wish_to_cancel_counts_once(
    session, purchase, before, is_cancelled, status
):
    say(session, purchase, *before)
    ask_to_cancel(session, purchase)
    say(session, purchase, AnswerCancel(is_cancelled, "as you like"))
    assert purchase.status is status
    told = timeline(session)

    if status is not P.SHIPPED:
        say(session, purchase, AnswerCancel(is_cancelled, "as you like"))

    assert purchase.status is status
    assert timeline(session) == told


def test_a_parcel_of_what_had_ended_is_news_for_a_human(session, purchase):
    say(session, purchase, NO, gone("1", A=2))
    assert purchase.status is P.REJECTED
    assert "shipped_after_end" in holds(session)
    assert session.exec(select(Shipment.tracking_number)).all() == ["T1"]


def test_later_news_of_a_parcel_needs_no_contents_again(session, purchase):
    say(session, purchase, gone("1", A=2, B=1), ship("1", ScanKind.DELIVERED))
    say(session, purchase, ship("1", carrier="DHL"))
    parcel = session.exec(select(Shipment).order_by(col(Shipment.id))).one()
    session.refresh(parcel)
    assert (parcel.carrier, parcel.status) == ("DHL", ScanKind.DELIVERED)
    assert purchase.status is P.DELIVERED


def test_the_first_promise_counts(session, purchase):
    say(session, purchase, Accept("T-1", NOW + DAY), Accept("T-1", NOW + 9 * DAY))
    assert purchase.ship_by == NOW + DAY
    assert purchase.supplier_reference == "T-1"


def test_what_is_not_the_suppliers_is_not_there(session, purchase):
    other = make_supplier(session, "S2")
    assert take(session, other.id, "P-1", Accept(), NOW) is None
    assert take(session, purchase.supplier_id, "P-2", Accept(), NOW) is None
    purchase.sent_at, purchase.status = None, P.QUEUED
    session.flush()
    assert take(session, purchase.supplier_id, "P-1", Accept(), NOW) is None
    assert timeline(session) == []


def test_where_we_are_in_doubt_its_word_settles_it(session, purchase):
    purchase.sent_at, purchase.status = None, P.UNKNOWN
    session.flush()
    say(session, purchase, Accept())
    assert purchase.status is P.ACCEPTED
