"""What a supplier reads: its list, one purchase order, the file of what is open."""

import csv
import io

import pytest
from sqlmodel import select

from erp.fulfilment.lifecycle import PurchaseStatus
from erp.orders.models import Contact
from tests.erp.web.supplier_api.supplied import hand_over
from tests.factories import make_supplier

P = PurchaseStatus
ADA = {
    "name": "Ada Lovelace",
    "company": "",
    "address1": "12 Analytical Street",
    "address2": "",
    "city": "London",
    "postal_code": "N1 1AA",
    "province": "",
    "country": "GB",
    "phone": "",
}


def references(answer):
    return [each["reference"] for each in answer.json["purchase_orders"]]


def test_a_purchase_order_says_what_to_ship_and_where(supplier, purchase):
    supplier.get("/purchase-orders")
    found = supplier.get(f"/purchase-orders/{purchase}").json
    assert found["recipient"] == ADA
    assert (found["number"], found["status"]) == (1, "sent")
    assert found["handed_over_at"] == "2026-03-02T09:00:00Z"
    assert found["items"][0] == {
        "supplier_sku": "S1-A",
        "quantity": 2,
        "accepted_quantity": None,
        "shipped_quantity": 0,
        "unit_cost": "5.00",
    }


def test_of_the_customer_only_what_shipping_needs_is_told(supplier, purchase):
    for path in ("/purchase-orders", f"/purchase-orders/{purchase}"):
        assert "ada@example.com" not in supplier.get(path).text
    assert set(supplier.get(f"/purchase-orders/{purchase}").json["recipient"]) == set(
        ADA
    )


def test_the_list_goes_on_where_it_was_left(supplier, sessions):
    with sessions.writing() as session:
        for number in range(5):
            hand_over(session, f"P-{number}")
    first = supplier.get("/purchase-orders", limit=3)
    rest = supplier.get("/purchase-orders", after=first.json["next"], limit=3)
    none = supplier.get("/purchase-orders", after=rest.json["next"])
    assert references(first) == ["P-0", "P-1", "P-2"]
    assert references(rest) == ["P-3", "P-4"]
    assert [each.json["more"] for each in (first, rest, none)] == [True, False, False]
    assert (references(none), none.json["next"]) == ([], 5)
    with sessions.writing() as session:
        hand_over(session, "P-9")
    assert references(supplier.get("/purchase-orders", after=5)) == ["P-9"]


def test_what_was_not_handed_over_is_not_there(supplier, sessions):
    with sessions.writing() as session:
        hand_over(session, "P-2", P.QUEUED, sent_at=None)
    assert references(supplier.get("/purchase-orders")) == []
    assert supplier.get("/purchase-orders/P-2").status_code == 404
    assert supplier.tell("P-2", "acknowledge").status_code == 404


@pytest.mark.parametrize("ended", [P.REJECTED, P.CANCELLED, P.DELIVERED, P.CLOSED])
def test_once_nothing_is_to_be_shipped_the_recipient_is_gone(supplier, sessions, ended):
    with sessions.writing() as session:
        hand_over(session, "P-2", ended)
    answer = supplier.get("/purchase-orders/P-2")
    assert answer.json["recipient"] is None
    assert "London" not in answer.text


def test_how_we_deal_with_it_is_not_told(supplier, sessions):
    with sessions.writing() as session:
        hand_over(session, "P-2", P.NEEDS_ATTENTION)
        hand_over(session, "P-3", P.UNKNOWN, sent_at=None)
    for reference in ("P-2", "P-3"):
        found = supplier.get(f"/purchase-orders/{reference}").json
        assert found["status"] == "sent"


def test_after_redaction_nothing_leaks(supplier, purchase, sessions):
    """Neither from the sheets nor from an answer that was kept for its key."""
    path = f"/purchase-orders/{purchase}/acknowledge"
    supplier.post(path, {}, key="k")
    assert "London" in supplier.get("/purchase-orders.csv").text
    with sessions.writing() as session:
        contact = session.exec(select(Contact)).one()
        for name in ("name", "email", "address1", "city", "postal_code", "country"):
            setattr(contact, name, "")
    told = [
        supplier.get("/purchase-orders").text,
        supplier.get("/purchase-orders.csv").text,
        supplier.get(f"/purchase-orders/{purchase}").text,
        supplier.post(path, {}, key="k").text,
    ]
    for text in told:
        assert purchase in text
        for secret in ("Ada", "London", "Analytical", "N1 1AA", "ada@"):
            assert secret not in text


def rows(supplier, **read):
    answer = supplier.get("/purchase-orders.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text), **read))


def test_the_file_has_what_is_open_and_what_is_wanted_back(
    supplier, purchase, sessions
):
    items = [{"supplier_sku": "S1-A", "quantity": 1}]
    supplier.tell(purchase, "part-accept", items=items)
    with sessions.writing() as session:
        hand_over(session, "P-2", P.CANCELLING)
        hand_over(session, "P-3", P.DELIVERED)
    ship, cancel = rows(supplier)
    assert (ship["purchase_order"], ship["action"]) == ("P-1", "order")
    assert (ship["sku"], ship["quantity"], ship["city"]) == ("S1-A", "1", "London")
    assert (cancel["purchase_order"], cancel["action"]) == ("P-2", "cancel")


def test_the_file_is_written_as_the_suppliers_options_declare(
    supplier, purchase, sessions
):
    columns = [
        {"header": "Nr", "field": "reference"},
        {"header": "Artikel", "field": "sku"},
        {"header": "Menge", "field": "quantity"},
    ]
    orders = {"way": "pickup", "separator": "semicolon", "columns": columns}
    with sessions.writing() as session:
        row = make_supplier(session, "S1")
        row.kind, row.options = "csvfeed", {"orders": orders}
    first, _ = rows(supplier, delimiter=";")
    assert first == {"Nr": "P-1", "Artikel": "S1-A", "Menge": "2"}
    with sessions.writing() as session:
        make_supplier(session, "S1").options = {"orders": {"way": "pigeon"}}
    answer = supplier.get("/purchase-orders.csv")
    assert (answer.status_code, answer.content_type) == (
        409,
        "application/problem+json",
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/purchase-orders?after=-1", 422),
        ("/purchase-orders?after=99999999999999999999", 422),
        ("/purchase-orders?limit=0", 422),
        ("/purchase-orders?limit=201", 422),
        ("/purchase-orders?surprise=1", 422),
        ("/purchase-orders/P-404", 404),
        ("/purchase-orders/%00", 422),
        ("/purchase-orders/" + "x" * 33, 422),
        ("/nothing", 404),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_in_words(supplier, path, status):
    answer = supplier.get(path)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
