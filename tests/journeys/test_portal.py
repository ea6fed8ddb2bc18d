"""A supplier that pulls: from an order at the store's API to the customer's door."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from erp.accounts.models import Scope
from erp.accounts.tokens import create_token
from tests.factories import make_offer, make_product, make_supplier
from tests.journeys.stocked import EMAIL, Stocked, order_of, stock
from tests.running import QUICKLY, serving, until

AT_ONCE = {"ERP_JOBS_MEASURE_KPIS": "1", "ERP_JOBS_RAISE_ALERTS": "1"}
ONE, TWO = "pull-lamp", "pull-mug"


@dataclass(frozen=True)
class Place:
    """The running store, as a shop and as its supplier see it."""

    shop: httpx.Client
    supplier: httpx.Client

    def read(self, path: str) -> Any:
        return self.shop.get(f"/api/v1/{path}").raise_for_status().json()

    def told(self, path: str, **query: Any) -> Any:
        answer = self.supplier.get(f"/supplier/v1/{path}", params=query)
        return answer.raise_for_status().json()

    def tell(self, reference: str, what: str, **body: Any) -> Any:
        path = f"/supplier/v1/purchase-orders/{reference}/{what}"
        key = {"Idempotency-Key": f"{what} {body.get('shipment_id')}".replace(" ", "-")}
        return (
            self.supplier.post(path, json=body, headers=key).raise_for_status().json()
        )


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Stocked:
    return stock(tmp_path_factory.mktemp("portal") / "data", ())


@pytest.fixture(scope="module")
def place(stocked: Stocked) -> Iterator[Place]:
    token = _open_portal(stocked, datetime.now(UTC))
    theirs = {"Authorization": f"Bearer {token}"}
    with (
        serving(stocked.data, **QUICKLY, **AT_ONCE) as program,
        program.client(headers=stocked.headers) as shop,
        program.client(headers=theirs) as supplier,
    ):
        yield Place(shop, supplier)


def _open_portal(stocked: Stocked, now: datetime) -> str:
    """A supplier of two goods that has a token and no address."""
    with stocked.opened() as erp, erp.sessions.writing() as session:
        supplier = make_supplier(session, "pull", kind="portal")
        for sku in (ONE, TWO):
            given = {"supplier_sku": sku, "quantity": 0, "as_of": now}
            make_offer(session, make_product(session, sku), supplier, **given)
        given = {"by": EMAIL, "supplier": supplier}
        _, secret = create_token(session, "depot", Scope.WRITE, now, **given)
    return secret


def test_an_order_is_pulled_accepted_shipped_in_two_parcels_and_measured(
    place: Place,
) -> None:
    _tell_stock(place)
    path = _order(place)
    reference = _pull(place)

    _accept(place, reference)
    _ship(place, reference)
    assert place.read(path)["status"] == "shipped"
    until(lambda: _lateness(place) == (0, 1), lambda: place.read("kpis"))

    _deliver(place, reference)
    assert place.told(f"purchase-orders/{reference}")["recipient"] is None
    order = place.read(path)
    assert order["status"] == "delivered"
    assert [line["status"] for line in order["lines"]] == ["delivered"] * 2


def _tell_stock(place: Place) -> None:
    rows = [{"supplier_sku": sku, "quantity": 9} for sku in (ONE, TWO, "unknown")]
    put = place.supplier.put("/supplier/v1/stock", json={"items": rows})
    assert put.raise_for_status().json()["unknown_skus"] == ["unknown"]


def _order(place: Place) -> str:
    """A customer's order at the shop; where it can be read."""
    answer = place.shop.post("/api/v1/orders", json=order_of(1, ONE, TWO))
    return answer.raise_for_status().headers["Location"].removeprefix("/api/v1/")


def _pull(place: Place) -> str:
    """The purchase order as its supplier finds it, once; its reference."""
    until(lambda: place.told("purchase-orders")["purchase_orders"])
    page = place.told("purchase-orders")
    (sheet,) = page["purchase_orders"]
    assert (sheet["number"], page["next"], sheet["order_name"]) == (1, 1, "#1")
    assert sheet["recipient"]["address1"] == "1 Long Street"
    assert place.told("purchase-orders", after=page["next"])["purchase_orders"] == []
    return sheet["reference"]


def _accept(place: Place, reference: str) -> None:
    ship_by = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    accepted = place.tell(reference, "acknowledge", ship_by=ship_by)
    assert accepted["status"] == "accepted"
    assert place.tell(reference, "acknowledge", ship_by=ship_by) == accepted


def _ship(place: Place, reference: str) -> None:
    for number, sku in enumerate((ONE, TWO), start=1):
        told = place.tell(
            reference,
            "shipments",
            shipment_id=f"parcel {number}",
            carrier="UPS",
            tracking_number=f"1Z{number}",
            items=[{"supplier_sku": sku, "quantity": 1}],
            shipped_at=datetime.now(UTC).isoformat(),
        )
    assert told["status"] == "shipped"


def _deliver(place: Place, reference: str) -> None:
    for number in (1, 2):
        scans = [{"kind": "delivered", "at": datetime.now(UTC).isoformat()}]
        url = f"/supplier/v1/purchase-orders/{reference}/shipments"
        body = {"shipment_id": f"parcel {number}", "scans": scans}
        place.supplier.post(url, json=body).raise_for_status()


def _lateness(place: Place) -> tuple[int, int] | None:
    for each in place.read("kpis")["readings"]:
        if each["kpi"] == "late_hand_over":
            return each["numerator"], each["denominator"]
    return None
