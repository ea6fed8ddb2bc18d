"""A shop as it runs: its jobs, its API, its pages, and suppliers behind real servers.

The suppliers are of the sandbox, in a process of its own; the shop's database is a file
with the schema of an upgrade. Only the clock is moved.
"""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cached_property
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import SQLModel, col, select

from erp.accounts.models import Role, Scope
from erp.accounts.sign_in import open_session
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import PurchaseOrder, Shipment
from erp.jobs.pipeline import JOBS
from erp.kpis.models import Kpi, Reading, ScopeKind
from erp.web.app import create_app
from suppliers.models import Supplier
from tests.asked import an_order, asked_line
from tests.erp.web.conftest import Browser
from tests.erp.web.supplier_api.supplied import Caller
from tests.erp.web.supplier_page.conftest import Desk
from tests.factories import (
    make_account,
    make_supplier,
    make_token,
)
from tests.pains.market import Market, numbers

SHOP_TOKEN = "erp_shop_secret"
LINK = re.compile(r"http://localhost(/p/[\w-]{43})")


class Shop(Market):
    """One shop, seen by its channel, its operator and its suppliers."""

    @cached_property
    def app(self) -> Flask:
        app = create_app(self.erp)
        app.test_client_class = Browser
        return app

    def later(self, **span: float) -> None:
        """Time passes, for us and for the suppliers, and nothing is done in it."""
        self.clock.move(**span)
        self.remote.set_clock(self.clock.at)

    def work(self) -> None:
        """Every job once, in the order of the timetable."""
        for job in JOBS:
            job.run(self.erp)

    def live_on(self, hours: int) -> None:
        for _ in range(hours):
            self.later(hours=1)
            self.work()

    def caller(self, name: str = "P", *, sells: Any = (), **own: Any) -> Caller:
        """A supplier that pulls, and its program."""
        code = f"{name}{next(numbers)}"
        self.keep(code, {"kind": "portal"} | own, sells)
        return self.program(code)

    def program(self, code: str) -> Caller:
        """The program of a supplier, with a token of its own."""
        secret = f"erp_of_{code}"
        with self.erp.sessions.writing() as session:
            supplier = make_supplier(session, code)
            make_token(session, secret, Scope.WRITE, supplier)
        return Caller(self.app.test_client(), self.erp.sessions, secret)

    def post(self, *lines: tuple[str, int], **given: Any) -> Any:
        """A paid order of (SKU, units) lines at 10.00 each, as a channel sends it."""
        number = given.pop("number", None) or next(numbers)
        moment = self.clock.at.isoformat()
        person = {"address1": f"{number} Long Street"} | given.pop("ship_to", {})
        asked = an_order(
            external_id=str(number),
            name=f"#{number}",
            email=f"customer{number}@example.com",
            placed_at=moment,
            paid_at=moment,
            ship_to=an_order()["ship_to"] | person,
            lines=[asked_line(sku=sku, quantity=units) for sku, units in lines],
            total=f"{10 * sum(units for _, units in lines)}.00",
        )
        headers = {"Authorization": f"Bearer {SHOP_TOKEN}"}
        browser = FlaskClient(self.app, self.app.response_class)
        return browser.post("/api/v1/orders", json=asked | given, headers=headers)

    def order(self, *lines: tuple[str, int], **given: Any) -> int:
        """As `post`; its id."""
        answer = self.post(*(lines or (("X", 1),)), **given)
        assert answer.status_code in (200, 201), answer.text
        return int(answer.json["id"])

    def sheet(self, order_id: int) -> Any:
        """The order as the API tells it."""
        headers = {"Authorization": f"Bearer {SHOP_TOKEN}"}
        browser = FlaskClient(self.app, self.app.response_class)
        return browser.get(f"/api/v1/orders/{order_id}", headers=headers).json

    def holds(self, order_id: int) -> list[str]:
        return [hold["reason"] for hold in self.sheet(order_id)["holds"]]

    @cached_property
    def operator(self) -> Browser:
        """A human at the back office, who may do everything there."""
        with self.erp.sessions.writing() as session:
            account = make_account(session, "ada@example.com", Role.OWNER)
            opened = open_session(session, account.id, self.clock())
        browser = self.app.test_client()
        browser.set_cookie("erp_login", opened.secret)
        browser.take_token(browser.get("/settings"))
        return browser

    def page(self, path: str) -> str:
        answer = self.operator.get(path)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    def mails(self) -> list[EmailMessage]:
        """What was written to suppliers and to the owner, oldest first."""
        letters = sorted(self.erp.settings.outbox.glob("*.eml"))
        return [
            message_from_bytes(each.read_bytes(), policy=default) for each in letters
        ]

    def letter_page(self) -> Desk:
        """The page behind the link in the newest letter, without an account."""
        link = LINK.search(words_of(self.mails()[-1]))
        assert link
        browser = FlaskClient(self.app, self.app.response_class)
        return Desk(self.erp.sessions, browser, link[1])

    # --- rows

    def rows(self, table: type[SQLModel], *where: Any) -> list[Any]:
        with self.erp.sessions.reading() as session:
            found = list(session.exec(select(table).where(*where).order_by("id")))
            session.expunge_all()
        return found

    def purchases(self, *where: Any) -> list[PurchaseOrder]:
        return self.rows(PurchaseOrder, *where)

    def purchase(self) -> PurchaseOrder:
        (found,) = self.purchases()
        return found

    def statuses(self) -> list[PurchaseStatus]:
        return [each.status for each in self.purchases()]

    def parcels(self) -> list[Shipment]:
        return self.rows(Shipment)

    def reading(self, kpi: Kpi) -> tuple[int, int]:
        """The store's newest reading: numerator and denominator."""
        is_ours = (
            col(Reading.kpi) == kpi,
            col(Reading.scope_kind) == ScopeKind.OVERALL,
        )
        (newest,) = self.rows(Reading, *is_ours, col(Reading.is_newest))
        return newest.numerator, newest.denominator

    def bought_from(self, order_id: int) -> list[str]:
        """The codes of the suppliers whose purchase orders live."""
        codes = {each.id: each.code for each in self.rows(Supplier)}
        dead = (PurchaseStatus.REJECTED, PurchaseStatus.CANCELLED)
        found = self.purchases(col(PurchaseOrder.order_id) == order_id)
        return [codes[each.supplier_id] for each in found if each.status not in dead]


def words_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
