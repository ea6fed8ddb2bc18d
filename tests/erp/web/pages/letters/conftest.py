"""A store to which suppliers have written."""

import pytest

from erp.accounts.models import Role
from erp.fulfilment.lifecycle import PurchaseStatus
from tests.erp.web.pages.letters.writing import write, written
from tests.factories import (
    NOW,
    make_order,
    make_product,
    make_purchase_order,
    make_supplier,
)


@pytest.fixture
def bought(sessions):
    """Our references: at S1, and at S2."""
    with sessions.writing() as session:
        make_product(session)
        references = []
        for code in ("S1", "S2"):
            order = make_order(session, name=f"#77{code}", next_step=None)
            supplier = make_supplier(session, code)
            purchase = make_purchase_order(
                session, order, supplier, PurchaseStatus.SENT, sent_at=NOW
            )
            references.append(purchase.reference)
    return references


@pytest.fixture
def letters(sessions, bought):
    """1: names no order. 2: about an order, read. 3: came back. 4: of another."""
    mine, _other = bought
    with sessions.writing() as session:
        write(session, written(1))
        write(session, written(2, mine, is_understood=True))
        write(session, written(3, mine, is_returned=True))
        write(session, written(4), code="S2")


@pytest.fixture
def operator(sign_in_as):
    return sign_in_as(Role.OPERATOR)


@pytest.fixture
def viewer(sign_in_as):
    return sign_in_as(Role.VIEWER)
