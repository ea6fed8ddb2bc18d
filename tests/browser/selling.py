"""What sells through a supplier: an offer of its, and an order that needs it."""

from datetime import UTC, datetime

import httpx

from inventory.catalog import Change, Listing, upsert_offers
from tests.asked import an_order, asked_line
from tests.browser.conftest import Shop
from tests.filled_store import opened


def offer_something(shop: Shop, supplier: str, sku: str, supplier_sku: str) -> None:
    """What an operator imports on the command line."""
    now = datetime.now(UTC)
    listing = Listing(
        sku=sku,
        title=f"Lamp {sku}",
        category="",
        weight_grams=None,
        supplier=supplier,
        supplier_sku=supplier_sku,
        unit_cost_cents=400,
        currency="USD",
        quantity=50,
        lead_time_days=1,
    )
    with opened(shop.filled.data) as erp, erp.sessions.writing() as session:
        assert upsert_offers(session, [listing], now) == [Change.CREATED]


def send_an_order(shop: Shop, number: str, sku: str) -> str:
    """As a shop does it; the address of the order's page."""
    now = datetime.now(UTC).isoformat()
    given = {"external_id": number, "name": f"#{number}", "email": "eve@example.com"}
    moments = {"placed_at": now, "paid_at": now}
    order = an_order(**given, **moments, lines=[asked_line(sku=sku)])
    headers = {"Authorization": f"Bearer {shop.filled.token}"}
    url = f"{shop.url}/api/v1/orders"
    answer = httpx.post(url, json=order, headers=headers, trust_env=False)
    assert answer.status_code == 201, answer.text
    return f"/orders/{answer.json()['id']}"
