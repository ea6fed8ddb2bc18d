"""The lateness of real orders, counted here from the file and there by the database."""

import csv
from collections import Counter
from datetime import UTC, datetime

import pytest

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.kpis.measuring import measure_whole
from erp.kpis.models import Kpi, ScopeKind
from erp.kpis.scopes import OVERALL
from tests.factories import make_order, make_purchase_order, make_supplier

END = datetime(2018, 12, 1, tzinfo=UTC)
STATUSES = {
    "canceled": PurchaseStatus.CANCELLED,
    "unavailable": PurchaseStatus.CANCELLED,
    "delivered": PurchaseStatus.DELIVERED,
    "shipped": PurchaseStatus.SHIPPED,
}


@pytest.fixture
def outcomes(olist):
    with (olist / "outcomes.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def whole(sessions, outcomes):
    with sessions.writing() as session:
        order = make_order(session)
        for outcome in outcomes:
            make_purchase_order(
                session,
                order,
                make_supplier(session, outcome["supplier_code"]),
                STATUSES.get(outcome["status"], PurchaseStatus.ACCEPTED),
                lines=[],
                ship_by=moment(outcome["ship_by"]),
                handed_over_at=moment(outcome["shipped_at"]),
                delivered_at=moment(outcome["delivered_at"]),
                deliver_by=moment(outcome["promised_delivery_at"]),
                created_at=moment(outcome["acknowledged_at"]),
            )
        return measure_whole(session, END, currency="BRL")


def moment(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z") if text else None


def by_supplier(measures):
    return {
        key: (value.numerator, value.denominator)
        for (kind, key), value in measures.items()
        if kind is ScopeKind.SUPPLIER
    }


def test_late_hand_overs_are_those_of_the_file(whole, outcomes):
    live = [o for o in outcomes if o["status"] not in ("canceled", "unavailable")]
    late = Counter(
        o["supplier_code"]
        for o in live
        if not o["shipped_at"] or moment(o["shipped_at"]) > moment(o["ship_by"])
    )
    every = Counter(o["supplier_code"] for o in live)

    found = whole[Kpi.LATE_HAND_OVER]

    assert (found[OVERALL].numerator, found[OVERALL].denominator) == (331, 2970)
    assert by_supplier(found) == {code: (late[code], every[code]) for code in every}


def test_late_deliveries_are_those_of_the_file(whole, outcomes):
    live = [
        o
        for o in outcomes
        if o["delivered_at"] and o["status"] not in ("canceled", "unavailable")
    ]
    late = Counter(
        o["supplier_code"]
        for o in live
        if moment(o["delivered_at"]) > moment(o["promised_delivery_at"])
    )
    every = Counter(o["supplier_code"] for o in live)

    found = whole[Kpi.LATE_DELIVERY]

    assert (found[OVERALL].numerator, found[OVERALL].denominator) == (262, 2911)
    assert by_supplier(found) == {code: (late[code], every[code]) for code in every}
