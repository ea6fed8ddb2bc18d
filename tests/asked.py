"""Orders as they come in from outside: each call names only what matters."""

from typing import Any


def asked_line(**changes: Any) -> dict[str, Any]:
    line = {"sku": "A", "title": "Lamp", "quantity": 1, "unit_price": "10.00"}
    return line | changes


def an_order(**changes: Any) -> dict[str, Any]:
    """A paid order of one lamp for 10.00 USD."""
    return {
        "channel": "web",
        "external_id": "1",
        "name": "#1",
        "currency": "USD",
        "placed_at": "2026-03-02T08:00:00Z",
        "paid_at": "2026-03-02T08:01:00Z",
        "payment": "paid",
        "risk": "low",
        "email": "Ada@Example.com",
        "ship_to": {
            "name": "Ada Lovelace",
            "address1": "12 Analytical Street",
            "city": "London",
            "postal_code": "N1 1AA",
            "country": "GB",
        },
        "lines": [asked_line()],
        "total": "10.00",
    } | changes
