"""What a supplier answers: told once, however often it is said, and never backwards."""

import pytest
from sqlmodel import select

from erp.fulfilment.decisions import cancel_purchase
from erp.fulfilment.models import PurchaseOrder
from suppliers.contract import RejectReason
from suppliers.models import Supplier
from tests.factories import NOW

SHIPPED_AT = "2026-03-02T08:00:00Z"
ARRIVED = [{"kind": "delivered", "at": "2026-03-02T08:30:00+00:00"}]


def items(**units: int) -> list[dict[str, object]]:
    return [{"supplier_sku": f"S1-{sku}", "quantity": n} for sku, n in units.items()]


def parcel(shipment_id: str = "1", **given: object) -> dict[str, object]:
    return {
        "shipment_id": shipment_id,
        "carrier": "UPS",
        "tracking_number": f"1Z{shipment_id}",
        "shipped_at": SHIPPED_AT,
        **given,
    }


def ask_to_cancel(sessions) -> None:
    with sessions.writing() as session:
        purchase = session.exec(select(PurchaseOrder)).one()
        cancel_purchase(session, purchase, NOW, by="ada")


def test_it_is_accepted_and_the_first_promise_counts(supplier, purchase, sessions):
    told = {"supplier_reference": "T-1", "ship_by": "2026-03-04T12:00:00+02:00"}
    answer = supplier.tell(purchase, "acknowledge", **told)
    assert answer.status_code == 200
    assert answer.json["status"] == "accepted"
    assert answer.json["supplier_reference"] == "T-1"
    assert answer.json["ship_by"] == "2026-03-04T10:00:00Z"
    later = told | {"ship_by": "2026-03-09T12:00:00Z"}
    assert supplier.tell(purchase, "acknowledge", **later).json == answer.json
    with sessions.reading() as session:
        assert session.exec(select(Supplier)).one().last_seen_at == NOW


def test_a_part_is_accepted_and_the_rest_is_given_up(supplier, purchase):
    answer = supplier.tell(purchase, "part-accept", items=items(A=1))
    assert answer.json["status"] == "partly_accepted"
    accepted = {
        each["supplier_sku"]: each["accepted_quantity"] for each in answer.json["items"]
    }
    assert accepted == {"S1-A": 1, "S1-B": 0}


@pytest.mark.parametrize("reason", list(RejectReason))
def test_it_is_rejected_with_any_of_the_reasons(supplier, purchase, reason):
    answer = supplier.tell(purchase, "reject", reason=reason.value, note="sorry")
    assert (answer.json["status"], answer.json["reason"]) == ("rejected", reason.value)


def test_two_parcels_add_up_and_arrive(supplier, purchase):
    supplier.tell(purchase, "acknowledge")
    first = supplier.tell(purchase, "shipments", **parcel("1", items=items(A=1)))
    assert first.json["status"] == "accepted"
    both = supplier.tell(purchase, "shipments", **parcel("2", items=items(A=1, B=1)))
    assert both.json["status"] == "shipped"
    assert [each["shipped_quantity"] for each in both.json["items"]] == [2, 1]
    for shipment_id in ("1", "2"):
        answer = supplier.tell(
            purchase, "shipments", shipment_id=shipment_id, scans=ARRIVED
        )
    assert answer.json["status"] == "delivered"
    assert [each["status"] for each in answer.json["parcels"]] == ["delivered"] * 2
    assert answer.json["parcels"][0]["tracking_number"] == "1Z1"


def test_a_label_alone_is_not_shipped(supplier, purchase):
    told = parcel(items=items(A=2, B=1), shipped_at=None)
    answer = supplier.tell(purchase, "shipments", **told)
    assert answer.json["status"] == "accepted"
    assert answer.json["parcels"][0]["status"] == "label_created"


@pytest.mark.parametrize(
    ("is_cancelled", "status"), [(True, "cancelled"), (False, "accepted")]
)
def test_a_wish_to_cancel_is_answered(
    supplier, purchase, sessions, is_cancelled, status
):
    supplier.tell(purchase, "acknowledge")
    ask_to_cancel(sessions)
    found = supplier.get(f"/purchase-orders/{purchase}").json
    assert found["status"] == "cancelling"
    told = {"is_cancelled": is_cancelled, "note": "as you like"}
    answer = supplier.tell(purchase, "cancellation", **told)
    assert (answer.status_code, answer.json["status"]) == (200, status)
    assert supplier.tell(purchase, "cancellation", **told).json == answer.json


CONTRADICTIONS = {
    "accept after reject": [
        ("reject", {"reason": "other"}),
        ("acknowledge", {}),
    ],
    "more than accepted": [
        ("part-accept", {"items": items(A=1)}),
        ("shipments", parcel(items=items(A=2))),
    ],
    "more than was ordered": [("part-accept", {"items": items(A=9)})],
    "what was not ordered": [("shipments", parcel(items=items(Z=1)))],
    "reject after shipping": [
        ("shipments", parcel(items=items(A=1))),
        ("reject", {"reason": "other"}),
    ],
    "cancel unasked": [("cancellation", {"is_cancelled": True})],
}


@pytest.mark.parametrize("calls", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_contradiction_is_answered_409_in_words(supplier, purchase, calls):
    *before, (what, body) = calls
    for each, told in before:
        assert supplier.tell(purchase, each, **told).status_code == 200
    status = supplier.status_of(purchase)

    answer = supplier.tell(purchase, what, **body)

    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    assert answer.json["detail"]
    assert supplier.status_of(purchase) is status


def test_a_key_gets_the_first_answer_again_and_does_nothing(supplier, purchase):
    path = f"/purchase-orders/{purchase}/shipments"
    first = supplier.post(path, parcel(items=items(A=2, B=1)), key="k")
    supplier.tell(purchase, "shipments", shipment_id="1", scans=ARRIVED)
    again = supplier.post(path, parcel(items=items(A=2, B=1)), key="k")
    assert (again.status_code, again.data) == (200, first.data)
    assert again.headers["Idempotent-Replay"] == "true"
    assert supplier.status_of(purchase) == "delivered"
    other = supplier.post(path, parcel("2", items=items(A=1)), key="k")
    assert other.status_code == 422


def test_a_contradiction_is_kept_for_its_key_too(supplier, purchase):
    path = f"/purchase-orders/{purchase}/cancellation"
    first = supplier.post(path, {"is_cancelled": True}, key="k")
    again = supplier.post(path, {"is_cancelled": True}, key="k")
    assert (first.status_code, again.status_code) == (409, 409)
    assert again.headers["Idempotent-Replay"] == "true"


REFUSED = {
    "acknowledge": [{"surprise": 1}, {"ship_by": "soon"}, {"ship_by": "2026-03-04"}],
    "part-accept": [{}, {"items": []}, {"items": items(A=-1)}, {"items": [1]}],
    "reject": [{}, {"reason": "no mood"}, {"reason": "other", "note": "a\0b"}],
    "shipments": [
        {},
        {"shipment_id": ""},
        parcel(items=items(A=0)),
        parcel(items=items(A=1), shipped_at="2026-03-02T11:00:00Z"),
        parcel(items=items(A=1), scans=[{"kind": "lost", "at": SHIPPED_AT}]),
        parcel(items=items(A=1), scans=[ARRIVED[0] | {"at": "2027-01-01T00:00:00Z"}]),
    ],
    "cancellation": [{}, {"is_cancelled": "yes"}, {"is_cancelled": None}],
}


@pytest.mark.parametrize(
    ("what", "body"), [(what, body) for what in REFUSED for body in REFUSED[what]]
)
def test_a_body_that_does_not_fit_is_refused_field_by_field(
    supplier, purchase, what, body
):
    answer = supplier.tell(purchase, what, **body)
    assert answer.status_code == 422
    assert answer.json["errors"]
    assert supplier.status_of(purchase) == "sent"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        *((b"", 400), (b"{", 400), (b"\xff", 400), (b'{"note": "\\ud800"}', 400)),
        *((b"null", 422), (b"[]", 422), (b"[" * 100_000, 400)),
    ],
)
def test_what_is_not_json_is_refused(supplier, purchase, body, status):
    answer = supplier.post(f"/purchase-orders/{purchase}/reject", body)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"


def test_a_body_of_another_kind_or_method_is_refused(supplier, purchase, visitor):
    path = f"/supplier/v1/purchase-orders/{purchase}/reject"
    headers = {"Authorization": f"Bearer {supplier.secret}"}
    assert visitor.post(path, data={"a": "b"}, headers=headers).status_code == 415
    wrong = visitor.delete(path, headers=headers)
    assert wrong.status_code == 405
    assert "POST" in wrong.headers["Allow"]
    assert wrong.content_type == "application/problem+json"
