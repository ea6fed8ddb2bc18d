"""The operator sees whether a supplier has a link, makes one anew and revokes it."""

import re

import pytest
from sqlmodel import select

from erp.accounts.models import AuditEntry, Role
from erp.fulfilment.attachments.keeping import attach, path_of
from erp.fulfilment.attachments.models import Attachment
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.page_links.models import PageLink
from tests.factories import make_order, make_purchase_order, make_supplier

PAGE = "/purchases/PO-1"
LINK = re.compile(r"http://127\.0\.0\.1:8600(/p/[\w-]{43})")


@pytest.fixture
def operator(sign_in_as):
    return sign_in_as(Role.OPERATOR)


@pytest.fixture
def stock(sessions, now):
    def make(status=PurchaseStatus.SENT, **given):
        values = {"reference": "PO-1", "sent_at": now} | given
        with sessions.writing() as session:
            order = make_order(session, next_step=None)
            make_purchase_order(
                session, order, make_supplier(session), status, **values
            )

    return make


def test_a_link_is_shown_once_and_opens_the_suppliers_page(operator, visitor, stock):
    stock()
    assert "There is no link" in operator.get(PAGE).text
    page = operator.submit(f"{PAGE}/page-link", follow=True).text
    path = LINK.search(page)[1]
    assert visitor.get(path).status_code == 200
    again = operator.get(PAGE).text
    assert not LINK.search(again)
    assert "A link opens this purchase order" in again


def test_it_says_when_the_link_was_opened_last(operator, visitor, stock, clock):
    stock()
    page = operator.submit(f"{PAGE}/page-link", follow=True).text
    assert ">never<" in page
    clock.move(hours=3)
    visitor.get(LINK.search(page)[1])
    assert 'datetime="2026-03-02T12:00:00+00:00"' in operator.get(PAGE).text


def test_a_link_that_is_replaced_opens_nothing(operator, visitor, stock):
    stock()
    first = LINK.search(operator.submit(f"{PAGE}/page-link", follow=True).text)[1]
    second = LINK.search(operator.submit(f"{PAGE}/page-link", follow=True).text)[1]
    assert visitor.get(first).status_code == 404
    assert visitor.get(second).status_code == 200


def test_a_revoked_link_opens_nothing_and_it_is_known_who_did_it(
    operator, visitor, stock, sessions
):
    stock()
    path = LINK.search(operator.submit(f"{PAGE}/page-link", follow=True).text)[1]
    told = operator.submit(f"{PAGE}/page-link/revoke", follow=True).text
    assert "opens nothing any more" in told
    assert visitor.get(path).status_code == 404
    with sessions.reading() as session:
        query = select(AuditEntry.action, AuditEntry.actor, AuditEntry.subject)
        audited = session.exec(query.where(AuditEntry.subject == "PO-1")).all()
    assert audited == [
        ("page_link_made", "operator@example.com", "PO-1"),
        ("page_links_revoked", "operator@example.com", "PO-1"),
    ]


@pytest.mark.parametrize("settings_given", [{"ERP_SUPPLIER_PAGE_VALID_DAYS": "0"}])
def test_an_expired_link_is_told(operator, stock):
    stock()
    page = operator.submit(f"{PAGE}/page-link", follow=True).text
    assert "No link opens it any more" in page


@pytest.mark.parametrize(
    ("status", "given"),
    [
        (PurchaseStatus.QUEUED, {"sent_at": None}),
        (PurchaseStatus.REJECTED, {}),
        (PurchaseStatus.CANCELLED, {}),
    ],
)
def test_what_is_nothing_to_answer_has_no_link(
    operator, stock, sessions, status, given
):
    stock(status, **given)
    assert "Make a link" not in operator.get(PAGE).text
    assert operator.submit(f"{PAGE}/page-link").status_code == 404
    with sessions.reading() as session:
        assert session.exec(select(PageLink)).all() == []


def test_a_viewer_makes_none(sign_in_as, stock):
    stock()
    viewer = sign_in_as(Role.VIEWER)
    assert "Make a link" not in viewer.get(PAGE).text
    assert viewer.submit(f"{PAGE}/page-link").status_code == 403


@pytest.fixture
def bill(sessions, stock, tmp_path, now) -> Attachment:
    stock()
    with sessions.writing() as session:
        supplier = make_supplier(session)
        return attach(
            session,
            tmp_path,
            b"sku,units\nA,1\n",
            now,
            name="bill.csv",
            supplier_id=supplier.id,
            purchase_order_id=1,
            by="supplier S1",
        )


def test_a_file_of_the_suppliers_is_saved_and_never_opened(operator, bill):
    assert "bill.csv" in operator.get(PAGE).text
    answer = operator.get(f"{PAGE}/files/{bill.id}")
    assert answer.data == b"sku,units\nA,1\n"
    assert answer.headers["Content-Disposition"] == "attachment; filename=bill.csv"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == "text/csv"


def test_a_file_that_is_not_there_is_told(operator, bill, tmp_path):
    assert operator.get(f"{PAGE}/files/77").status_code == 404
    path_of(tmp_path, bill.sha256).unlink()
    assert operator.get(f"{PAGE}/files/{bill.id}").status_code == 404
