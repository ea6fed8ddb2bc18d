"""The list a supplier reads: each purchase order once, in order, none skipped."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlmodel import Session, col, select

from config.database import Sessions
from erp.fulfilment.answering.listing import (
    anything_new,
    find,
    list_after,
    number_new,
    to_cancel,
    to_ship,
)
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine
from tests.erp.fulfilment.trade import EVERYWHERE
from tests.factories import NOW, make_order, make_purchase_order, make_supplier

P = PurchaseStatus


def hand_over(
    session: Session,
    reference: str,
    status: PurchaseStatus = P.SENT,
    minutes: int | None = 0,
    code: str = "S1",
) -> PurchaseOrder:
    sent_at = None if minutes is None else NOW + timedelta(minutes=minutes)
    supplier = make_supplier(session, code)
    order = make_order(session, (("A", 2, 1000),), next_step=None)
    given = {"reference": reference, "sent_at": sent_at}
    return make_purchase_order(session, order, supplier, status, **given)


def read(session: Session, after: int = 0, limit: int = 50) -> list[tuple[int, str]]:
    supplier = make_supplier(session, "S1")
    number_new(session, supplier.id)
    return [
        (each.purchase.supplier_number, each.purchase.reference)
        for each in list_after(session, supplier.id, after, limit)
    ]


def test_what_was_handed_over_is_numbered_once_in_order(session):
    hand_over(session, "late", minutes=5)
    hand_over(session, "early")
    hand_over(session, "theirs", code="S2")
    assert read(session) == [(1, "early"), (2, "late")]
    hand_over(session, "new", minutes=3)
    assert read(session) == [(1, "early"), (2, "late"), (3, "new")]
    assert read(session, after=2) == [(3, "new")]
    assert read(session, limit=1) == [(1, "early")]
    assert read(session, after=3) == []


def test_what_was_never_handed_over_or_had_ended_is_not_listed(session):
    supplier = make_supplier(session, "S1")
    hand_over(session, "queued", P.QUEUED, None)
    hand_over(session, "attention", P.NEEDS_ATTENTION, None)
    hand_over(session, "rejected", P.REJECTED)
    assert not anything_new(session, supplier.id)
    assert read(session) == []
    hand_over(session, "wanted back", P.CANCELLING)
    assert anything_new(session, supplier.id)
    assert read(session) == [(1, "wanted back")]


def test_what_ended_after_it_was_listed_stays_on_the_list(session):
    purchase = hand_over(session, "1")
    read(session)
    purchase.status = P.CANCELLED
    session.flush()
    assert read(session) == [(1, "1")]


@EVERYWHERE
def test_what_is_committed_late_comes_after_what_was_read(store: Sessions) -> None:
    """A transaction that began first and ends last is not skipped. (SQLite has one
    writer at a time: there the second begins when the first has ended.)"""
    with store.writing() as session:
        supplier_id = make_supplier(session, "S1").id
        for reference in ("slow", "quick"):
            purchase = hand_over(session, reference, P.QUEUED)
            purchase.sent_at = None
    slow = store.writing()
    if store.engine.dialect.name != "sqlite":
        session = slow.__enter__()
        _send(session, "slow")
    with store.writing() as session:
        _send(session, "quick")
    with store.writing() as session:
        assert read(session) == [(1, "quick")]
    if store.engine.dialect.name == "sqlite":
        session = slow.__enter__()
        _send(session, "slow")
    slow.__exit__(None, None, None)
    with store.writing() as session:
        assert read(session, after=1) == [(2, "slow")]
        assert number_new(session, supplier_id) == 0


@EVERYWHERE
def test_a_reader_misses_nothing_while_others_hand_over(store: Sessions) -> None:
    """Four hand over at once, in any order; one reads on from where it was."""
    names = [f"{sender}-{number}" for sender in range(4) for number in range(10)]
    with store.writing() as session:
        for name in names:
            hand_over(session, name, P.QUEUED).sent_at = None

    def hand_over_own(sender: int) -> None:
        for number in range(10):
            with store.writing() as session:
                _send(session, f"{sender}-{number}")

    seen: list[tuple[int, str]] = []
    with ThreadPoolExecutor(4) as pool:
        sending = [pool.submit(hand_over_own, sender) for sender in range(4)]
        are_done = False
        while not are_done:
            are_done = all(each.done() for each in sending)  # then read once more
            with store.writing() as session:
                seen += read(session, after=len(seen))
    for each in sending:
        each.result()
    assert [number for number, _ in seen] == list(range(1, 41))
    assert sorted(name for _, name in seen) == sorted(names)


def _send(session: Session, reference: str) -> None:
    query = select(PurchaseOrder).where(col(PurchaseOrder.reference) == reference)
    purchase = session.exec(query).one()
    purchase.status, purchase.sent_at = P.SENT, NOW
    session.flush()


def test_what_is_to_ship_has_the_units_the_supplier_stands_for(session):
    hand_over(session, "whole")
    part = hand_over(session, "part", P.PARTLY_ACCEPTED)
    hand_over(session, "shipped", P.SHIPPED)
    hand_over(session, "wanted back", P.CANCELLING)
    line = session.exec(
        select(PurchaseOrderLine).where(
            col(PurchaseOrderLine.purchase_order_id) == part.id
        )
    ).one()
    line.accepted_quantity = 1
    session.flush()
    supplier_id = part.supplier_id
    assert [
        (each.reference, each.items[0].quantity)
        for each in to_ship(session, supplier_id)
    ] == [("whole", 2), ("part", 1)]
    assert to_cancel(session, supplier_id) == ["wanted back"]


def test_a_purchase_order_is_found_by_its_own_supplier_only(session):
    purchase = hand_over(session, "1")
    other = make_supplier(session, "S2")
    found = find(session, purchase.supplier_id, "1")
    assert found is not None
    assert found.request.recipient.city == "London"
    assert find(session, other.id, "1") is None
    assert find(session, purchase.supplier_id, "2") is None
