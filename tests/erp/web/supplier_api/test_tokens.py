"""Whose token opens what: one supplier's rows, and nothing of the store's."""

import pytest
from sqlmodel import select

from erp.accounts.models import ApiToken, Scope
from tests.erp.web.supplier_api.supplied import ROOT, Caller, hand_over
from tests.factories import make_token

ACTS = {
    "acknowledge": {},
    "part-accept": {"items": [{"supplier_sku": "S1-A", "quantity": 1}]},
    "reject": {"reason": "other"},
    "shipments": {"shipment_id": "1", "items": []},
    "cancellation": {"is_cancelled": True},
}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer erp_wrong", "Basic YTpi"])
def test_without_a_valid_token_nothing_is_said(visitor, purchase, header):
    answer = visitor.get(f"{ROOT}/purchase-orders", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.content_type == "application/problem+json"


def test_a_revoked_token_opens_nothing(supplier, purchase, sessions, clock):
    with sessions.writing() as session:
        for token in session.exec(select(ApiToken)):
            token.revoked_at = clock()
    assert supplier.get("/purchase-orders").status_code == 401


def test_the_stores_token_does_not_open_a_suppliers_api(caller, purchase):
    answer = caller(None).get("/purchase-orders")
    assert answer.status_code == 403
    assert "another API" in answer.json["detail"]


@pytest.mark.parametrize("path", ["orders", "kpis", "orders/1"])
def test_a_suppliers_token_does_not_open_the_stores_api(visitor, supplier, path):
    headers = {"Authorization": f"Bearer {supplier.secret}"}
    assert visitor.get(f"/api/v1/{path}", headers=headers).status_code == 403


def test_a_suppliers_token_brings_no_orders(visitor, supplier):
    headers = {"Authorization": f"Bearer {supplier.secret}"}
    assert visitor.post("/api/v1/orders", json={}, headers=headers).status_code == 403


def test_a_read_only_token_reads_and_answers_nothing(caller, purchase):
    reader = caller("S1", Scope.READ)
    assert reader.get("/purchase-orders").json["next"] == 1
    assert reader.get(f"/purchase-orders/{purchase}").status_code == 200
    for what, body in ACTS.items():
        assert reader.tell(purchase, what, **body).status_code == 403
    assert reader.put("/stock", {}).status_code == 403
    assert reader.status_of(purchase) == "sent"


def test_another_suppliers_purchase_order_is_not_there(caller, purchase):
    other = caller("S2")
    assert other.get("/purchase-orders").json["purchase_orders"] == []
    assert other.get(f"/purchase-orders/{purchase}").status_code == 404
    for what, body in ACTS.items():
        answer = other.tell(purchase, what, **body)
        assert answer.status_code == 404, what
        assert answer.content_type == "application/problem+json"
    assert purchase not in other.get("/purchase-orders.csv").text
    assert other.status_of(purchase) == "sent"


def test_a_key_belongs_to_one_token(caller, sessions, supplier, purchase):
    """Another supplier's key with the same name is another key."""
    with sessions.writing() as session:
        hand_over(session, "P-2", code="S2")
    path = "/purchase-orders/P-2/acknowledge"
    assert supplier.post(path, {}, key="k").status_code == 404
    assert caller("S2").post(path, {}, key="k").status_code == 200


def test_a_supplier_may_have_several_tokens(app, sessions, supplier, purchase):
    with sessions.writing() as session:
        row = session.exec(select(ApiToken)).one()
        second = make_token(session, "erp_second")
        second.supplier_id = row.supplier_id
    again = Caller(app.test_client(), sessions, "erp_second")
    assert again.get(f"/purchase-orders/{purchase}").status_code == 200
