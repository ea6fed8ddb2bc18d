"""Stock that a supplier tells: all rows or none, and what we do not know by name."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from inventory.models import Offer
from suppliers.models import Supplier
from tests.factories import NOW, make_offer, make_product, make_supplier


@pytest.fixture
def offers(sessions, supplier):
    """What is known of A and B of S1 now."""
    with sessions.writing() as session:
        row = make_supplier(session, "S1")
        for sku in "AB":
            given = {"as_of": NOW - timedelta(days=1), "quantity": 5}
            make_offer(session, make_product(session, sku), row, **given)

    def read() -> dict[str, tuple[int | None, int | None]]:
        with sessions.reading() as session:
            found = session.exec(select(Offer).order_by(col(Offer.id)))
            return {
                each.supplier_sku: (each.quantity, each.unit_cost_cents)
                for each in found
            }

    return read


def row(sku: str, quantity: int | None = 1, **given: object) -> dict[str, object]:
    return {"supplier_sku": sku, "quantity": quantity, **given}


def test_a_list_renews_what_it_names(supplier, offers):
    told = {"items": [row("S1-A", 9, unit_cost="4.50"), row("X-1"), row("X-2")]}
    answer = supplier.put("/stock", told)
    assert answer.status_code == 200
    assert answer.json == {
        "items": 3,
        "known": 1,
        "changed": 1,
        "outdated": 0,
        "foreign_costs": 0,
        "unknown_skus": ["X-1", "X-2"],
    }
    assert offers() == {"S1-A": (9, 450), "S1-B": (5, 500)}


def test_a_whole_list_counts_as_a_reading_of_its_stock(supplier, offers, sessions):
    supplier.put("/stock", {"items": [row("S1-A")]})
    supplier.put("/stock", {"items": [row("S1-A")], "is_whole": True})
    with sessions.reading() as session:
        assert session.exec(select(Supplier.stock_read_at)).one() == NOW


def test_the_same_list_again_changes_nothing(supplier, offers):
    told = {"items": [row("S1-A", None)], "as_of": "2026-03-02T08:00:00Z"}
    assert supplier.put("/stock", told, key="k").json["changed"] == 1
    again = supplier.put("/stock", told, key="k")
    assert again.headers["Idempotent-Replay"] == "true"
    assert supplier.put("/stock", told).json["changed"] == 0
    assert offers()["S1-A"] == (None, 500)


def test_an_older_list_is_told_to_be_outdated(supplier, offers):
    told = {"items": [row("S1-A")], "as_of": "2026-02-20T08:00:00Z"}
    assert supplier.put("/stock", told).json["outdated"] == 1
    assert offers()["S1-A"] == (5, 500)


def test_a_supplier_renews_its_own_offers_only(caller, offers):
    answer = caller("S2").put("/stock", {"items": [row("S1-A", 0)]})
    assert answer.json["unknown_skus"] == ["S1-A"]
    assert offers()["S1-A"] == (5, 500)


@pytest.mark.parametrize(
    ("rows", "pointer"),
    [
        ([row("S1-A", 9), row("S1-B", -1)], "/items/1/quantity"),
        ([row("S1-A", 9), row("S1-A", 8)], "/items/1/supplier_sku"),
        ([row("S1-A", 9), row("S1-B", unit_cost="4,50")], "/items/1/unit_cost"),
        ([row("S1-A", 9), row("S1-B", unit_cost="4.505")], "/items/1/unit_cost"),
        ([row("S1-A", 9), row("S1-B", currency="ZZZ")], "/items/1/currency"),
        ([row("S1-A", 9), {"supplier_sku": "S1-B"}], "/items/1/quantity"),
        ([], "/items"),
        ([row(str(each)) for each in range(10_001)], "/items"),
    ],
)
def test_all_rows_are_taken_or_none(supplier, offers, rows, pointer):
    answer = supplier.put("/stock", {"items": rows})
    assert answer.status_code == 422
    assert pointer in [each["pointer"] for each in answer.json["errors"]]
    assert offers()["S1-A"] == (5, 500)


def test_ten_thousand_rows_are_one_call(supplier, offers):
    rows = [row(f"X-{each}") for each in range(9_999)] + [row("S1-B", 7)]
    answer = supplier.put("/stock", {"items": rows})
    assert (answer.json["items"], answer.json["known"]) == (10_000, 1)
    assert len(answer.json["unknown_skus"]) == 9_999
    assert offers()["S1-B"] == (7, 500)
