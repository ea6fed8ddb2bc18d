"""The same invoice is one; what it bills is compared with what was agreed at once."""

import pytest
from sqlmodel import select

from erp.fulfilment.invoicing.comparing import comparison_of, invoice_lines
from erp.fulfilment.invoicing.lifecycle import Difference, InvoiceStatus
from erp.fulfilment.invoicing.matching import Tolerance
from erp.fulfilment.invoicing.models import SupplierInvoice
from erp.fulfilment.invoicing.registering import InvoiceConflict
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrderLine
from tests.erp.fulfilment.invoicing.billing import billed, bought, extra, item
from tests.factories import make_supplier


def differences(session, found):
    return [each.kind for each in comparison_of(session, found.invoice).found]


def test_an_invoice_as_agreed_matches_by_itself(session, now):
    purchase = bought(session, order_fee_cents=100, shipping_cost_cents=300)
    found = billed(session, item(purchase), extra(300), extra(100, kind="fee"))
    assert found.is_new
    assert found.invoice.status is InvoiceStatus.MATCHED
    assert found.invoice.decided_at == now
    assert found.invoice.decided_by == ""


def test_one_within_the_tolerance_matches_and_one_beyond_waits(session):
    purchase = bought(session)
    near = Tolerance(cents=10)
    matched = billed(session, item(purchase, 1, 510), tolerance=near)
    beyond = billed(session, item(purchase, 1, 511), number="I-2", tolerance=near)
    assert matched.invoice.status is InvoiceStatus.MATCHED
    assert beyond.invoice.status is InvoiceStatus.DIFFERS


def test_the_same_invoice_twice_is_one(session):
    purchase = bought(session)
    first = billed(session, item(purchase))
    again = billed(session, item(purchase))
    assert (first.is_new, again.is_new) == (True, False)
    assert again.invoice.id == first.invoice.id
    assert len(session.exec(select(SupplierInvoice)).all()) == 1


def test_another_invoice_under_the_same_number_is_refused(session):
    purchase = bought(session)
    billed(session, item(purchase))
    with pytest.raises(InvoiceConflict):
        billed(session, item(purchase, 1))
    with pytest.raises(InvoiceConflict):
        billed(session, item(purchase), total_cents=999)


def test_two_suppliers_may_use_the_same_number(session):
    make_supplier(session, "S2")
    assert billed(session, item("P")).is_new
    assert billed(session, item("P"), supplier="S2").is_new


def test_another_suppliers_purchase_order_is_unknown_to_it(session):
    theirs = bought(session, supplier="S2")
    found = billed(session, item(theirs))
    assert differences(session, found) == [Difference.UNKNOWN_PURCHASE]
    assert invoice_lines(session, found.invoice)[0].purchase_order_id is None


def test_only_what_was_accepted_may_be_billed(session):
    purchase = bought(session)
    session.exec(select(PurchaseOrderLine)).one().accepted_quantity = 1
    found = billed(session, item(purchase, 2))
    assert differences(session, found) == [Difference.QUANTITY]


def test_a_rejected_purchase_order_may_not_be_billed(session):
    purchase = bought(session, status=PurchaseStatus.REJECTED)
    found = billed(session, item(purchase))
    assert differences(session, found) == [Difference.NOT_ACCEPTED]


def test_what_another_invoice_billed_is_billed_twice(session):
    purchase = bought(session)
    billed(session, item(purchase))
    again = billed(session, item(purchase), number="I-2")
    assert differences(session, again) == [Difference.BILLED_TWICE]
    assert again.invoice.status is InvoiceStatus.DIFFERS


def test_what_names_no_purchase_order_is_shared_by_the_goods(session):
    dear = bought(session, (("A", 2, 1000),), shipping_cost_cents=67)
    cheap = bought(session, (("A", 1, 1000),), shipping_cost_cents=33)
    found = billed(session, item(dear, 2), item(cheap, 1), extra(100))
    shared = [each for each in invoice_lines(session, found.invoice) if each.is_shared]
    assert [each.unit_cost_cents for each in shared] == [66, 34]
    assert sum(each.unit_cost_cents for each in shared) == 100
    assert [each.purchase_order_id for each in shared] == [dear.id, cheap.id]


def test_registering_means_the_same_on_both_databases(both_sessions):
    with both_sessions.writing() as session:
        purchase = bought(session)
        billed(session, item(purchase))
    with both_sessions.writing() as session:
        assert not billed(session, item(purchase)).is_new
        again = billed(session, item(purchase), number="I-2")
        assert differences(session, again) == [Difference.BILLED_TWICE]
