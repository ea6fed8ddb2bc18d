"""Suppliers and offers from lists: what is not said stays unknown or as it was."""

import pytest

from erp.channels.importing import import_catalog, import_suppliers
from inventory.models import Offer, Product
from suppliers.models import Supplier
from tests.factories import make_supplier
from tests.imports import rows, verdicts

CATALOG = """\
sku,title,category,weight_grams,supplier_code,supplier_sku,unit_cost,currency,\
quantity,lead_time_days
"""
OFFER = "A,Lamp,light,400,S1,S1-A,5.00,USD,10,3\n"
BAD_OFFERS = {
    "unknown supplier": (OFFER.replace("S1,", "S9,"), "supplier_code", "no supplier"),
    "negative cost": (OFFER.replace("5.00", "-5.00"), "unit_cost", "has a sign"),
    "cost in words": (OFFER.replace("5.00", "five"), "unit_cost", "not an amount"),
    "negative quantity": (OFFER.replace(",10,", ",-10,"), "quantity", "whole number"),
    "unknown currency": (OFFER.replace("USD", "ZZZ"), "currency", "no currency"),
    "no SKU": (OFFER.replace("A,Lamp", ",Lamp"), "sku", "at least 1"),
    "repeated": (OFFER.replace("A,L", "B,L").replace("S1-A", "S1-B"), "sku", "line 2"),
}


@pytest.mark.parametrize(("bad", "field", "words"), BAD_OFFERS.values(), ids=BAD_OFFERS)
def test_a_bad_offer_is_told_by_line_and_field_and_stops_no_other(
    sessions, file, now, bad, field, words
):
    good = OFFER.replace("A,L", "B,L").replace("S1-A", "S1-B")
    with sessions.writing() as session:
        make_supplier(session, "S1")
    report = import_catalog(sessions, file(CATALOG + good + bad), now)
    assert verdicts(report) == (1, 0, 0, 1)
    (problem,) = report.problems
    assert (problem.line, problem.field) == (3, field)
    assert words in problem.what
    assert [offer.supplier_sku for offer in rows(sessions, Offer)] == ["S1-B"]
    assert len(rows(sessions, Product)) == 1


def test_an_offer_without_cost_and_quantity_is_unknown_and_not_zero(
    sessions, file, now
):
    with sessions.writing() as session:
        make_supplier(session, "S1")
    import_catalog(sessions, file(CATALOG + "A,Lamp,,,S1,S1-A,,USD,,\n"), now)
    (offer,) = rows(sessions, Offer)
    assert (offer.unit_cost_cents, offer.quantity, offer.as_of) == (None, None, now)


def test_suppliers_keep_what_a_list_does_not_say(sessions, file, now):
    path = file("code,name,city,state,handling_days,order_fee\nS1,One,Rio,RJ,4,2.50\n")
    import_suppliers(sessions, path, now, currency="BRL", country="BR")
    path = file("code,name,city,handling_days\nS1,Uno,,\nS2,,,\nS1,Again,,\n")
    report = import_suppliers(sessions, path, now, currency="USD")
    assert verdicts(report) == (0, 1, 0, 2)
    assert [(x.line, x.field) for x in report.problems] == [(3, "name"), (4, "code")]
    (supplier,) = rows(sessions, Supplier)
    assert (supplier.name, supplier.city, supplier.province) == ("Uno", "Rio", "RJ")
    assert (supplier.currency, supplier.country) == ("BRL", "BR")
    assert (supplier.handling_days, supplier.order_fee_cents) == (4, 250)
