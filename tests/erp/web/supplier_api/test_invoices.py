"""An invoice that a supplier sends is one, and is held against what was agreed."""

import pytest
from sqlmodel import select

from erp.fulfilment.invoicing.models import SupplierInvoice
from tests.erp.fulfilment.invoicing.billing import bought


@pytest.fixture
def agreed(sessions, supplier):
    """Two units at 5.00 USD."""
    with sessions.writing() as session:
        return bought(session).reference


def bill(reference, **changes):
    line = {"purchase_order": reference, "supplier_sku": "S1-A"}
    line |= {"quantity": 2, "unit_cost": "5.00"}
    return {
        "number": "I-1",
        "currency": "USD",
        "issued_on": "2026-03-01",
        "total": "10.00",
        "lines": [line | changes.pop("line", {})],
    } | changes


def test_an_invoice_as_agreed_matches(supplier, agreed):
    answer = supplier.post("/invoices", bill(agreed))
    assert answer.status_code == 200
    assert answer.json == {"number": "I-1", "status": "matched", "differences": []}


def test_what_differs_is_told(supplier, agreed):
    answer = supplier.post("/invoices", bill(agreed, line={"unit_cost": "8.00"}))
    assert answer.json["status"] == "differs"
    assert answer.json["differences"] == ["cost", "total"]


def test_taxes_that_are_too_high_wait_and_are_told(supplier, agreed):
    told = bill(agreed, total="10009.00")
    told["lines"].append({"kind": "tax", "unit_cost": "9999.00"})
    answer = supplier.post("/invoices", told)
    assert answer.json["status"] == "differs"
    assert answer.json["differences"] == ["tax"]


def test_the_same_invoice_twice_is_one(supplier, sessions, agreed):
    first = supplier.post("/invoices", bill(agreed))
    again = supplier.post("/invoices", bill(agreed))
    assert again.json == first.json
    other = supplier.post("/invoices", bill(agreed, total="11.00"))
    assert other.status_code == 409
    with sessions.reading() as session:
        assert len(session.exec(select(SupplierInvoice)).all()) == 1


def test_another_suppliers_purchase_order_cannot_be_billed(caller, agreed):
    answer = caller("S2").post("/invoices", bill(agreed))
    assert answer.json["differences"] == ["unknown_purchase"]


WRONG = {
    "an amount": ({"total": "much"}, "/total"),
    "a cost": ({"line": {"unit_cost": "-1"}}, "/lines/0/unit_cost"),
    "half a unit": ({"line": {"quantity": 0.5}}, "/lines/0/quantity"),
    "units as a text": ({"line": {"quantity": "2"}}, "/lines/0/quantity"),
    "a sum beyond all": (
        {"line": {"quantity": 100000, "unit_cost": "9000000000"}},
        "/lines/0/unit_cost",
    ),
    "a day": ({"issued_on": 20260301}, "/issued_on"),
    "a year": ({"issued_on": "1026-03-01"}, "/issued_on"),
    "a currency": ({"currency": "XXX"}, "/currency"),
    "no lines": ({"lines": []}, "/lines"),
    "something else": ({"paid": True}, "/paid"),
}


@pytest.mark.parametrize(("change", "pointer"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named(supplier, sessions, agreed, change, pointer):
    answer = supplier.post("/invoices", bill(agreed, **change))
    assert answer.status_code == 422
    assert pointer in [each["pointer"] for each in answer.json["errors"]]
    with sessions.reading() as session:
        assert session.exec(select(SupplierInvoice)).all() == []
