"""An order as a client of the API asks for it, and what was stored of it."""

from sqlmodel import col, select

from erp.orders.models import Order

SECRET = "erp_test_secret"


PATH = "/api/v1/orders"


def an_order(number: int = 1, **given: object) -> dict[str, object]:
    return {
        "channel": "web",
        "external_id": f"e{number}",
        "name": f"#{number}",
        "currency": "USD",
        "placed_at": "2026-03-02T08:00:00Z",
        "paid_at": "2026-03-02T08:01:00Z",
        "payment": "paid",
        "email": "ada@example.com",
        "ship_to": {
            "name": "Ada",
            "address1": "1 Street",
            "city": "London",
            "postal_code": "N1",
            "country": "GB",
        },
        "lines": [{"sku": "A", "quantity": 2, "unit_price": "10.00"}],
        "total": "20.00",
        **given,
    }


def stored(sessions) -> list[str]:
    with sessions.reading() as session:
        return list(
            session.exec(select(Order.external_id).order_by(col(Order.id))).all()
        )
