"""The programs of two suppliers, each with a token of its own."""

from collections.abc import Callable

import pytest

from erp.accounts.models import Scope
from tests.erp.web.supplier_api.supplied import Caller, hand_over
from tests.factories import make_supplier, make_token


@pytest.fixture
def caller(app, sessions) -> Callable[..., Caller]:
    """`caller("S1")` calls in the name of that supplier; without one, of the store."""

    def create(code: str | None = "S1", scope: Scope = Scope.WRITE) -> Caller:
        secret = f"erp_{code}_{scope.value}"
        with sessions.writing() as session:
            supplier = make_supplier(session, code) if code else None
            make_token(session, secret, scope, supplier)
        return Caller(app.test_client(), sessions, secret)

    return create


@pytest.fixture
def supplier(caller) -> Caller:
    return caller()


@pytest.fixture
def purchase(sessions, supplier) -> str:
    with sessions.writing() as session:
        return hand_over(session).reference
