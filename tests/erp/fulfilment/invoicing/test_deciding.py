"""What an operator decides about an invoice, and what it changes for others."""

import pytest
from sqlmodel import col, select

from erp.accounts.models import AuditEntry
from erp.fulfilment.invoicing.deciding import NotAcceptable, accept, dispute, reject
from erp.fulfilment.invoicing.lifecycle import InvoiceStatus
from erp.orders.lifecycle import MoveError
from tests.erp.fulfilment.invoicing.billing import STRICT, billed, bought, item

BY = "op@example.com"


@pytest.fixture
def dear(session):
    return billed(session, item(bought(session), 2, 600)).invoice


def test_it_is_accepted_as_it_is(session, dear, now):
    accept(session, dear, "they asked before", now, by=BY)
    assert dear.status is InvoiceStatus.ACCEPTED
    assert (dear.note, dear.decided_by) == ("they asked before", BY)
    assert dear.decided_at == now


def test_a_disputed_one_may_still_be_accepted_or_rejected(session, dear, now):
    dispute(session, dear, "too dear", now, tolerance=STRICT, by=BY)
    assert dear.status is InvoiceStatus.DISPUTED
    accept(session, dear, "", now, by=BY)
    reject(session, dear, "no", now, tolerance=STRICT, by=BY)
    assert dear.status is InvoiceStatus.REJECTED
    with pytest.raises(MoveError):
        accept(session, dear, "", now, by=BY)
    actions = session.exec(select(AuditEntry.action).order_by(col(AuditEntry.id))).all()
    assert actions == ["invoice_disputed", "invoice_accepted", "invoice_rejected"]


def test_another_currency_cannot_be_accepted(session, now):
    found = billed(session, item(bought(session)), currency="EUR").invoice
    with pytest.raises(NotAcceptable):
        accept(session, found, "", now, by=BY)
    assert found.status is InvoiceStatus.DIFFERS


def test_a_rejected_invoice_frees_what_it_billed(session, now):
    purchase = bought(session)
    first = billed(session, item(purchase, 2, 600)).invoice
    second = billed(session, item(purchase, 2, 500), number="I-2").invoice
    assert second.status is InvoiceStatus.DIFFERS
    reject(session, first, "wrong", now, tolerance=STRICT, by=BY)
    assert second.status is InvoiceStatus.MATCHED
    dispute(session, first, "after all", now, tolerance=STRICT, by=BY)
    assert second.status is InvoiceStatus.DIFFERS
