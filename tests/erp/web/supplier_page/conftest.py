"""A supplier before the page of a purchase order: two of A and one of B."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, col, select
from werkzeug.test import TestResponse

from config.database import Sessions
from erp.fulfilment.decisions import cancel_purchase
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder, PurchaseOrderLine, Shipment
from erp.fulfilment.page_links.links import LinkRules, make_links
from erp.orders.models import OrderEvent
from tests.factories import NOW, make_order, make_purchase_order, make_supplier

RULES = LinkRules("http://localhost", timedelta(days=60))
LINES = (("A", 2, 1900), ("B", 1, 2400))


@dataclass
class Desk:
    """What stands in the store, and the supplier's browser."""

    sessions: Sessions
    browser: FlaskClient
    url: str  # of the page, as in the mail

    def get(self, path: str = "", **given: object) -> TestResponse:
        return self.browser.get(self.url + path, buffered=True, **given)

    def act(self, act: str, **fields: object) -> TestResponse:
        """Fill a form of the page in and press its button."""
        return self.post(act, csrf_token=self.form_token(), **fields)

    def post(self, act: str, **fields: object) -> TestResponse:
        named = {_name(name): each for name, each in fields.items()}
        return self.browser.post(f"{self.url}/{act}", data=named, buffered=True)

    def form_token(self) -> str:
        found = re.search(r'name="csrf_token" value="(\w+)"', self.get().text)
        assert found
        return found[1]

    def purchase(self) -> PurchaseOrder:
        with self.sessions.reading() as session:
            return session.exec(select(PurchaseOrder)).one()

    def parcels(self) -> list[Shipment]:
        with self.sessions.reading() as session:
            return list(session.exec(select(Shipment).order_by(col(Shipment.id))))

    def accepted(self) -> list[int | None]:
        with self.sessions.reading() as session:
            query = select(PurchaseOrderLine.accepted_quantity)
            return list(session.exec(query.order_by(col(PurchaseOrderLine.id))))

    def timeline(self) -> list[str]:
        with self.sessions.reading() as session:
            query = select(OrderEvent.kind).order_by(col(OrderEvent.id))
            return list(session.exec(query))

    def ask_to_cancel(self) -> None:
        with self.sessions.writing() as session:
            purchase = session.exec(select(PurchaseOrder)).one()
            cancel_purchase(session, purchase, NOW, by="ada")


@pytest.fixture
def desk_of(app: object, sessions: Sessions) -> Callable[..., Desk]:
    """`desk_of(status=…, language="he")` is a page in that language."""

    def make(
        status: PurchaseStatus = PurchaseStatus.SENT,
        language: str = "",
        **given: object,
    ) -> Desk:
        with sessions.writing() as session:
            url = _stock(session, status, language, given)
        browser = FlaskClient(app, app.response_class)
        return Desk(sessions, browser, url.removeprefix("http://localhost"))

    return make


@pytest.fixture
def desk(desk_of: Callable[..., Desk]) -> Desk:
    return desk_of()


def _stock(
    session: Session, status: PurchaseStatus, language: str, given: dict[str, object]
) -> str:
    options = {"language": language} if language else {}
    supplier = make_supplier(session, "S1", name="Northern Lights", options=options)
    order = make_order(session, LINES, name="#1001", next_step=None)
    values = {"reference": "PO-1", "sent_at": NOW, "attempts": 1} | given
    purchase = make_purchase_order(session, order, supplier, status, **values)
    return make_links(session, [purchase.id], RULES, NOW, by="system")[purchase.id]


def _name(field: str) -> str:
    return field.replace("_", "-") if field.startswith("units") else field
