"""Offers are stored once, brought up to date, and never steal one another's SKU."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from inventory.catalog import Change, Listing, Refused, upsert_offers
from inventory.models import Offer, Product
from tests.factories import make_supplier

LISTING = Listing(
    sku="A",
    title="Lamp",
    category="light",
    weight_grams=400,
    supplier="S1",
    supplier_sku="S1-A",
    unit_cost_cents=500,
    currency="USD",
    quantity=10,
    lead_time_days=3,
)


@pytest.fixture
def store(sessions, now):
    """Stores listings in a shop with the suppliers S1 and S2."""
    with sessions.writing() as session:
        make_supplier(session, "S1")
        make_supplier(session, "S2")

    def run(*listings, at=now):
        with sessions.writing() as session:
            return upsert_offers(session, listings, at)

    return run


def only_offer(sessions):
    with sessions.reading() as session:
        return session.exec(select(Offer)).one()


def test_a_new_offer_comes_with_its_product(sessions, store, now):
    assert store(LISTING) == [Change.CREATED]
    offer = only_offer(sessions)
    assert (offer.unit_cost_cents, offer.quantity, offer.as_of) == (500, 10, now)
    with sessions.reading() as session:
        product = session.exec(select(Product)).one()
    assert (product.sku, product.title, product.weight_grams) == ("A", "Lamp", 400)


def test_the_same_offer_again_changes_nothing_but_when_it_was_read(
    sessions, store, now
):
    store(LISTING)
    later = now + timedelta(days=1)
    assert store(LISTING, at=later) == [Change.UNCHANGED]
    assert only_offer(sessions).as_of == later


def test_a_new_cost_is_taken_over(sessions, store):
    store(LISTING)
    assert store(replace(LISTING, unit_cost_cents=650)) == [Change.UPDATED]
    assert only_offer(sessions).unit_cost_cents == 650


def test_what_the_supplier_does_not_say_is_unknown_and_not_zero(sessions, store):
    store(replace(LISTING, unit_cost_cents=None, quantity=None))
    offer = only_offer(sessions)
    assert (offer.unit_cost_cents, offer.quantity) == (None, None)


def test_one_product_may_have_several_suppliers(sessions, store):
    other = replace(LISTING, supplier="S2", supplier_sku="S2-A")
    assert store(LISTING, other) == [Change.CREATED, Change.CREATED]
    with sessions.reading() as session:
        assert len(session.exec(select(Product)).all()) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(LISTING, sku="B", supplier="S9"), "supplier"),
        (replace(LISTING, sku="B"), "supplier_sku"),
        (replace(LISTING, supplier_sku="S1-A2"), "sku"),
    ],
    ids=["unknown supplier", "SKU of another product", "twice in one list"],
)
def test_a_refused_listing_stores_nothing_and_stops_no_other(
    sessions, store, wrong, field
):
    first, second = store(LISTING, wrong)
    assert first is Change.CREATED
    assert isinstance(second, Refused)
    assert second.field == field
    with sessions.reading() as session:
        assert session.exec(select(Product.sku)).all() == ["A"]
    assert only_offer(sessions).supplier_sku == "S1-A"


def test_a_suppliers_sku_cannot_move_to_another_product(sessions, store):
    store(LISTING)
    (answer,) = store(replace(LISTING, sku="B"))
    assert isinstance(answer, Refused)
    assert "is product 'A' already" in answer.what


def test_an_offer_that_comes_back_is_listed_again(sessions, store):
    store(LISTING)
    with sessions.writing() as session:
        session.exec(select(Offer)).one().is_listed = False
    assert store(LISTING) == [Change.UPDATED]
    assert only_offer(sessions).is_listed
