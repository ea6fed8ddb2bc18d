"""The owner forgets a customer at once, and the order's page says so."""

import pytest
from sqlmodel import select

from erp.accounts.models import AuditEntry, Role
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.orders.lifecycle import LineStatus, OrderStatus
from erp.orders.models import Contact
from tests.factories import (
    make_order,
    make_product,
    make_purchase_order,
    make_supplier,
    order_lines,
)


@pytest.fixture
def over(sessions):
    """The id of an order that is delivered."""
    with sessions.writing() as session:
        make_product(session)
        order = make_order(session, status=OrderStatus.DELIVERED, next_step=None)
        status = PurchaseStatus.DELIVERED
        make_purchase_order(session, order, make_supplier(session), status)
        for line in order_lines(session, order):
            line.status = LineStatus.DELIVERED
        return order.id


@pytest.fixture
def under_way(sessions):
    with sessions.writing() as session:
        make_product(session)
        return make_order(session).id


def names(sessions):
    with sessions.reading() as session:
        return session.exec(select(Contact.name)).all()


def test_the_owner_removes_an_address_after_being_asked(sessions, sign_in_as, over):
    owner = sign_in_as(Role.OWNER)
    page = owner.get(f"/orders/{over}").text
    assert "Remove it for good" in page
    assert "Ada Lovelace" in page

    page = owner.submit(f"/orders/{over}/redact", follow=True).text

    assert names(sessions) == [""]
    assert "Ada Lovelace" not in page
    assert "The address was removed on" in page
    assert "United Kingdom" in page
    assert "Remove it for good" not in page
    with sessions.reading() as session:
        done = session.exec(select(AuditEntry.action)).all()
    assert done.count("contact_redacted") == 1


def test_an_address_that_is_needed_stays_and_the_page_says_why(
    sessions, sign_in_as, under_way
):
    owner = sign_in_as(Role.OWNER)
    page = owner.get(f"/orders/{under_way}").text
    assert "once the order is over" in page
    assert "Remove it for good" not in page

    page = owner.submit(f"/orders/{under_way}/redact", follow=True).text

    assert "Nothing was removed" in page
    assert names(sessions) == ["Ada Lovelace"]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.VIEWER])
def test_nobody_but_the_owner_removes_an_address(sessions, sign_in_as, over, role):
    browser = sign_in_as(role)
    assert "Remove it for good" not in browser.get(f"/orders/{over}").text

    assert browser.submit(f"/orders/{over}/redact").status_code == 403

    assert names(sessions) == ["Ada Lovelace"]
