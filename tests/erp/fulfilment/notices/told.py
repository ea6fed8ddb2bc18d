"""The store's side of notices: its suppliers, their endpoints, and a moved clock."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from config.database import Sessions
from config.secrets import Secrets
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.notices.endpoints import set_endpoint
from erp.fulfilment.notices.models import (
    NoticeKind,
    SupplierEndpoint,
    SupplierNotice,
)
from erp.fulfilment.notices.sending import Sender, send_due
from erp.fulfilment.notices.writing import tell
from tests.factories import make_order, make_purchase_order, make_supplier

BY = "owner@example.com"
BASE = "https://shop.example"


@dataclass
class Office:
    """The clock begins with the real time: the reference library reads that too."""

    sessions: Sessions
    secrets: Secrets
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def later(self, **passed: float) -> None:
        self.now += timedelta(**passed)

    def sender(self, **changed: Any) -> Sender:
        given: dict[str, Any] = {
            "secrets": self.secrets,
            "clock": lambda: self.now,
            "base_url": f"{BASE}/",
            "threads": 4,
            "timeout_seconds": 10.0,
            "chance": lambda: 0.0,
        }
        return Sender(**(given | changed))

    def send(self, **changed: Any) -> int:
        return send_due(self.sessions, self.sender(**changed))

    def endpoint(self, url: str, code: str = "S1", **given: Any) -> str:
        """A supplier that wants to be told at a URL; its secret."""
        with self.sessions.writing() as session:
            habits = {"allow_private": True, "kind": "portal"} | given
            supplier = make_supplier(session, code, **habits)
            return set_endpoint(session, supplier, url, self.secrets, self.now, by=BY)

    def purchase(self, code: str = "S1", **given: Any) -> int:
        with self.sessions.writing() as session:
            order = make_order(session, next_step=None)
            supplier = make_supplier(session, code, kind="portal")
            status = given.pop("status", PurchaseStatus.SENT)
            made = make_purchase_order(session, order, supplier, status, **given)
            assert made.id is not None
            return made.id

    def tell(self, count: int = 1, code: str = "S1", **given: Any) -> None:
        """So many notices, each about a purchase order of its own."""
        about = [self.purchase(code, **given) for _ in range(count)]
        with self.sessions.writing() as session:
            supplier_id = make_supplier(session, code).id
            assert supplier_id is not None
            pairs = [(each, supplier_id) for each in about]
            tell(session, NoticeKind.HANDED_OVER, pairs, self.now)

    def notices(self) -> list[SupplierNotice]:
        return self._all(select(SupplierNotice).order_by(col(SupplierNotice.id)))

    def notice(self) -> SupplierNotice:
        (one,) = self.notices()
        return one

    def endpoint_row(self) -> SupplierEndpoint:
        (one,) = self._all(select(SupplierEndpoint))
        return one

    def _all(self, query: Any) -> list[Any]:
        with self.sessions.reading() as session:
            found = list(session.exec(query))
            session.expunge_all()
        return found
