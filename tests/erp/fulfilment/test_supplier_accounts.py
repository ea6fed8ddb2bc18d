"""What a supplier's terms are changed to, and what that says of its connection."""

from dataclasses import fields, replace

import pytest
from sqlmodel import Session

from erp.fulfilment.supplier_accounts import Terms, change
from suppliers.models import Supplier
from tests.factories import NOW, make_supplier

ADDRESS = "https://acme.example/api"
WITHIN = {"base_url": "https://acme.example/v2"}


@pytest.fixture
def acme(session: Session) -> Supplier:
    return make_supplier(
        session, "acme", kind="printful", base_url=ADDRESS, sealed_token="sealed"
    )


def changed(session: Session, supplier: Supplier, token: str = "", **told: object):
    """When its connection took the place of another one, as far as we remember."""
    names = [each.name for each in fields(Terms)]
    terms = Terms(**{name: getattr(supplier, name) for name in names})
    change(session, supplier, replace(terms, **told), token, NOW, by="ann")
    return supplier.connected_at


@pytest.mark.parametrize(
    "told",
    [{"kind": "rest"}, WITHIN, {"options": {"store_id": "2"}}, {"token": "another"}],
    ids=["kind", "address", "options", "token"],
)
def test_what_may_lead_to_another_account_is_another_connection(session, acme, told):
    """Absence there says nothing of what the former one was sent."""
    assert changed(session, acme, **told) == NOW


@pytest.mark.parametrize("told", [{}, {"name": "Acme"}, {"burst": 3}])
def test_other_terms_leave_the_connection_as_it_was(session, acme, told):
    assert changed(session, acme, **told) is None


def test_what_lies_ready_for_a_supplier_that_pulls_lies_ready_still(session):
    puller = make_supplier(session, "puller", kind="portal")

    assert changed(session, puller, options={"a": "b"}) is None
    assert changed(session, puller, kind="printful") == NOW
