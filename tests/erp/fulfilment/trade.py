"""A store and its suppliers: the real steps over a real sandbox, a moved clock."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlmodel import col, select

from config.database import Sessions
from config.secrets import Secrets
from erp.fulfilment.forwarding.caller import Caller
from erp.fulfilment.forwarding.cancelling import cancel_due
from erp.fulfilment.forwarding.reconciling import reconcile_due
from erp.fulfilment.forwarding.retries import RetryRules
from erp.fulfilment.forwarding.sending import forward_due
from erp.fulfilment.lifecycle import PurchaseStatus
from erp.fulfilment.models import Attempt, PurchaseOrder
from erp.fulfilment.sourcing.candidates import Parcels
from erp.fulfilment.sourcing.purchasing import RoutingRules, route_some
from erp.fulfilment.tracking.polling import track_due
from erp.orders.lifecycle import HoldReason, NextStep
from erp.orders.models import Hold, Order, OrderEvent, OrderLine
from suppliers.connections import connection_of
from suppliers.contract import SupplierClient
from suppliers.models import Supplier
from suppliers.registry import Clients
from suppliers.sandbox.messages import SandboxSupplier
from suppliers.sandbox.remote import SandboxRemote
from tests.factories import (
    NOW,
    make_offer,
    make_order,
    make_product,
    make_purchase_order,
    make_supplier,
)

SETTLE = timedelta(seconds=60)
LEASE = timedelta(seconds=120)
RULES = RetryRules(
    first=timedelta(seconds=5),
    longest=timedelta(hours=4),
    max_attempts=12,
    lease=LEASE,
    settle=SETTLE,
)
POLL = timedelta(seconds=60)
EVERYWHERE = pytest.mark.parametrize("store", ["sqlite", "postgresql"], indirect=True)
_numbers = count(1)


@dataclass
class Trade:
    """Everything a story needs; its suppliers are called A, B, … in the tests."""

    sessions: Sessions
    remote: SandboxRemote
    clients: Clients
    secrets: Secrets
    now: datetime = NOW
    codes: dict[str, str] = field(default_factory=dict)

    def clock(self) -> datetime:
        return self.now

    def later(self, **passed: float) -> None:
        """Move both clocks."""
        self.now += timedelta(**passed)
        self.remote.set_clock(self.now)

    def caller(self, **changed: Any) -> Caller:
        given: dict[str, Any] = {
            "clients": self.clients,
            "secrets": self.secrets,
            "clock": self.clock,
            "rules": RULES,
            "threads": 8,
            "call_seconds": 5.0,
            "chance": lambda: 0.5,
        }
        return Caller(**(given | changed))

    def supplier(self, name: str = "A", **habits: Any) -> str:
        """A supplier that takes orders and answers nothing unless told otherwise."""
        code = self.codes.setdefault(name, f"{name}{next(_numbers)}")
        own = {
            key: habits.pop(key)
            for key in ("is_paused", "currency", "handling_days")
            if key in habits
        }
        told = {"acknowledge_after": None, "ship_within": None, "deliver_within": None}
        account = SandboxSupplier(code=code, token="t", **(told | habits))
        self.remote.add_suppliers([account])
        with self.sessions.writing() as session:
            make_supplier(
                session,
                code,
                kind="rest",
                base_url=self.remote.base_url(code),
                sealed_token=self.secrets.seal("t"),
                allow_private=True,
                **own,
            )
        return code

    def offer(self, name: str, sku: str, **given: Any) -> None:
        with self.sessions.writing() as session:
            supplier = make_supplier(session, self.codes[name])
            make_offer(session, make_product(session, sku), supplier, **given)

    def order(
        self,
        *lines: tuple[str, int, int],
        step: NextStep = NextStep.ROUTE,
        **given: Any,
    ) -> int:
        with self.sessions.writing() as session:
            order = make_order(session, lines, next_step=step, **given)
            assert order.id is not None
            return order.id

    def purchase(
        self, name: str = "A", *lines: tuple[str, int, int], **given: Any
    ) -> str:
        """A queued purchase order of an order of its own; its reference."""
        with self.sessions.writing() as session:
            order = make_order(session, lines or (("X", 1, 1000),), next_step=None)
            supplier = make_supplier(session, self.codes[name])
            reference = f"{self.codes[name]}-{next(_numbers)}"
            given = {"reference": reference} | given
            return make_purchase_order(session, order, supplier, **given).reference

    def route(self, **changed: Any) -> int:
        given: dict[str, Any] = {
            "stale_after": timedelta(days=14),
            "parcels": Parcels.PREFER,
            "allow_split": False,
            "buffer": 0,
            "min_margin_bp": 0,
        }
        return route_some(self.sessions, RoutingRules(**(given | changed)), self.now)

    def forward(self, **changed: Any) -> int:
        return forward_due(self.sessions, self.caller(**changed))

    def reconcile(self, **changed: Any) -> int:
        return reconcile_due(self.sessions, self.caller(**changed))

    def cancel(self) -> int:
        return cancel_due(self.sessions, self.caller())

    def track(self) -> int:
        return track_due(self.sessions, self.caller(), POLL)

    def trouble(self, name: str, kind: str, **details: Any) -> None:
        self.remote.misbehave(self.codes[name], kind, **details)

    def client(self, name: str) -> SupplierClient:
        """The supplier's own client, for questions the steps do not ask."""
        with self.sessions.reading() as session:
            query = select(Supplier).where(col(Supplier.code) == self.codes[name])
            connection = connection_of(session.exec(query).one(), self.secrets, 5.0)
        return self.clients.client_for(connection)

    def counted(self, name: str, reference: str) -> tuple[int, int]:
        """Orders made and posts received under a reference, by the supplier's books."""
        books = self.remote.books()["suppliers"][self.codes[name]]["references"]
        entry = books.get(reference, {"orders": 0, "posts": 0})
        return entry["orders"], entry["posts"]

    def everything_counted(self) -> list[tuple[int, int]]:
        books = self.remote.books()["suppliers"]
        return [
            (entry["orders"], entry["posts"])
            for code in self.codes.values()
            for entry in books[code]["references"].values()
        ]

    def read(self, reference: str) -> PurchaseOrder:
        return self._one(PurchaseOrder, col(PurchaseOrder.reference) == reference)

    def purchases(self) -> list[PurchaseOrder]:
        return self._all(select(PurchaseOrder).order_by(col(PurchaseOrder.id)))

    def statuses(self) -> list[PurchaseStatus]:
        return [purchase.status for purchase in self.purchases()]

    def attempts(self, reference: str) -> list[Attempt]:
        ids = select(PurchaseOrder.id).where(col(PurchaseOrder.reference) == reference)
        query = select(Attempt).where(col(Attempt.purchase_order_id).in_(ids))
        return self._all(query.order_by(col(Attempt.number)))

    def read_order(self, order_id: int) -> Order:
        return self._one(Order, col(Order.id) == order_id)

    def lines(self, order_id: int) -> list[OrderLine]:
        query = select(OrderLine).where(col(OrderLine.order_id) == order_id)
        return self._all(query.order_by(col(OrderLine.position)))

    def holds(self, order_id: int) -> list[HoldReason]:
        query = select(Hold).where(
            col(Hold.order_id) == order_id, col(Hold.closed_at).is_(None)
        )
        return [hold.reason for hold in self._all(query.order_by(col(Hold.id)))]

    def events(self, order_id: int) -> list[str]:
        query = select(OrderEvent).where(col(OrderEvent.order_id) == order_id)
        return [event.kind for event in self._all(query.order_by(col(OrderEvent.id)))]

    def change(self, row: type, where: Any, **values: Any) -> None:
        with self.sessions.writing() as session:
            found = session.exec(select(row).where(where)).one()
            for name, value in values.items():
                setattr(found, name, value)

    def change_supplier(self, name: str, **values: Any) -> None:
        self.change(Supplier, col(Supplier.code) == self.codes[name], **values)

    def _one(self, row: type, where: Any) -> Any:
        (found,) = self._all(select(row).where(where))
        return found

    def _all(self, query: Any) -> list[Any]:
        with self.sessions.reading() as session:
            found = list(session.exec(query))
            session.expunge_all()
        return found
