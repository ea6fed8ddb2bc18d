"""What is billed and then changes is compared again; what was decided shows it."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from erp.fulfilment.invoicing.changes import anything_due, compare_some
from erp.fulfilment.invoicing.costs import about, actual_costs
from erp.fulfilment.invoicing.deciding import accept, is_outdated, reject
from erp.fulfilment.invoicing.lifecycle import InvoiceStatus
from erp.fulfilment.invoicing.models import SupplierInvoice
from erp.fulfilment.invoicing.registering import SETTLES
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine
from erp.fulfilment.tracking.reports import apply_reports
from erp.orders.lifecycle import MoveError
from suppliers.contract import ItemReport, PurchaseReport, ReportedStatus
from tests.erp.fulfilment.invoicing.billing import STRICT, billed, bought, item
from tests.factories import NOW

BY = "op@example.com"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def purchase(both_sessions):
    """Two units at 5.00, which nobody has accepted line by line."""
    with both_sessions.writing() as session:
        found = bought(session)
        session.expunge(found)
    return found


def bill(store, purchase, quantity=2, cents=500, number="I-1"):
    with store.writing() as session:
        billed(session, item(purchase, quantity, cents), number=number)


def tell(store, purchase, status, *items, at=LATER):
    report = PurchaseReport(purchase.reference, "S-1", status, items=items)
    with store.writing() as session:
        apply_reports(session, [report], at)


def take_part(store, purchase, units=1):
    said = ItemReport("S1-A", units)
    tell(store, purchase, ReportedStatus.PARTLY_ACCEPTED, said)


def compare(store, at=LATER):
    with store.reading() as session:
        is_due = anything_due(session, at)
    compared = compare_some(store, STRICT, at)
    assert is_due is (compared > 0)
    return compared


def invoices(store):
    with store.reading() as session:
        found = session.exec(select(SupplierInvoice).order_by(SupplierInvoice.id)).all()
        session.expunge_all()
    return found


def statuses(store):
    return [each.status for each in invoices(store)]


def cost(session: Session, purchase: PurchaseOrder) -> int | None:
    """Of its items, as billed; None if no invoice counts."""
    found = actual_costs(session, about(col(PurchaseOrder.id) == purchase.id))
    return found[purchase.id].items_cents if found else None


def test_a_part_that_is_refused_after_it_was_billed_waits_for_a_decision(
    both_sessions, purchase
):
    bill(both_sessions, purchase)
    assert statuses(both_sessions) == [InvoiceStatus.MATCHED]
    with both_sessions.reading() as session:
        assert cost(session, purchase) == 1000

    take_part(both_sessions, purchase)

    assert compare(both_sessions) == 1
    assert statuses(both_sessions) == [InvoiceStatus.DIFFERS]
    with both_sessions.reading() as session:
        assert cost(session, purchase) is None  # so what was agreed counts
    assert compare(both_sessions) == 0


def test_what_is_cancelled_after_it_was_billed_waits_for_a_decision(
    both_sessions, purchase
):
    bill(both_sessions, purchase)
    tell(both_sessions, purchase, ReportedStatus.CANCELLED)
    compare(both_sessions)
    assert statuses(both_sessions) == [InvoiceStatus.DIFFERS]


def test_a_bill_for_part_matches_once_no_more_is_accepted(both_sessions, purchase):
    bill(both_sessions, purchase, quantity=1)
    bill(both_sessions, purchase, quantity=1, number="I-2")
    take_part(both_sessions, purchase)
    compare(both_sessions)
    assert statuses(both_sessions) == [InvoiceStatus.MATCHED, InvoiceStatus.DIFFERS]


def test_a_yes_to_everything_changes_nothing(both_sessions, purchase):
    bill(both_sessions, purchase)
    before = invoices(both_sessions)
    tell(both_sessions, purchase, ReportedStatus.ACCEPTED)
    assert invoices(both_sessions) == before


def test_what_changes_unseen_while_it_is_billed_is_seen_shortly_after(
    both_sessions, purchase
):
    bill(both_sessions, purchase)
    with both_sessions.writing() as session:
        session.exec(select(PurchaseOrderLine)).one().accepted_quantity = 1
    assert compare(both_sessions, NOW) == 0

    assert compare(both_sessions, NOW + SETTLES) == 1

    assert statuses(both_sessions) == [InvoiceStatus.DIFFERS]


def test_a_humans_decision_stands_and_shows_that_it_came_before(
    both_sessions, purchase
):
    bill(both_sessions, purchase, cents=600)
    with both_sessions.writing() as session:
        invoice = session.exec(select(SupplierInvoice)).one()
        accept(session, invoice, "asked before", NOW, by=BY)
        assert not is_outdated(invoice)

    take_part(both_sessions, purchase)
    assert compare(both_sessions) == 0

    (invoice,) = invoices(both_sessions)
    assert (invoice.status, invoice.changed_at) == (InvoiceStatus.ACCEPTED, LATER)
    assert is_outdated(invoice)


def test_an_outdated_decision_can_be_made_again_and_an_up_to_date_one_not(
    both_sessions, purchase
):
    bill(both_sessions, purchase, cents=600)
    with both_sessions.writing() as session:
        invoice = session.exec(select(SupplierInvoice)).one()
        accept(session, invoice, "", NOW, by=BY)
        with pytest.raises(MoveError):
            accept(session, invoice, "", NOW, by=BY)
    take_part(both_sessions, purchase)

    with both_sessions.writing() as session:
        invoice = session.exec(select(SupplierInvoice)).one()
        accept(session, invoice, "still", LATER, by=BY)
        assert not is_outdated(invoice)
        assert (invoice.note, invoice.decided_at) == ("still", LATER)


def test_what_was_rejected_is_not_touched_by_a_change(both_sessions, purchase):
    bill(both_sessions, purchase)
    with both_sessions.writing() as session:
        invoice = session.exec(select(SupplierInvoice)).one()
        reject(session, invoice, "no", NOW, tolerance=STRICT, by=BY)
    take_part(both_sessions, purchase)
    assert invoices(both_sessions)[0].changed_at is None


def test_a_change_that_is_rolled_back_leaves_no_mark(both_sessions, purchase):
    bill(both_sessions, purchase)
    before = invoices(both_sessions)
    report = PurchaseReport(purchase.reference, "S-1", ReportedStatus.CANCELLED)
    with both_sessions.writing() as session:
        apply_reports(session, [report], LATER)
        session.rollback()
    assert invoices(both_sessions) == before
