"""Whoever works with orders, and some that wait."""

import pytest

from erp.accounts.models import Role
from erp.orders.holds import hold
from erp.orders.lifecycle import HoldReason
from tests.factories import (
    make_order,
    make_product,
)


@pytest.fixture
def operator(sign_in_as):
    return sign_in_as(Role.OPERATOR)


@pytest.fixture
def held(sessions, now):
    """Two held orders, ids by name, and one that goes its way."""
    with sessions.writing() as session:
        make_product(session)
        ids = {}
        for name in ("#9001", "#9002"):
            order = make_order(session, name=name, next_step=None)
            hold(session, order, HoldReason.FRAUD_RISK, {"risk": "high"}, now)
            ids[name] = order.id
        ids["#9003"] = make_order(session, name="#9003").id
    return ids
