"""A supplier's program, and a purchase order that its supplier was handed."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from sqlmodel import Session, col, select
from werkzeug.test import TestResponse

from config.database import Sessions
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder
from tests.factories import NOW, make_order, make_purchase_order, make_supplier

ROOT = "/supplier/v1"
P = PurchaseStatus


@dataclass(frozen=True)
class Caller:
    """Calls with one token, and reads what was stored."""

    browser: FlaskClient
    sessions: Sessions
    secret: str

    def get(self, path: str, **query: object) -> TestResponse:
        return self.browser.get(
            f"{ROOT}{path}", query_string=query or None, headers=self._headers()
        )

    def post(self, path: str, body: Any, key: str = "") -> TestResponse:
        return self._send("POST", path, body, key)

    def put(self, path: str, body: Any, key: str = "") -> TestResponse:
        return self._send("PUT", path, body, key)

    def tell(self, reference: str, what: str, **body: Any) -> TestResponse:
        return self.post(f"/purchase-orders/{reference}/{what}", body)

    def status_of(self, reference: str) -> PurchaseStatus:
        query = select(PurchaseOrder.status).where(
            col(PurchaseOrder.reference) == reference
        )
        with self.sessions.reading() as session:
            return session.exec(query).one()

    def _send(self, method: str, path: str, body: Any, key: str) -> TestResponse:
        headers = self._headers() | ({"Idempotency-Key": key} if key else {})
        given = {"data": body} if isinstance(body, bytes) else {"json": body}
        return self.browser.open(
            f"{ROOT}{path}",
            method=method,
            headers=headers,
            content_type="application/json",
            **given,
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


def hand_over(
    session: Session,
    reference: str = "P-1",
    status: PurchaseStatus = P.SENT,
    code: str = "S1",
    **given: object,
) -> PurchaseOrder:
    """Two of A and one of B at 5.00, for Ada in London."""
    order = make_order(session, (("A", 2, 1000), ("B", 1, 1000)), next_step=None)
    values = {"reference": reference, "sent_at": NOW} | given
    supplier = make_supplier(session, code)
    return make_purchase_order(session, order, supplier, status, **values)
